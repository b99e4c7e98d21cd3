"""An index of patterns by prefix and suffix, to find those that may cover or overlap a pattern."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_SPECIAL = re.compile(r"[*?$]")
_SPECIAL_OR_BRACE = re.compile(r"[*?$}]")
_ARN_COLONS = 5


def index_prefix(pattern: str) -> str:
    """The text before the first wildcard or variable; the whole pattern if there is none.

    Missing fields of an ARN are read as `*`.
    """
    return _SPECIAL.split(f"{pattern}:*" if _is_short_arn(pattern) else pattern, maxsplit=1)[0]


def index_suffix(pattern: str) -> str:
    """The text after the last wildcard or variable; empty for an ARN with missing fields, which are read as `*`."""
    return "" if _is_short_arn(pattern) else _SPECIAL_OR_BRACE.split(pattern)[-1]


def _is_short_arn(pattern: str) -> bool:
    return pattern.startswith("arn") and pattern.count(":") < _ARN_COLONS


class PatternIndex:
    """Patterns by prefix and suffix, so that few pairs of long lists are compared.

    The index is case-sensitive: pass action patterns in lower case.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._by_prefix: dict[str, dict[str, list[str]]] = {}
        for pattern in dict.fromkeys(patterns):
            self._by_prefix.setdefault(index_prefix(pattern), {}).setdefault(index_suffix(pattern), []).append(pattern)
        self._sorted_prefixes: Sequence[str] = sorted(self._by_prefix)
        self._prefix_lengths: Sequence[int] = sorted({len(prefix) for prefix in self._by_prefix})

    def possible_covers(self, pattern: str) -> Iterator[str]:
        """The candidates that may cover `pattern`: their prefix and suffix are a prefix and suffix of it."""
        end = index_suffix(pattern)
        for group in self._groups_by_prefix(index_prefix(pattern)):
            if len(group) <= len(end):
                yield from (
                    candidate
                    for suffix, candidates in group.items()
                    if end.endswith(suffix)
                    for candidate in candidates
                )
            else:
                for start in range(len(end) + 1):
                    yield from group.get(end[start:], ())

    def possible_overlaps(self, pattern: str) -> Iterator[str]:
        """The candidates that may overlap `pattern`: one prefix begins with the other."""
        prefix = index_prefix(pattern)
        for group in self._groups_by_prefix(prefix):
            yield from chain.from_iterable(group.values())
        for position in range(bisect_left(self._sorted_prefixes, prefix), len(self._sorted_prefixes)):
            if not self._sorted_prefixes[position].startswith(prefix):
                return
            if self._sorted_prefixes[position] != prefix:
                yield from chain.from_iterable(self._by_prefix[self._sorted_prefixes[position]].values())

    def _groups_by_prefix(self, prefix: str) -> Iterator[dict[str, list[str]]]:
        """The groups of patterns whose prefix is a prefix of `prefix`, by suffix."""
        for length in self._prefix_lengths:
            if length > len(prefix):
                return
            group = self._by_prefix.get(prefix[:length])
            if group is not None:
                yield group
