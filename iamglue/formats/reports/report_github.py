"""A report as workflow commands of GitHub Actions, which shows each finding at its line of the pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from iamglue.findings import Finding, NotEvaluatedKind, Report, Severity
from iamglue.formats.words.finding_words import finding_lines
from iamglue.output_escaping import escape_output, escape_to_one_line

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "error",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "notice",
}


def report_github(report: Report) -> str:
    """One line per finding, and one error per file or check that failed."""
    lines = [_line(finding) for finding in report.findings]
    lines += [
        f"::error title=not evaluated::{_data(f'{item.subject.name}: {item.what}: {item.reason}')}"
        for item in report.not_evaluated
        if item.kind is NotEvaluatedKind.FAILED
    ]
    return "".join(f"{line}\n" for line in lines)


def _line(finding: Finding) -> str:
    """The command of a finding; GitHub takes columns only for a finding on one line."""
    where = finding.span
    places = {"file": where.path, "line": where.line, "endLine": where.end_line, "title": finding.rule}
    if where.line == where.end_line:
        places |= {"col": where.column, "endColumn": where.end_column}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in places.items() if value is not None)
    text = "\n".join(finding_lines(finding))
    return f"::{_COMMANDS[finding.severity]} {properties}::{_data(text)}"


# A runner may also interpret `##[name]` in the data of a command: https://github.com/github/gh-aw-threat-detection/issues/855
def _data(text: str) -> str:
    """`text` escaped as data of a workflow command."""
    return "%0A".join(escape_output(escape_to_one_line(line)).replace("%", "%25") for line in text.split("\n"))


def _property(text: str) -> str:
    """`text` escaped as a property of a workflow command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
