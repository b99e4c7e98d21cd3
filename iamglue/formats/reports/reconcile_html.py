"""The table of `reconcile` as one self-contained HTML page: a table that a script searches and filters.

The table is markup, so the page says the same without the script. Foreign names are text; see `html_page`.
"""

from __future__ import annotations

import json
from typing import Any

from iamglue.findings import NotEvaluatedKind
from iamglue.formats.policies.spec_text import entry_text
from iamglue.formats.reports.html_page import asset_text, render_page
from iamglue.formats.reports.reconcile_picture import overlap_picture
from iamglue.formats.words.reading_time import reading_time_text
from iamglue.formats.words.reconcile_words import (
    MAX_EVIDENCE,
    VERDICT_WORDS,
    combination_key,
    evidence_text,
    gap_text,
    reconcile_summary,
    remainder_note,
    statement_data,
    value_word,
)
from iamglue.model.reconciliation import (
    AccessSource,
    ReconcileRow,
    ReconcileSuggestion,
    ReconcileVerdict,
    Reconciliation,
)
from iamglue.version import VERSION

_KINDS = {True: "yes", False: "no", None: "unknown"}
_HIGH, _MIDDLE = 60, 30


def reconcile_html(table: Reconciliation) -> str:
    """The page; the output is deterministic."""
    style = asset_text("audit.css") + asset_text("reconcile.css")
    script = asset_text("report.js") + asset_text("reconcile.js")
    present = {row.verdict for row in table.rows}
    return render_page(
        "reconcile.html.j2",
        style,
        script,
        title=f"Declared, called, used, granted: {', '.join(table.functions)}",
        summary=reconcile_summary(table),
        origin="; ".join(filter(None, (f"iamglue {VERSION}, {table.spec}", reading_time_text(table.reading_times)))),
        sources=[str(source) for source in AccessSource],
        functions=table.functions if len(table.functions) > 1 else (),
        verdicts=[(str(verdict), VERDICT_WORDS[verdict]) for verdict in ReconcileVerdict if verdict in present],
        gaps=[(gap_text(gap), gap.kind is NotEvaluatedKind.FAILED) for gap in table.gaps],
        picture=overlap_picture(table.rows),
        rows=[_row(row) for row in table.rows],
    )


def _row(row: ReconcileRow) -> dict[str, Any]:
    """A row of the table, with the words and styles of its verdict and risk."""
    level = "high" if row.risk >= _HIGH else "middle" if row.risk >= _MIDDLE else ""
    return {
        "function": row.function,
        "action": row.action,
        "resource": row.resource,
        "note": remainder_note(row),
        "verdict": str(row.verdict),
        "words": VERDICT_WORDS[row.verdict],
        "disagrees": "yes" if row.verdict.is_disagreement else "no",
        "risk": row.risk,
        "level": level,
        "combination": combination_key(row.combination),
        "values": [_value(row, source) for source in AccessSource],
        "suggestion": "" if row.suggestion is None else row.suggestion.text,
        "code": [] if row.suggestion is None else _code_lines(row.suggestion),
    }


def _value(row: ReconcileRow, source: AccessSource) -> dict[str, Any]:
    """What one source says: yes, no or not known, with the reason and the first pieces of evidence."""
    answer = row.answers[source]
    more = len(answer.evidence) - MAX_EVIDENCE
    lines = [*([answer.reason] if answer.reason else []), *map(evidence_text, answer.evidence[:MAX_EVIDENCE])]
    return {
        "source": str(source),
        "word": value_word(value=answer.value),
        "kind": _KINDS[answer.value],
        "lines": [*lines, *([f"and {more} more"] if more > 0 else [])],
    }


def _code_lines(suggestion: ReconcileSuggestion) -> list[str]:
    """The entry for the spec, else the statement for the policy."""
    if suggestion.add_entry is not None:
        return entry_text(suggestion.add_entry).splitlines()
    return [] if suggestion.add_statement is None else json.dumps(statement_data(suggestion), indent=2).splitlines()
