"""Compiled glob matchers: each run of letters is searched at its leftmost position, so there is no backtracking."""

from __future__ import annotations

import re
from collections.abc import Callable

from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob

Matcher = Callable[[str], bool]
# The start of a run of letters at or after a position; -1 if there is none.
_Finder = Callable[[str, int], int]


def build_matcher(parsed: Glob) -> Matcher:
    """Build a function that tests whether a text matches, in time at most |pattern| x |text|."""
    first, *rest = _runs(parsed)
    if not rest:
        return _whole_matcher(first)
    if any(rest) or ANY_CHARACTER in first:
        return _star_matcher(first, rest[:-1], rest[-1])
    return _prefix_matcher("".join(first)) if first else _matches_anything


def _runs(parsed: Glob) -> list[tuple[str, ...]]:
    """The runs of letters between the stars of a glob."""
    cuts = [at for at in range(len(parsed.letters) + 1) if parsed.star_bits >> at & 1]
    return [parsed.letters[low:high] for low, high in zip([0, *cuts], [*cuts, None], strict=True)]


def _matches_anything(_text: str) -> bool:
    return True


def _prefix_matcher(prefix: str) -> Matcher:
    return lambda text: text.startswith(prefix)


def _whole_matcher(letters: tuple[str, ...]) -> Matcher:
    """A matcher for a glob without stars."""
    if ANY_CHARACTER not in letters:
        return "".join(letters).__eq__
    known = letters[: letters.index(ANY_CHARACTER)]
    if not any(letters[len(known) :]):  # names of secrets end like this; compiling a regex costs more than it saves
        start, size = "".join(known), _width(letters)
        return lambda text: len(text) == size and text.startswith(start)
    fullmatch = _compile_regex(letters).fullmatch
    return lambda text: fullmatch(text) is not None


def _star_matcher(first: tuple[str, ...], inner: list[tuple[str, ...]], last: tuple[str, ...]) -> Matcher:
    """A matcher for `first`, any text, the `inner` runs in order, any text, `last`."""
    begin, end = _finder(first), _finder(last)
    middle = [(_finder(run), _width(run)) for run in inner]
    head, tail = _width(first), _width(last)
    shortest = head + tail + sum(width for _, width in middle)

    def is_match(text: str) -> bool:
        size = len(text)
        if size < shortest or begin(text[:head], 0) or end(text, size - tail) < 0:
            return False
        at, stop = head, size - tail
        for find, width in middle:
            start = find(text, at)
            if start < 0 or start + width > stop:
                return False
            at = start + width
        return True

    return is_match


def _width(letters: tuple[str, ...]) -> int:
    """The number of characters that a run of letters matches."""
    return sum(len(letter) or 1 for letter in letters)


def _finder(letters: tuple[str, ...]) -> _Finder:
    """A function that finds a run of letters at or after a position."""
    if ANY_CHARACTER not in letters:
        literal = "".join(letters)
        return lambda text, at: text.find(literal, at)
    search = _compile_regex(letters).search

    def find_start(text: str, at: int) -> int:
        match = search(text, at)
        return match.start() if match else -1

    return find_start


def _compile_regex(letters: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("".join("." if letter == ANY_CHARACTER else re.escape(letter) for letter in letters), re.DOTALL)
