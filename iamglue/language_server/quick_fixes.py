"""Fixes of a document: those at a place, and all safe ones at once."""

from __future__ import annotations

from functools import lru_cache

from iamglue.findings import Finding
from iamglue.language_server.document_lint import LintedDocument, PlainData, lint_document, span_offsets
from iamglue.language_server.document_source import DocumentSource
from iamglue.lint.autofix import apply_fixes, is_proved_fix, is_readable_after_fix
from iamglue.policy.source.source_text import SourceText

# A proof may take a while, and an editor asks for fixes whenever the cursor moves.
_MAX_FIXES = 50


def fixes_data(document: DocumentSource, start: int, end: int) -> PlainData:
    """The fixes of the findings between two offsets, and whether the document has safe fixes, as plain data.

    `is_safe`: it is proved that the fixed policy allows nothing new. A fix after which the text could not be read is
    left out. Raises IamglueError as `lint_document` does.
    """
    linted = lint_document(document)
    source = SourceText(linted.path, document.text)
    near = [finding for finding in linted.fixable if _is_between(finding, source, start, end)]
    fixes = [row for finding in near[:_MAX_FIXES] if (row := _fix_data(finding, linted, source))]
    fixes.sort(key=lambda row: not row["is_safe"])
    return {"fixes": fixes, "has_safe": any(finding.fix and finding.fix.safe for finding in linted.fixable)}


def fix_all_data(document: DocumentSource) -> PlainData:
    """One edit that applies all safe fixes, as plain data; no edit if nothing would change.

    Raises IamglueError as `lint_document` does.
    """
    linted = lint_document(document)
    if linted.file is None:
        return {"edits": []}
    fixed = apply_fixes(document.text, linted.read, linted.job.selection, linted.job.today, unsafe=False)
    return {"edits": _changed_part(document.text, fixed.text)}


def _is_between(finding: Finding, source: SourceText, start: int, end: int) -> bool:
    """Whether a finding is in this file and touches the selection, or the cursor if both offsets are equal."""
    if finding.span.path != source.path:
        return False
    first, last = span_offsets(finding.span, source)
    return first <= end and start <= last


def _fix_data(finding: Finding, linted: LintedDocument, source: SourceText) -> PlainData | None:
    """The fix of a finding as plain data; None if there is none, or if the text would no longer be readable with it."""
    fix, file = finding.fix, linted.file
    if fix is None or file is None:
        return None
    read = lru_cache(maxsize=2)(linted.read)
    is_safe = is_proved_fix(file, finding, read)
    if not is_safe and not is_readable_after_fix(file, finding, read):
        return None
    start, end = span_offsets(finding.span, source)
    return {
        "title": fix.description if is_safe else f"{fix.description} (may change what is allowed)",
        "is_safe": is_safe,
        "rule": finding.rule,
        "start": start,
        "end": end,
        "edits": [[edit.start, edit.end, edit.text] for edit in fix.edits],
    }


def _changed_part(old: str, new: str) -> list[tuple[int, int, str]]:
    """The edit that makes the new text of the old one, without their common start and end."""
    if old == new:
        return []
    shortest = min(len(old), len(new))
    start = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return [(start, len(old) - end, new[start : len(new) - end])]
