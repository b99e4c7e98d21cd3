"""The table of `reconcile` as JSON, version 1 (docs/schemas/reconcile.schema.json)."""

from __future__ import annotations

from typing import Any

from iamglue.formats.policies.spec_text import entry_text
from iamglue.formats.words.reconcile_words import statement_data
from iamglue.model.reconciliation import (
    AccessSource,
    ReconcileGap,
    ReconcileRow,
    ReconcileSuggestion,
    Reconciliation,
    SourceAnswer,
    SourceEvidence,
)
from iamglue.output_escaping import dump_escaped_json

VERSION = 1
_NOT_GIVEN = "not-given"


def reconcile_json(table: Reconciliation) -> str:
    """The table as a JSON text."""
    return dump_escaped_json(reconcile_data(table))


def reconcile_data(table: Reconciliation) -> dict[str, Any]:
    """The table as JSON data; null is not known."""
    return {
        "version": VERSION,
        "spec": table.spec,
        "functions": list(table.functions),
        "rows": [_row(row) for row in table.rows],
        "not_evaluated": [_gap(gap) for gap in table.gaps],
        "summary": {
            "rows": len(table.rows),
            "disagreements": len(table.disagreements),
            "highest_risk": max((row.risk for row in table.rows), default=0),
        },
    }


def _row(row: ReconcileRow) -> dict[str, Any]:
    """An item of `rows`; a source that does not know is null."""
    return {
        "function": row.function,
        "action": row.action,
        "resource": row.resource,
        **{str(source): row.value(source) for source in AccessSource},
        "verdict": str(row.verdict),
        "risk": row.risk,
        "suggestion": None if row.suggestion is None else _suggestion(row.suggestion),
        "remainder": row.is_remainder,
        "actions": row.action_count,
        "evidence": {str(source): _answer(row.answers[source]) for source in AccessSource},
    }


def _suggestion(suggestion: ReconcileSuggestion) -> dict[str, Any]:
    """The change that would make the sources agree, as text and as entry or statement."""
    entry, place = suggestion.add_entry, suggestion.remove_entry
    return {
        "text": suggestion.text,
        "add_entry": None if entry is None else {"list": str(entry.access), "entry": entry_text(entry)},
        "remove_entry": None if place is None else {"path": place.path, "line": place.line, "column": place.column},
        "add_statement": statement_data(suggestion),
    }


def _answer(answer: SourceAnswer) -> dict[str, Any]:
    return {"reason": answer.reason or None, "items": [_evidence(item) for item in answer.evidence]}


def _evidence(item: SourceEvidence) -> dict[str, Any]:
    """One piece of evidence; its place is null if it is in no file."""
    place = item.location
    return {
        "text": item.text,
        "path": None if place is None else place.path,
        "line": None if place is None else place.line,
        "column": None if place is None else place.column,
        "exact": item.is_exact,
        "data": dict(item.data),
    }


def _gap(gap: ReconcileGap) -> dict[str, Any]:
    """An item of `not_evaluated`; the kind is `not-given` for a source without input."""
    return {
        "source": str(gap.source),
        "kind": _NOT_GIVEN if gap.kind is None else str(gap.kind),
        "what": gap.what,
        "reason": gap.reason,
    }
