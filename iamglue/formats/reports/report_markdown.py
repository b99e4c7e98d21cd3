"""A report as Markdown: a table for a pull request comment."""

from __future__ import annotations

import re

from iamglue.findings import Finding, NotEvaluatedKind, Report
from iamglue.formats.reports.report_text import summary_line
from iamglue.formats.words.finding_words import finding_lines
from iamglue.output_escaping import escape_to_one_line

# Text that GitHub would turn into a link or a mention in a table cell.
_LINKED = re.compile(r"([^\s`|\\]*(?:@|://|www\.|mailto:|xmpp:|[#!][0-9])[^\s`|\\]*)", re.IGNORECASE)
_ACTIVE = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>()#+!|~&@"})


def report_markdown(report: Report) -> str:
    """A summary line, a table of findings, and a list of checks that were not evaluated."""
    lines = ["## iamglue lint", "", f"{table_cell(summary_line(report))}.", ""]
    if report.findings:
        lines += ["| severity | where | rule | finding |", "|---|---|---|---|", *map(_row, report.findings), ""]
    failed = [item for item in report.not_evaluated if item.kind is NotEvaluatedKind.FAILED]
    if failed:
        lines += ["Not evaluated:", ""]
        lines += [
            f"- {table_cell(item.subject.name)}: {table_cell(item.what)}: {table_cell(item.reason)}" for item in failed
        ]
        lines.append("")
    return "\n".join(lines)


def _row(finding: Finding) -> str:
    """A finding as a row of the table."""
    where = finding.span
    place = ":".join(str(part) for part in (where.path, where.line) if part is not None)
    text = "<br>".join(map(table_cell, finding_lines(finding)))
    rule = f"[{finding.rule}]({finding.url})" if finding.url else finding.rule
    return f"| {finding.severity} | {table_cell(place)} | {rule} | {text} |"


def table_cell(text: str) -> str:
    """`text` for a table cell: without markup, links, mentions or line breaks.

    GitHub searches for addresses and mentions after unescaping, so they are written as code, where it does not search:
    https://github.github.com/gfm/#autolinks-extension-
    """
    parts = _LINKED.split(escape_to_one_line(text))
    return "".join(f"`{part}`" if at % 2 else part.translate(_ACTIVE) for at, part in enumerate(parts))
