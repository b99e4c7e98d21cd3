"""A report as JUnit XML: a test case for each finding, which failed, and one for each file that has none.

There is no standard beyond what readers take: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Report
from iamglue.output_escaping import escape_output, escape_to_one_line


def report_junit(report: Report) -> str:
    """One suite; what could not be evaluated is an error of its own case, or skipped where nothing failed."""
    failed = [gap for gap in report.not_evaluated if gap.kind is NotEvaluatedKind.FAILED]
    unknown = [gap for gap in report.not_evaluated if gap.kind is not NotEvaluatedKind.FAILED]
    clean = not report.findings and not report.not_evaluated
    counts = {
        "tests": str(len(report.findings) + len(report.not_evaluated) + clean),
        "failures": str(len(report.findings)),
        "errors": str(len(failed)),
        "skipped": str(len(unknown)),
    }
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {"name": "iamglue lint", **counts})
    for finding in report.findings:
        _failure(suite, finding)
    for gap in report.not_evaluated:
        _gap(suite, gap)
    if clean:
        SubElement(suite, "testcase", {"classname": "iamglue", "name": f"{report.policy_count} policies"})
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _failure(suite: Element, finding: Finding) -> None:
    where = finding.span
    place = ":".join(str(part) for part in (where.path, where.line, where.column) if part is not None)
    attributes = {"classname": _clean(where.path), "name": _clean(f"{finding.rule} at {place}")}
    case = SubElement(suite, "testcase", attributes | {"file": _clean(where.path), "line": str(where.line or 1)})
    failure = SubElement(case, "failure", {"type": finding.severity.value, "message": _clean(finding.message)})
    told = [f"{place}: {finding.severity}: {finding.message}", finding.help or "", where.excerpt]
    failure.text = escape_output("\n".join(_clean(line) for line in told if line))


def _gap(suite: Element, gap: NotEvaluated) -> None:
    case = SubElement(suite, "testcase", {"classname": _clean(gap.subject.name), "name": _clean(gap.what)})
    SubElement(case, "error" if gap.kind is NotEvaluatedKind.FAILED else "skipped", {"message": _clean(gap.reason)})


def _clean(text: str) -> str:
    """On one line, without what XML 1.0 cannot hold, escaped or not: https://www.w3.org/TR/xml/#charsets."""
    return escape_output(escape_to_one_line(text))
