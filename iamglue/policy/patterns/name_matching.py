"""Decides whether a name with wildcards and parameters can be a name of a given pattern.

A pattern is a regular expression of a simple kind: alternatives of letters and classes of letters, each with a number
of repetitions: `[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from iamglue.policy.patterns.variables import TokenKind, tokenize

_PART = re.compile(r"(\[(?:\\.|[^\]\\])+\]|\\.|[^\\{}\[\]])(?:\{(\d+)(?:,(\d+))?\})?", re.DOTALL)
_ANY, _ONE = "*", "?"


@dataclass(frozen=True, slots=True)
class _LetterChoice:
    """One letter of a pattern: the letters that it may be, and whether it may be left out."""

    letters: re.Pattern[str]
    is_optional: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A letter of a name, one unknown letter (`?`), or any number of them (`*`)."""

    text: str
    is_wildcard: bool


@lru_cache(maxsize=4096)
def can_match(pattern: str, name: str) -> bool:
    """Whether a value of `name` matches the whole pattern.

    `*` and `?` in the name are wildcards, and `${...}` is a text of at least one character.
    """
    pieces = tuple(_pieces(name))
    if not any(piece.is_wildcard for piece in pieces):
        return re.fullmatch(pattern, "".join(piece.text for piece in pieces)) is not None
    return any(_can_match_units(units, pieces) for units in _alternatives(pattern))


def literal_text(name: str) -> str | None:
    """The name if it has no wildcards and no parameters, else None."""
    pieces = tuple(_pieces(name))
    return None if any(piece.is_wildcard for piece in pieces) else "".join(piece.text for piece in pieces)


def first_wrong_letter(pattern: str, name: str) -> str | None:
    """The first letter of the name that no name of the pattern has, or None."""
    units = {unit.letters for alternative in _alternatives(pattern) for unit in alternative}
    for piece in _pieces(name):
        if not piece.is_wildcard and not any(letters.fullmatch(piece.text) for letters in units):
            return piece.text
    return None


def _pieces(name: str) -> Iterator[_Piece]:
    """The letters and wildcards of a name; a `${...}` is one unknown letter and then any number, as it is not empty."""
    for token in tokenize(name):
        if token.kind is TokenKind.LITERAL:
            yield from (_Piece(letter, letter in (_ANY, _ONE)) for letter in token.text)
        elif token.kind is TokenKind.ESCAPE:
            yield _Piece(token.name, is_wildcard=False)
        else:
            yield from (_Piece(_ONE, is_wildcard=True), _Piece(_ANY, is_wildcard=True))


def _can_match_units(units: tuple[_LetterChoice, ...], pieces: tuple[_Piece, ...]) -> bool:
    """Follow every way in which the pieces may match the units; a position is the number of units that are matched."""
    positions = _with_skipped(units, {0})
    for piece in pieces:
        if piece.is_wildcard and piece.text == _ANY:
            positions = set(range(min(positions), len(units) + 1))
        elif piece.is_wildcard:
            positions = {at + 1 for at in positions if at < len(units)}
        else:
            positions = {at + 1 for at in positions if at < len(units) and units[at].letters.fullmatch(piece.text)}
        if not positions:
            return False
        positions = _with_skipped(units, positions)
    return len(units) in positions


def _with_skipped(units: tuple[_LetterChoice, ...], positions: set[int]) -> set[int]:
    """The positions, and those that follow when optional units are left out."""
    reached = set(positions)
    for start in positions:
        at = start
        while at < len(units) and units[at].is_optional and at + 1 not in reached:
            at += 1
            reached.add(at)
    return reached


@cache
def _alternatives(pattern: str) -> tuple[tuple[_LetterChoice, ...], ...]:
    """The alternatives of a pattern, each letter by letter."""
    alternatives: list[list[_LetterChoice]] = [[]]
    for match in _PART.finditer(pattern):
        letter, least, most = match.groups()
        if letter == "|":
            alternatives.append([])
            continue
        required = int(least or 1)
        letters = re.compile(letter, re.DOTALL)
        optional_count = int(most or required) - required
        alternatives[-1] += [_LetterChoice(letters, is_optional=False)] * required
        alternatives[-1] += [_LetterChoice(letters, is_optional=True)] * optional_count
    return tuple(map(tuple, alternatives))
