"""A glob taken apart: its letters, and the places where a star stands.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html (wildcards),
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html (`${*}`, `${?}`, `${$}`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from iamglue.policy.patterns.variables import TokenKind, tokenize

# `?`: any one character. A letter of several characters is a `${...}` whose value is not known here.
ANY_CHARACTER = ""
_STAR = None

_ESCAPES = {TokenKind.ESCAPE}


@dataclass(frozen=True, slots=True)
class Glob:
    """`letters` in order; bit i of `loops` is set when a star stands before letter i (or at the end)."""

    letters: tuple[str, ...]
    star_bits: int

    @property
    def end_bit(self) -> int:
        """The bit of the position after the last letter."""
        return 1 << len(self.letters)


@lru_cache(maxsize=16384)
def parse_glob(pattern: str, *, escapes: bool = True) -> Glob:
    """`pattern` as a Glob; without `escapes`, `${` means nothing, as in policies of version 2008-10-17."""
    return _assembled(_symbols(pattern) if escapes else _plain_symbols(pattern))


def glob_from_pieces(pieces: Iterable[tuple[str, bool]]) -> Glob:
    """A Glob of pieces of text; a piece marked True is literal, so its `*` and `?` are ordinary characters."""
    return _assembled(
        symbol for text, literal in pieces for symbol in (iter(text) if literal else _plain_symbols(text))
    )


def _symbols(pattern: str) -> Iterator[str | None]:
    for token in tokenize(pattern):
        if token.kind in _ESCAPES:
            yield token.name
        elif token.kind is TokenKind.VARIABLE or token.is_parameter:
            yield token.text
        else:
            yield from _plain_symbols(token.text)


def _plain_symbols(text: str) -> Iterator[str | None]:
    for character in text:
        yield _STAR if character == "*" else ANY_CHARACTER if character == "?" else character


def _assembled(symbols: Iterable[str | None]) -> Glob:
    letters: list[str] = []
    loops = 0
    starred = False
    for symbol in symbols:
        if symbol is _STAR:
            starred = True
            continue
        # `*?` and `?*` match the same; the star comes last, so that no star is followed by `?`.
        if starred and symbol != ANY_CHARACTER:
            loops |= 1 << len(letters)
            starred = False
        letters.append(symbol)
    return Glob(tuple(letters), loops | (1 << len(letters) if starred else 0))
