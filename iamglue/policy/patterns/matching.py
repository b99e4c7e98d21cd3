"""Globs as functions of a text: the leftmost place of each run of letters, so no backtracking."""

from __future__ import annotations

import re
from collections.abc import Callable

from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob

Matcher = Callable[[str], bool]
# Where a run of letters begins at or after a position; -1 when nowhere.
_Finder = Callable[[str, int], int]


def build_matcher(parsed: Glob) -> Matcher:
    """A function that tells whether a text matches, in time at most |pattern| x |text|."""
    first, *rest = _runs(parsed)
    if not rest:
        return _whole(first)
    if any(rest) or ANY_CHARACTER in first:
        return _starred(first, rest[:-1], rest[-1])
    return _prefixed("".join(first)) if first else _anything


def _runs(parsed: Glob) -> list[tuple[str, ...]]:
    cuts = [at for at in range(len(parsed.letters) + 1) if parsed.star_bits >> at & 1]
    return [parsed.letters[low:high] for low, high in zip([0, *cuts], [*cuts, None], strict=True)]


def _anything(_text: str) -> bool:
    return True


def _prefixed(prefix: str) -> Matcher:
    return lambda text: text.startswith(prefix)


def _whole(letters: tuple[str, ...]) -> Matcher:
    if ANY_CHARACTER not in letters:
        return "".join(letters).__eq__
    known = letters[: letters.index(ANY_CHARACTER)]
    if not any(letters[len(known) :]):  # as names of secrets end; to compile an expression takes longer than most uses
        start, size = "".join(known), _width(letters)
        return lambda text: len(text) == size and text.startswith(start)
    found = _expression(letters).fullmatch
    return lambda text: found(text) is not None


def _starred(first: tuple[str, ...], inner: list[tuple[str, ...]], last: tuple[str, ...]) -> Matcher:
    begin, end = _finder(first), _finder(last)
    middle = [(_finder(run), _width(run)) for run in inner]
    head, tail = _width(first), _width(last)
    shortest = head + tail + sum(width for _, width in middle)

    def fits(text: str) -> bool:
        size = len(text)
        if size < shortest or begin(text[:head], 0) or end(text, size - tail) < 0:
            return False
        at, stop = head, size - tail
        for find, width in middle:
            found = find(text, at)
            if found < 0 or found + width > stop:
                return False
            at = found + width
        return True

    return fits


def _width(letters: tuple[str, ...]) -> int:
    return sum(len(letter) or 1 for letter in letters)


def _finder(letters: tuple[str, ...]) -> _Finder:
    if ANY_CHARACTER not in letters:
        wanted = "".join(letters)
        return lambda text, at: text.find(wanted, at)
    search = _expression(letters).search

    def found(text: str, at: int) -> int:
        match = search(text, at)
        return match.start() if match else -1

    return found


def _expression(letters: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("".join("." if letter == ANY_CHARACTER else re.escape(letter) for letter in letters), re.DOTALL)
