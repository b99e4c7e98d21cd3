"""Readable wildcards: patterns of whole camel-case words that match wanted actions of a service and no others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from iamglue.catalog.services import find_service

# `GetDBClusters2` is Get, DB, Clusters2; `-` and the like stand alone.
_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+|[0-9]+|[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, order=True)
class NamePattern:
    """`start*`, `*end`, `start*end`, `*middle*`, `start*middle*` or `*`: the name part of a pattern, as parts."""

    start: str = ""
    middle: str = ""
    end: str = ""

    def __str__(self) -> str:
        return f"{self.start}*{self.middle}*{self.end}" if self.middle else f"{self.start}*{self.end}"

    def lower(self) -> NamePattern:
        """The form in lower case, as actions are compared."""
        return NamePattern(self.start.lower(), self.middle.lower(), self.end.lower())

    def covers(self, name: str) -> bool:
        """Whether it matches every name that `name`, a name or a pattern, matches. Upper and lower case differ.

        A wildcard in `name` may stand for anything, so only a star takes it, as it takes any other character.
        """
        fits = len(name) >= len(self.start) + len(self.end)
        inner = name[len(self.start) : len(name) - len(self.end)]
        return fits and name.startswith(self.start) and name.endswith(self.end) and self.middle in inner

    def is_readable_for(self, name: str) -> bool:
        """Whether the parts begin at words of `name`, so that a reader sees why it matches: no `*All*` for `Caller`."""
        edges = {0, *accumulate(map(len, _words(name)))}
        middles = (at in edges for at in range(len(self.start), len(name)) if name.startswith(self.middle, at))
        return (not self.middle or any(middles)) and len(name) - len(self.end) in edges


def find_name_patterns(prefix: str, wanted: Collection[str]) -> Iterator[NamePattern]:
    """Every form that matches some `wanted` action (lower-case names) of the service and none of its others."""
    found = find_service(prefix)
    if found is None:
        return
    others = _Others(tuple(name for name in found.actions if name not in wanted))
    names = [found.actions[name].name for name in sorted(wanted) if name in found.actions]
    if names and not others.names:
        yield NamePattern()
    seen: set[tuple[str, ...]] = set()
    for words in map(_words, names):
        yield from _forms(words, others, seen)


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(name))


@dataclass(frozen=True)
class _Others:
    """The names that no form may match; as one text, so that one search goes through all of them."""

    names: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """Each name between line ends."""
        return "\n" + "\n".join(self.names) + "\n"

    def starting(self, start: str) -> tuple[str, ...]:
        """What follows `start` in the names that begin with it."""
        return tuple(name[len(start) :] for name in self.names if name.startswith(start))


def _forms(words: tuple[str, ...], others: _Others, seen: set[tuple[str, ...]]) -> Iterator[NamePattern]:
    """The forms that match the name these words make. A form that another one contains in words is left out."""
    count = len(words)
    for size in range(1, count + 1):
        for at in range(count - size + 1):
            middle = "".join(words[at : at + size])
            if _new(seen, "middle", middle) and middle.lower() not in others.text:
                yield NamePattern(middle=middle)
    for at in range(1, count):
        start, end = "".join(words[:at]), "".join(words[at:])
        if _new(seen, "start", start) and f"\n{start.lower()}" not in others.text:
            yield NamePattern(start)
        if _new(seen, "end", end) and f"{end.lower()}\n" not in others.text:
            yield NamePattern(end=end)
    for at in range(1, count):
        yield from _from_start(words, at, others, seen)


def _from_start(words: tuple[str, ...], at: int, others: _Others, seen: set[tuple[str, ...]]) -> Iterator[NamePattern]:
    start = "".join(words[:at])
    rests = others.starting(start.lower())
    if not rests:
        return  # `start*` alone is allowed
    text = "\n" + "\n".join(rests) + "\n"
    for begin in range(at, len(words)):
        end = "".join(words[begin:])
        if _new(seen, start, "", end) and f"{end.lower()}\n" not in text:
            yield NamePattern(start, end=end)
        for stop in range(begin + 1, len(words) + 1):
            middle = "".join(words[begin:stop])
            if _new(seen, start, middle, "") and middle.lower() not in text:
                yield NamePattern(start, middle)


def _new(seen: set[tuple[str, ...]], *parts: str) -> bool:
    """Whether these parts were not tried before; they are from now on."""
    if parts in seen:
        return False
    seen.add(parts)
    return True
