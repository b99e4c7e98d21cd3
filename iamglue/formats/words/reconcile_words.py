"""Texts of the table of `reconcile` that several formats share."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from iamglue.findings import NotEvaluatedKind
from iamglue.formats.policies.spec_text import entry_text
from iamglue.model.reconciliation import (
    AccessSource,
    ReconcileGap,
    ReconcileRow,
    ReconcileSuggestion,
    ReconcileVerdict,
    Reconciliation,
    SourceEvidence,
)
from iamglue.policy.document import policy_data
from iamglue.policy.model import Policy

_WORDS = {True: "yes", False: "no", None: "?"}
MAX_EVIDENCE = 5

VERDICT_WORDS = {
    ReconcileVerdict.AGREES: "agrees",
    ReconcileVerdict.UNDECIDED: "no disagreement known",
    ReconcileVerdict.NOT_GRANTED: "not granted",
    ReconcileVerdict.CALLED_NOT_DECLARED: "called, not declared",
    ReconcileVerdict.USED_NOT_DECLARED: "used, not declared",
    ReconcileVerdict.ATTEMPTED: "attempted, denied, not declared",
    ReconcileVerdict.GRANTED_NOT_NEEDED: "granted, not declared",
    ReconcileVerdict.DECLARED_NOT_NEEDED: "declared, never called or used",
    ReconcileVerdict.DECLARED_NOT_CALLED: "declared, not called",
    ReconcileVerdict.DECLARED_NOT_USED: "declared, not used",
}


_COUNT_WORDS = {ReconcileVerdict.AGREES: "agree", ReconcileVerdict.UNDECIDED: "without a known disagreement"}


def value_word(*, value: bool | None) -> str:
    """What a source says, as a word: yes, no, or ? if it is not known."""
    return _WORDS[value]


def access_text(row: ReconcileRow) -> str:
    """The action and resource of a row, with the note on what remains of a statement."""
    note = remainder_note(row)
    return f"{row.action} on {row.resource}" + (f" ({note})" if note else "")


def remainder_note(row: ReconcileRow) -> str:
    """How many actions remain of a statement; empty for a row that is one action."""
    if not row.is_remainder or (row.action_count == 1 and "*" not in row.action):
        return ""
    if not row.action_count:
        return "only actions that AWS may add later"
    return f"{row.action_count:,} other action" + ("" if row.action_count == 1 else "s")


def evidence_text(item: SourceEvidence) -> str:
    """One piece of evidence on a line: where it is and what it says."""
    place = f"{item.location}: " if item.location is not None and str(item.location) not in item.text else ""
    return f"{place}{item.text}" + ("" if item.is_exact else ", which may be this resource")


def evidence_lines(row: ReconcileRow) -> Iterator[str]:
    """What each source shows for a row, and why it says no or does not know; the first pieces of evidence."""
    for source in AccessSource:
        answer = row.answers[source]
        shown = [evidence_text(item) for item in answer.evidence[:MAX_EVIDENCE]]
        more = len(answer.evidence) - MAX_EVIDENCE
        texts = [*([answer.reason] if answer.reason else []), *shown, *([f"and {more} more"] if more > 0 else [])]
        if texts:
            yield f"{source} ({value_word(value=answer.value)}): {'; '.join(texts)}"


def suggestion_lines(suggestion: ReconcileSuggestion) -> Iterator[str]:
    """The change in words, then the entry or the statement to add."""
    yield suggestion.text
    if suggestion.add_entry is not None:
        yield from (f"  {line}" for line in entry_text(suggestion.add_entry).splitlines())
    if suggestion.add_statement is not None and suggestion.add_entry is None:
        yield f"  {json.dumps(statement_data(suggestion))}"


def statement_data(suggestion: ReconcileSuggestion) -> object:
    """The statement to add, as JSON data; None if there is none."""
    statement = suggestion.add_statement
    return None if statement is None else policy_data(Policy((statement,)))["Statement"][0]


def gap_text(gap: ReconcileGap) -> str:
    """What was not evaluated, and why."""
    failed = "failed: " if gap.kind is NotEvaluatedKind.FAILED else ""
    return f"{gap.source}: {failed}{gap.what}: {gap.reason}"


def reconcile_summary(table: Reconciliation) -> str:
    """One line with the number of functions, rows and disagreements."""
    counts = Counter(row.verdict for row in table.rows)
    parts = [
        f"{counts[verdict]:,} {_COUNT_WORDS.get(verdict, VERDICT_WORDS[verdict])}"
        for verdict in ReconcileVerdict
        if counts[verdict]
    ]
    failed = sum(gap.kind is NotEvaluatedKind.FAILED for gap in table.gaps)
    incomplete = f"; {failed} could not be read or decided" if failed else ""
    functions = f"{len(table.functions)} function" + ("" if len(table.functions) == 1 else "s")
    rows = f"{len(table.rows):,} row" + ("" if len(table.rows) == 1 else "s")
    return f"{functions}, {rows}: {'; '.join(parts) or 'nothing is declared, called, used or granted'}{incomplete}"


def combination_key(combination: tuple[bool | None, ...]) -> str:
    """What the four sources say as four letters: y, n, or u if it is not known."""
    return "".join({True: "y", False: "n", None: "u"}[value] for value in combination)
