"""A report as Markdown: a table for a comment on a pull request."""

from __future__ import annotations

import re

from iamglue.findings import Finding, NotEvaluatedKind, Report
from iamglue.formats.reports.report_text import summary_line
from iamglue.output_escaping import escape_to_one_line

# What Markdown or HTML would act on in a cell of a table.
_LINKED = re.compile(r"([^\s`|\\]*(?:@|://|www\.|mailto:|xmpp:|[#!][0-9])[^\s`|\\]*)", re.IGNORECASE)
_ACTIVE = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>()#+!|~&@"})


def report_markdown(report: Report) -> str:
    """A heading that says how it stands, a table of findings, and what could not be evaluated."""
    lines = ["## iamglue lint", "", f"{table_cell(summary_line(report))}.", ""]
    if report.findings:
        lines += ["| severity | where | rule | finding |", "|---|---|---|---|", *map(_row, report.findings), ""]
    failed = [gap for gap in report.not_evaluated if gap.kind is NotEvaluatedKind.FAILED]
    if failed:
        lines += ["Not evaluated:", ""]
        lines += [
            f"- {table_cell(gap.subject.name)}: {table_cell(gap.what)}: {table_cell(gap.reason)}" for gap in failed
        ]
        lines.append("")
    return "\n".join(lines)


def _row(finding: Finding) -> str:
    where = finding.span
    place = ":".join(str(part) for part in (where.path, where.line) if part is not None)
    told = table_cell(finding.message) + (f"<br>{table_cell(finding.help)}" if finding.help else "")
    rule = f"[{finding.rule}]({finding.url})" if finding.url else finding.rule
    return f"| {finding.severity} | {table_cell(place)} | {rule} | {told} |"


def table_cell(text: str) -> str:
    """`text` as a cell of a table holds it: nothing in it is markup, a link or a mention, and it ends no row.

    Addresses and mentions are looked for in what has been unescaped, so they stand as code, where none is:
    https://github.github.com/gfm/#autolinks-extension-
    """
    parts = _LINKED.split(escape_to_one_line(text))
    return "".join(f"`{part}`" if at % 2 else part.translate(_ACTIVE) for at, part in enumerate(parts))
