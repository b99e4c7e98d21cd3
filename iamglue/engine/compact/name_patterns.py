"""Readable wildcards: patterns of whole camel-case words that match only wanted actions of a service."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from iamglue.catalog.services import find_service

# `GetDBClusters2` is split into Get, DB, Clusters2; separators such as `-` are words of their own.
_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+|[0-9]+|[^A-Za-z0-9]+")
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True, order=True)
class NamePattern:
    """The name part of a pattern: `start*`, `*end`, `start*end`, `*middle*`, `start*middle*` or `*`."""

    start: str = ""
    middle: str = ""
    end: str = ""

    def __str__(self) -> str:
        return f"{self.start}*{self.middle}*{self.end}" if self.middle else f"{self.start}*{self.end}"

    def lower(self) -> NamePattern:
        """The pattern in lower case, as AWS compares actions."""
        return NamePattern(self.start.lower(), self.middle.lower(), self.end.lower())

    def covers(self, name: str) -> bool:
        """Whether the pattern matches every name that `name`, a name or a pattern, matches. Case-sensitive.

        A wildcard in `name` is treated like an ordinary character: only a star of the pattern covers it.
        """
        # `find` looks between start and end; it finds nothing where they overlap, not even an empty middle.
        return (
            name.startswith(self.start)
            and name.endswith(self.end)
            and name.find(self.middle, len(self.start), len(name) - len(self.end)) >= 0
        )

    def coverage(self, names: Iterable[str]) -> int:
        """The names that the pattern covers, as a bitset of their indexes."""
        start = self.start
        bitset = 0
        for index, name in enumerate(names):
            # Most names fail the first test, so that it stands here too.
            if name.startswith(start) and self.covers(name):
                bitset |= 1 << index
        return bitset

    def is_readable_for(self, name: str) -> bool:
        """Whether the parts of the pattern begin at words of `name`: `*All*` is not readable for `Caller`."""
        word_starts = {0, *accumulate(map(len, _split_words(name)))}
        middle_positions = (
            position in word_starts
            for position in range(len(self.start), len(name))
            if name.startswith(self.middle, position)
        )
        return (not self.middle or any(middle_positions)) and len(name) - len(self.end) in word_starts


def find_name_patterns(prefix: str, wanted: Collection[str]) -> Iterator[NamePattern]:
    """Every pattern that matches some `wanted` action (lower-case names) of the service and none of its others."""
    service = find_service(prefix)
    if service is None:
        return
    unwanted = _UnwantedNames(tuple(name for name in service.actions if name not in wanted))
    names = [service.actions[name].name for name in sorted(wanted) if name in service.actions]
    if names and not unwanted.names:
        yield NamePattern()
    seen: set[tuple[str, ...]] = set()
    for words in map(_split_words, names):
        yield from _patterns_of_name(words, unwanted, seen)


def _split_words(name: str) -> tuple[str, ...]:
    """The camel-case words of a name."""
    return tuple(_WORD.findall(name))


@dataclass(frozen=True)
class _UnwantedNames:
    """The names that no pattern may match, also as one text so that one search covers all of them."""

    names: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """All names, each between line breaks."""
        return "\n" + "\n".join(self.names) + "\n"

    @cached_property
    def _sorted_names(self) -> list[str]:
        return sorted(self.names)

    def starting(self, start: str) -> tuple[str, ...]:
        """The rest of each name that starts with `start`."""
        first = bisect_left(self._sorted_names, start)
        behind = bisect_left(self._sorted_names, start + _LAST_CHARACTER)
        return tuple(name[len(start) :] for name in self._sorted_names[first:behind])


def _patterns_of_name(
    words: tuple[str, ...], unwanted: _UnwantedNames, seen: set[tuple[str, ...]]
) -> Iterator[NamePattern]:
    """The patterns that match the name made of these words. `seen` excludes patterns that were already returned."""
    word_count = len(words)
    for size in range(1, word_count + 1):
        for index in range(word_count - size + 1):
            middle = "".join(words[index : index + size])
            if _add_if_new(seen, "middle", middle) and middle.lower() not in unwanted.text:
                yield NamePattern(middle=middle)
    for index in range(1, word_count):
        start, end = "".join(words[:index]), "".join(words[index:])
        if _add_if_new(seen, "start", start) and f"\n{start.lower()}" not in unwanted.text:
            yield NamePattern(start)
        if _add_if_new(seen, "end", end) and f"{end.lower()}\n" not in unwanted.text:
            yield NamePattern(end=end)
    for index in range(1, word_count):
        yield from _patterns_with_start(words, index, unwanted, seen)


def _patterns_with_start(
    words: tuple[str, ...], index: int, unwanted: _UnwantedNames, seen: set[tuple[str, ...]]
) -> Iterator[NamePattern]:
    """The patterns that combine the first words with an end or a middle."""
    start = "".join(words[:index])
    remainders = unwanted.starting(start.lower())
    if not remainders:
        return  # `start*` alone matches no unwanted name
    text = "\n" + "\n".join(remainders) + "\n"
    for begin in range(index, len(words)):
        end = "".join(words[begin:])
        if _add_if_new(seen, start, "", end) and f"{end.lower()}\n" not in text:
            yield NamePattern(start, end=end)
        for stop in range(begin + 1, len(words) + 1):
            middle = "".join(words[begin:stop])
            if _add_if_new(seen, start, middle, "") and middle.lower() not in text:
                yield NamePattern(start, middle)


def _add_if_new(seen: set[tuple[str, ...]], *parts: str) -> bool:
    """Add the parts to `seen`; returns whether they are new."""
    if parts in seen:
        return False
    seen.add(parts)
    return True
