"""Patterns found by their beginnings: which of many may cover a pattern, or share a text with it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_SIGN = re.compile(r"[*?$]")
_LAST = re.compile(r"[*?$}]")
_COLONS = 5


def index_prefix(pattern: str) -> str:
    """What comes before the first sign that may stand for something else; all of it where there is none.

    The fields that an ARN lacks are read as `*`.
    """
    return _SIGN.split(f"{pattern}:*" if _is_short_arn(pattern) else pattern, maxsplit=1)[0]


def index_suffix(pattern: str) -> str:
    """What comes after the last sign; nothing for an ARN of few fields, as missing ones are read as `*`."""
    return "" if _is_short_arn(pattern) else _LAST.split(pattern)[-1]


def _is_short_arn(pattern: str) -> bool:
    return pattern.startswith("arn") and pattern.count(":") < _COLONS


class PatternIndex:
    """Patterns by what each begins and ends with, so that few pairs of long lists are compared.

    Upper and lower case count: give patterns of actions in lower case.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._by_head: dict[str, dict[str, list[str]]] = {}
        for pattern in dict.fromkeys(patterns):
            self._by_head.setdefault(index_prefix(pattern), {}).setdefault(index_suffix(pattern), []).append(pattern)
        self._sorted: Sequence[str] = sorted(self._by_head)
        self._lengths: Sequence[int] = sorted({len(each) for each in self._by_head})

    def possible_covers(self, pattern: str) -> Iterator[str]:
        """Those with whose beginning and end `pattern` begins and ends: one that covers it is among them."""
        end = index_suffix(pattern)
        for tails in self._beginning(index_prefix(pattern)):
            if len(tails) <= len(end):
                yield from (each for own, found in tails.items() if end.endswith(own) for each in found)
            else:
                for at in range(len(end) + 1):
                    yield from tails.get(end[at:], ())

    def possible_overlaps(self, pattern: str) -> Iterator[str]:
        """Those whose beginning begins as `pattern` does, or the reverse: one that meets it is among them."""
        begin = index_prefix(pattern)
        for tails in self._beginning(begin):
            yield from chain.from_iterable(tails.values())
        for at in range(bisect_left(self._sorted, begin), len(self._sorted)):
            if not self._sorted[at].startswith(begin):
                return
            if self._sorted[at] != begin:
                yield from chain.from_iterable(self._by_head[self._sorted[at]].values())

    def _beginning(self, begin: str) -> Iterator[dict[str, list[str]]]:
        for length in self._lengths:
            if length > len(begin):
                return
            found = self._by_head.get(begin[:length])
            if found is not None:
                yield found
