"""A report as Markdown: a table for a comment on a pull request."""

from __future__ import annotations

from iamglue.findings import Finding, Gap, Report
from iamglue.render.lines import one_line
from iamglue.render.report_text import summary_line

# What Markdown or HTML would act on in a cell of a table.
_ACTIVE = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>()#+!|~&@"})


def report_markdown(report: Report) -> str:
    """A heading that says how it stands, a table of findings, and what could not be evaluated."""
    lines = ["## iamglue lint", "", f"{inert(summary_line(report))}.", ""]
    if report.findings:
        lines += ["| severity | where | rule | finding |", "|---|---|---|---|", *map(_row, report.findings), ""]
    failed = [gap for gap in report.not_evaluated if gap.kind is Gap.FAILED]
    if failed:
        lines += ["Not evaluated:", ""]
        lines += [f"- {inert(gap.subject.name)}: {inert(gap.what)}: {inert(gap.reason)}" for gap in failed]
        lines.append("")
    return "\n".join(lines)


def _row(finding: Finding) -> str:
    where = finding.place
    place = ":".join(str(part) for part in (where.path, where.line) if part is not None)
    told = inert(finding.message) + (f"<br>{inert(finding.help)}" if finding.help else "")
    rule = f"[{finding.rule}]({finding.url})" if finding.url else finding.rule
    return f"| {finding.severity} | {inert(place)} | {rule} | {told} |"


def inert(text: str) -> str:
    """`text` as a cell of a table holds it: nothing in it is markup, and it ends no row."""
    return one_line(text).translate(_ACTIVE)
