"""Selection of wildcards for lists of actions."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from iamglue.engine.compact.action_lists import ListEntry, ServiceActionList, covered_bitset


def shortest_list(action_list: ServiceActionList) -> ServiceActionList:
    """The list with the wildcards of the better of two heuristics."""
    by_saving = replace(action_list, chosen=())
    for step in greedy_selection([by_saving]):
        (by_saving,) = step.lists
    return min(
        (prune_wildcards(by_saving), prune_wildcards(_cheapest_cover(action_list))),
        key=lambda candidate: candidate.cost,
    )


@dataclass(frozen=True, slots=True)
class SelectionStep:
    """The lists after one more wildcard, and the characters that it saved."""

    lists: tuple[ServiceActionList, ...]
    saving: int


def greedy_selection(start: Sequence[ServiceActionList], needed: int | None = None) -> Iterator[SelectionStep]:
    """The lists after each wildcard; the one that saves most comes first.

    With `needed` characters to save, no more is replaced than necessary: wildcards that save twice as much are tried
    last, and the last wildcard is the smallest sufficient one.
    """
    lists = list(start)
    queue = _SelectionQueue(lists)
    too_large: list[_Selection] = []
    while (best := queue.best(lists)) is not None or too_large:
        if needed is not None and best is not None and best.saving >= 2 * needed:
            too_large.append(best)
            continue
        if needed is not None and (best is None or best.saving >= needed):
            best = _smallest_sufficient(lists, needed)
        if best is None:
            return
        lists[best.list_index] = lists[best.list_index].with_entry(best.entry)
        yield SelectionStep(tuple(lists), best.saving)
        if needed is not None:
            needed -= best.saving
            if needed <= 0:
                return


@dataclass(frozen=True, slots=True)
class _Selection:
    """A wildcard, the index of its list, and the characters that it saves there."""

    saving: int
    list_index: int
    entry: ListEntry


@dataclass(slots=True)
class _SelectionQueue:
    """Wildcards by what they save. Savings only decrease as others are chosen, so they are recomputed on removal."""

    start: Iterable[ServiceActionList]
    heap: list[tuple[int, int, str, int, ListEntry]] = field(init=False)

    def __post_init__(self) -> None:
        self.heap = [
            (-action_list.saving(entry), -entry.cost, entry.text, index, entry)
            for index, action_list in enumerate(self.start)
            for entry in action_list.candidates
        ]
        heapq.heapify(self.heap)

    def best(self, lists: Sequence[ServiceActionList]) -> _Selection | None:
        """Remove and return the wildcard that saves most now; None if none saves anything."""
        while self.heap:
            queued_saving, cost, text, index, entry = heapq.heappop(self.heap)
            saving = lists[index].saving(entry)
            if saving <= 0:
                continue
            if saving == -queued_saving:
                return _Selection(saving, index, entry)
            heapq.heappush(self.heap, (-saving, cost, text, index, entry))
        return None


def _smallest_sufficient(lists: Sequence[ServiceActionList], needed: int) -> _Selection | None:
    """The wildcard with the smallest saving that is at least `needed`."""
    selections = (
        _Selection(saving, index, entry)
        for index, action_list in enumerate(lists)
        for entry in action_list.candidates
        if (saving := action_list.saving(entry)) >= needed
    )
    return min(selections, key=lambda best: (best.saving, -best.entry.cost, best.entry.text), default=None)


def _cheapest_cover(action_list: ServiceActionList) -> ServiceActionList:
    """The list covered by entries with the lowest price per newly covered entry, chosen one by one."""
    uncovered = covered_bitset(action_list.original_entries)
    chosen: list[ListEntry] = []
    while uncovered:
        entry = min(
            (*action_list.original_entries, *action_list.candidates),
            key=lambda candidate: _entry_price(candidate, uncovered),
        )
        uncovered &= ~entry.covers
        chosen.append(entry)
    return replace(
        action_list, chosen=tuple(candidate for candidate in chosen if candidate not in action_list.original_entries)
    )


def _entry_price(entry: ListEntry, uncovered: int) -> tuple[float, ListEntry]:
    """The cost of an entry for each original entry that it newly covers."""
    newly_covered = (entry.covers & uncovered).bit_count()
    return (entry.cost / newly_covered if newly_covered else float("inf"), entry)


def prune_wildcards(action_list: ServiceActionList) -> ServiceActionList:
    """The list without wildcards that cost more than the entries that only they cover."""
    for entry in sorted(action_list.chosen, reverse=True):
        without = replace(
            action_list, chosen=tuple(wildcard for wildcard in action_list.chosen if wildcard is not entry)
        )
        if without.cost <= action_list.cost:
            action_list = without
    return action_list
