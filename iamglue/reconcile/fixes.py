"""The entries to add to a spec and to remove from it, so that it agrees with the code and the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iamglue.errors import Location
from iamglue.infer.code.spec import entry_groups
from iamglue.model.reconciliation import AccessSource, ReconcileRow, ReconcileVerdict, Reconciliation
from iamglue.model.spec import AccessEntry, SpecFunction


@dataclass(frozen=True, slots=True)
class SpecFix:
    """The change to one function of a spec: entries to add, and the places of those to remove."""

    function: SpecFunction
    added: tuple[AccessEntry, ...]
    removed: tuple[Location, ...]


def spec_fixes(table: Reconciliation, functions: Iterable[SpecFunction]) -> Iterator[SpecFix]:
    """The change to each function.

    Added is what the code calls, and what the record shows unless it is certain that the code does not call it. An
    entry is removed if no call needs any of its actions and the record shows that none was used: both must be known.
    """
    for function in functions:
        rows = [row for row in table.rows if row.function == function.name]
        undeclared = filter(_is_to_be_added, rows)
        accesses = [row.suggestion.add_access for row in undeclared if row.suggestion and row.suggestion.add_access]
        unneeded = [entry.location for entry in function.entries if _is_unneeded(entry.location, rows)]
        if accesses or unneeded:
            entries = tuple(dict.fromkeys(group.entry for group in entry_groups(dict.fromkeys(accesses))))
            yield SpecFix(function, entries, tuple(dict.fromkeys(unneeded)))


def _is_to_be_added(row: ReconcileRow) -> bool:
    """Whether the spec gets it: what was used is added only if it is not known whether the code calls it."""
    if row.verdict is ReconcileVerdict.USED_NOT_DECLARED:
        return row.value(AccessSource.CALLED) is None
    return row.verdict is ReconcileVerdict.CALLED_NOT_DECLARED


def _is_unneeded(entry: Location, rows: Iterable[ReconcileRow]) -> bool:
    """Whether nothing needs any of the rows for which an entry's own calls are expected."""
    own = [row for row in rows if entry in _declared_at(row)]
    return bool(own) and all(row.verdict is ReconcileVerdict.DECLARED_NOT_NEEDED for row in own)


def _declared_at(row: ReconcileRow) -> frozenset[Location]:
    """The places of the spec's entries that declare a row and for which a call in the code is expected."""
    evidence = row.answers[AccessSource.DECLARED].evidence
    return frozenset(item.location for item in evidence if item.location is not None and item.data["expects_call"])
