"""Patterns found by their beginnings: which of many may cover a pattern, or share a text with it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

_SIGN = re.compile(r"[*?$]")


def head(pattern: str) -> str:
    """What comes before the first sign that may stand for something else; all of it where there is none."""
    return _SIGN.split(pattern, maxsplit=1)[0]


class Heads:
    """Patterns by what each begins with, so that few pairs of long lists are compared.

    Upper and lower case count: give patterns of actions in lower case.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._by_head: dict[str, list[str]] = {}
        for pattern in dict.fromkeys(patterns):
            self._by_head.setdefault(head(pattern), []).append(pattern)
        self._sorted: Sequence[str] = sorted(self._by_head)
        self._lengths: Sequence[int] = sorted({len(each) for each in self._by_head})

    def beginning(self, pattern: str) -> Iterator[str]:
        """Those whose beginning `pattern` begins with: one that covers it is among them."""
        begin = head(pattern)
        for length in self._lengths:
            if length > len(begin):
                return
            yield from self._by_head.get(begin[:length], ())

    def near(self, pattern: str) -> Iterator[str]:
        """Those besides whose beginning begins as `pattern` does: one that shares a text with it is among them."""
        begin = head(pattern)
        yield from self.beginning(pattern)
        for at in range(bisect_left(self._sorted, begin), len(self._sorted)):
            if not self._sorted[at].startswith(begin):
                return
            if self._sorted[at] != begin:
                yield from self._by_head[self._sorted[at]]
