"""The roles and findings of an audit as rows of tables, for the page without scripts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from iamglue.findings import Finding
from iamglue.formats.reports.access_picture import access_words
from iamglue.formats.reports.audit_html_data import RolePage
from iamglue.formats.words.audit_words import role_title, span_text
from iamglue.formats.words.finding_words import detail_lines
from iamglue.model.role_context import RoleReplacement

_HIGH, _MIDDLE = 70, 40
_PICTURES = 200  # pictures of the table: those of thousands of roles would make the page a quarter larger


def role_rows(pages: Iterable[RolePage]) -> list[dict[str, Any]]:
    """A row of the table for each role, with the rows of its findings; the first roles with a picture have it."""
    left = _PICTURES
    rows = []
    for page in pages:
        rows.append(_row(page, with_picture=left > 0))
        left -= page.paths is not None
    return rows


def _row(page: RolePage, *, with_picture: bool) -> dict[str, Any]:
    """A role as a row; `level` is the style of its risk."""
    result = page.result
    words = access_words(result.granted_count, result.required_count, result.used_count)
    return {
        "id": page.id,
        "title": role_title(result),
        "arn": result.context.role.arn,
        "risk": result.risk,
        "level": "high" if result.risk >= _HIGH else "middle" if result.risk >= _MIDDLE else "low",
        "reach_words": page.reach_words,
        "numbers": list(zip(("granted", "needed", "used"), words, strict=True)),
        "picture": page.paths.svg if page.paths is not None and with_picture else None,
        "left_out": page.left_out if with_picture else "",
        "findings": list(map(_finding, result.risky_first())),
        "gaps": page.gap_lines,
        "replacement": "" if result.replacement is None else _replacement(result.replacement),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    """A finding as a row below its role."""
    return {
        "severity": str(finding.severity),
        "words": str(finding.severity).replace("-", " "),
        "rule": finding.rule,
        "message": finding.message,
        "lines": detail_lines(finding),
        "help": finding.help,
        "place": span_text(finding.span),
    }


def _replacement(replacement: RoleReplacement) -> str:
    lines = (*replacement.proved, *replacement.added_statements, *replacement.unproved, *replacement.notes)
    return f"Replacement: {replacement.actions_before} actions to {replacement.actions_after}: {'; '.join(lines)}"
