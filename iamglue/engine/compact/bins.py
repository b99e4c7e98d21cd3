"""Bin packing: sizes in the fewest bins of one capacity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

# The limit of placements that are tried; after that, the best packing so far is used.
_MAX_TRIES = 20_000
# The limit of sizes for the recursive search, because of Python's stack.
_MAX_SIZES = 400

Bins = list[list[int]]


def fewest_bins(sizes: Sequence[int], capacity: int) -> Bins:
    """The indexes of the sizes in each bin, with at most `capacity` per bin.

    Bins are ordered by their first index, and indexes in a bin are sorted. The result has the minimal number of bins,
    unless the search reached its limit. No size may be larger than `capacity`.
    """
    order = sorted(range(len(sizes)), key=lambda index: (-sizes[index], index))
    bins = _first_fit(order, sizes, capacity)
    for bin_count in range(-(-sum(sizes) // capacity), len(bins)):
        smaller = _BinSearch(sizes, capacity, order).packing(bin_count) if len(sizes) <= _MAX_SIZES else None
        if smaller is not None:
            bins = smaller
            break
    return sorted(sorted(bin_items) for bin_items in bins)


def _first_fit(order: Sequence[int], sizes: Sequence[int], capacity: int) -> Bins:
    """A packing that puts each size into the first bin with enough space."""
    bins: Bins = []
    free_space: list[int] = []
    for index in order:
        bin_index = next(
            (bin_index for bin_index, space in enumerate(free_space) if sizes[index] <= space), len(free_space)
        )
        if bin_index == len(free_space):
            bins.append([])
            free_space.append(capacity)
        bins[bin_index].append(index)
        free_space[bin_index] -= sizes[index]
    return bins


@dataclass(slots=True)
class _BinSearch:
    """A backtracking search for a packing in a given number of bins, the largest sizes first."""

    sizes: Sequence[int]
    capacity: int
    order: Sequence[int]
    tries: int = _MAX_TRIES
    bins: Bins = field(default_factory=list)
    free_space: list[int] = field(default_factory=list)

    def packing(self, bin_count: int) -> Bins | None:
        """A packing in `bin_count` bins; None if there is none, or none was found within the limit."""
        self.bins = [[] for _ in range(bin_count)]
        self.free_space = [self.capacity] * bin_count
        return self.bins if self._place_size(0) else None

    def _place_size(self, position: int) -> bool:
        """Place the sizes from this position on; False if that is not possible."""
        if position == len(self.order):
            return True
        index = self.order[position]
        # Bins with equal free space are equivalent, so only one of them is tried.
        for bin_index in {space: bin_index for bin_index, space in reversed(list(enumerate(self.free_space)))}.values():
            if self.sizes[index] > self.free_space[bin_index]:
                continue
            self.tries -= 1
            if self.tries < 0:
                return False
            self.bins[bin_index].append(index)
            self.free_space[bin_index] -= self.sizes[index]
            if self._place_size(position + 1):
                return True
            self.bins[bin_index].pop()
            self.free_space[bin_index] += self.sizes[index]
        return False
