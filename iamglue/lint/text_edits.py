"""The edits of fixes as lines and columns, for reports and for programs that apply them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from iamglue.findings import Finding, TextEdit
from iamglue.policy.source.source_text import SourceText


def with_text_edits(findings: Iterable[Finding], text: str) -> tuple[Finding, ...]:
    """The findings of the file with this text, with the lines and columns of what each fix replaces."""
    source = SourceText("", text)
    return tuple(_with_text_edits(finding, source) for finding in findings)


def _with_text_edits(finding: Finding, source: SourceText) -> Finding:
    """The finding with the edits of its fix as lines and columns, which reports in JSON and SARIF have."""
    if finding.fix is None:
        return finding
    edits = tuple(
        TextEdit(source.line_and_column(edit.start), source.line_and_column(edit.end), edit.text)
        for edit in finding.fix.edits
    )
    return replace(finding, fix=replace(finding.fix, text_edits=edits))
