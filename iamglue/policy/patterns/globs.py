"""A parsed glob: its letters, and the positions of its stars.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html (wildcards),
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html (`${*}`, `${?}`, `${$}`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from iamglue.policy.patterns.variables import TokenKind, tokenize

# `?`: any one character. A letter of several characters is a `${...}` whose value is unknown.
ANY_CHARACTER = ""
_STAR = None

_ESCAPES = {TokenKind.ESCAPE}


@dataclass(frozen=True)
class Glob:
    """`letters` in order; bit i of `star_bits` is set if a star precedes letter i (or the end)."""

    letters: tuple[str, ...]
    star_bits: int

    @cached_property
    def letter_masks(self) -> dict[str, int]:
        """For each letter, the bitset of positions that it advances; ANY_CHARACTER has those that each one advances."""
        masks = {ANY_CHARACTER: 0}
        for at, letter in enumerate(self.letters):
            masks[letter] = masks.get(letter, 0) | 1 << at
        return {letter: mask | (masks[ANY_CHARACTER] if len(letter) < 2 else 0) for letter, mask in masks.items()}

    @cached_property
    def with_variables_as_stars(self) -> Glob:
        """The glob with each `${...}` replaced by a star."""
        letters: list[str] = []
        star_bits = 0
        for at, letter in enumerate((*self.letters, None)):
            if self.star_bits >> at & 1 or (letter and len(letter) > 1):
                star_bits |= 1 << len(letters)
            if letter is not None and len(letter) < 2:
                letters.append(letter)
        return Glob(tuple(letters), star_bits)

    @property
    def is_star(self) -> bool:
        """Whether the glob is `*` alone, which every text matches."""
        return not self.letters and bool(self.star_bits)

    @property
    def end_bit(self) -> int:
        """The bit of the position after the last letter."""
        return 1 << len(self.letters)


@lru_cache(maxsize=16384)
def parse_glob(pattern: str, *, escapes: bool = True) -> Glob:
    """Parse `pattern` as a Glob; without `escapes`, `${` is literal text, as in policies of version 2008-10-17."""
    return _build_glob(_symbols(pattern) if escapes else _plain_symbols(pattern))


def glob_from_pieces(pieces: Iterable[tuple[str, bool]]) -> Glob:
    """Build a Glob from pieces of text; in a piece marked True, `*` and `?` are literal characters."""
    return _build_glob(
        symbol for text, literal in pieces for symbol in (iter(text) if literal else _plain_symbols(text))
    )


def _symbols(pattern: str) -> Iterator[str | None]:
    """The letters and stars of a pattern with escapes and variables."""
    for token in tokenize(pattern):
        if token.kind in _ESCAPES:
            yield token.name
        elif token.kind is TokenKind.VARIABLE or token.is_parameter:
            yield token.text
        else:
            yield from _plain_symbols(token.text)


def _plain_symbols(text: str) -> Iterator[str | None]:
    """The letters and stars of text in which `${` is literal."""
    for character in text:
        yield _STAR if character == "*" else ANY_CHARACTER if character == "?" else character


def _build_glob(symbols: Iterable[str | None]) -> Glob:
    """Build a Glob from letters and stars."""
    letters: list[str] = []
    star_bits = 0
    is_starred = False
    for symbol in symbols:
        if symbol is _STAR:
            is_starred = True
            continue
        # `*?` and `?*` match the same; the star is moved last, so that no star is followed by `?`.
        if is_starred and symbol != ANY_CHARACTER:
            star_bits |= 1 << len(letters)
            is_starred = False
        letters.append(symbol)
    return Glob(tuple(letters), star_bits | (1 << len(letters) if is_starred else 0))
