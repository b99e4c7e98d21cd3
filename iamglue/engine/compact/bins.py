"""Sizes put into the fewest bins of one capacity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

# Looked at so many times whether a size goes into a bin, then the best packing so far is taken.
_TRIES = 20_000
# Python's stack holds a search of so many sizes.
_MOST = 400

Bins = list[list[int]]


def fewest_bins(sizes: Sequence[int], room: int) -> Bins:
    """The places of the sizes by bin, each bin within `room`; bins by their first place, places in order.

    No packing has fewer bins, unless the search grew too large. No size may be over `room`.
    """
    order = sorted(range(len(sizes)), key=lambda at: (-sizes[at], at))
    found = _first_fit(order, sizes, room)
    for count in range(-(-sum(sizes) // room), len(found)):
        better = _Search(sizes, room, order).packing(count) if len(sizes) <= _MOST else None
        if better is not None:
            found = better
            break
    return sorted(sorted(each) for each in found)


def _first_fit(order: Sequence[int], sizes: Sequence[int], room: int) -> Bins:
    found: Bins = []
    left: list[int] = []
    for at in order:
        place = next((place for place, free in enumerate(left) if sizes[at] <= free), len(left))
        if place == len(left):
            found.append([])
            left.append(room)
        found[place].append(at)
        left[place] -= sizes[at]
    return found


@dataclass(slots=True)
class _Search:
    """A packing into a number of bins, the largest size first, each tried in every bin that differs."""

    sizes: Sequence[int]
    room: int
    order: Sequence[int]
    tries: int = _TRIES
    found: Bins = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def packing(self, count: int) -> Bins | None:
        self.found = [[] for _ in range(count)]
        self.left = [self.room] * count
        return self.found if self._place(0) else None

    def _place(self, number: int) -> bool:
        if number == len(self.order):
            return True
        at = self.order[number]
        # Bins with equal room are alike, so one of them is enough.
        for place in {free: place for place, free in reversed(list(enumerate(self.left)))}.values():
            if self.sizes[at] > self.left[place]:
                continue
            self.tries -= 1
            if self.tries < 0:
                return False
            self.found[place].append(at)
            self.left[place] -= self.sizes[at]
            if self._place(number + 1):
                return True
            self.found[place].pop()
            self.left[place] += self.sizes[at]
        return False
