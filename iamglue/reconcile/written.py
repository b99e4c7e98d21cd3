"""The table with what templates say in place of the names that stand for their unknown values."""

from __future__ import annotations

from dataclasses import replace

from iamglue.model.reconciliation import ReconcileGap, ReconcileRow, Reconciliation, SourceAnswer
from iamglue.policy.patterns.variables import written_text


def with_written_texts(table: Reconciliation) -> Reconciliation:
    """The table with the template's own text in resources, reasons, evidence, suggestions and gaps."""
    return replace(table, rows=tuple(map(_row, table.rows)), gaps=tuple(map(_gap, table.gaps)))


def _row(row: ReconcileRow) -> ReconcileRow:
    """The row with the texts of a template instead of the parameters that iamglue makes up."""
    suggestion = row.suggestion and replace(row.suggestion, text=written_text(row.suggestion.text))
    answers = {source: _answer(answer) for source, answer in row.answers.items()}
    return replace(row, resource=written_text(row.resource), answers=answers, suggestion=suggestion)


def _answer(answer: SourceAnswer) -> SourceAnswer:
    evidence = tuple(replace(item, text=written_text(item.text)) for item in answer.evidence)
    return replace(answer, reason=written_text(answer.reason), evidence=evidence)


def _gap(gap: ReconcileGap) -> ReconcileGap:
    return replace(gap, what=written_text(gap.what), reason=written_text(gap.reason))
