"""The choice of wildcards in lists of actions: which, and in what order."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from iamglue.engine.compact.action_lists import ListEntry, ServiceActionList, covered_bitset


def shortest_list(field: ServiceActionList) -> ServiceActionList:
    """The field with the wildcards that make it as short as these two ways of choosing do."""
    by_saving = replace(field, chosen=())
    for each in greedy_selection([by_saving]):
        (by_saving,) = each.lists
    return min((prune_wildcards(by_saving), prune_wildcards(_by_price(field))), key=lambda found: found.cost)


@dataclass(frozen=True, slots=True)
class SelectionStep:
    """The fields after one more wildcard, and what that one saved."""

    lists: tuple[ServiceActionList, ...]
    saving: int


def greedy_selection(start: Sequence[ServiceActionList], needed: int | None = None) -> Iterator[SelectionStep]:
    """The fields after each wildcard, the one that saves most first.

    With `needed`, no more is replaced than has to be: what saves twice as much is tried last, and the last wildcard
    is the smallest that is enough.
    """
    now = list(start)
    queue = _Queue(now)
    broad: list[_Best] = []
    while (best := queue.best(now)) is not None or broad:
        if needed is not None and best is not None and best.saving >= 2 * needed:
            broad.append(best)
            continue
        if needed is not None and (best is None or best.saving >= needed):
            best = _least_enough(now, needed)
        if best is None:
            return
        now[best.at] = now[best.at].with_entry(best.option)
        yield SelectionStep(tuple(now), best.saving)
        if needed is not None:
            needed -= best.saving
            if needed <= 0:
                return


@dataclass(frozen=True, slots=True)
class _Best:
    """An option, the number of its field, and what it saves there."""

    saving: int
    at: int
    option: ListEntry


@dataclass(slots=True)
class _Queue:
    """Options by what they save. Savings only fall as others are chosen, so an entry is looked at again when first."""

    start: Iterable[ServiceActionList]
    heap: list[tuple[int, int, str, int, ListEntry]] = field(init=False)

    def __post_init__(self) -> None:
        self.heap = [
            (-each.saving(option), -option.cost, option.text, at, option)
            for at, each in enumerate(self.start)
            for option in each.candidates
        ]
        heapq.heapify(self.heap)

    def best(self, now: Sequence[ServiceActionList]) -> _Best | None:
        """The option that saves most now, taken from the queue."""
        while self.heap:
            said, cost, text, at, option = heapq.heappop(self.heap)
            saving = now[at].saving(option)
            if saving <= 0:
                continue
            if saving == -said:
                return _Best(saving, at, option)
            heapq.heappush(self.heap, (-saving, cost, text, at, option))
        return None


def _least_enough(now: Sequence[ServiceActionList], needed: int) -> _Best | None:
    enough = (
        _Best(saving, at, option)
        for at, each in enumerate(now)
        for option in each.candidates
        if (saving := each.saving(option)) >= needed
    )
    return min(enough, key=lambda best: (best.saving, -best.option.cost, best.option.text), default=None)


def _by_price(field: ServiceActionList) -> ServiceActionList:
    """The cheapest for each text that it covers and that is not covered yet, again and again."""
    left = covered_bitset(field.original_entries)
    chosen: list[ListEntry] = []
    while left:
        option = min((*field.original_entries, *field.candidates), key=lambda each: _price(each, left))
        left &= ~option.covers
        chosen.append(option)
    return replace(field, chosen=tuple(each for each in chosen if each not in field.original_entries))


def _price(option: ListEntry, left: int) -> tuple[float, ListEntry]:
    gained = (option.covers & left).bit_count()
    return (option.cost / gained if gained else float("inf"), option)


def prune_wildcards(field: ServiceActionList) -> ServiceActionList:
    """Without the wildcards that cost more than the texts which only they cover."""
    for option in sorted(field.chosen, reverse=True):
        without = replace(field, chosen=tuple(each for each in field.chosen if each is not option))
        if without.cost <= field.cost:
            field = without
    return field
