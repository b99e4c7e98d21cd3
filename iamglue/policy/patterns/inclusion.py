"""Globs as languages: whether one holds every text of another, whether two share a text.

A set of positions in a glob is a bit mask, and reading a letter is a shift and two ands.
"""

from __future__ import annotations

from functools import lru_cache

from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob

# More position sets than this at one place: give up and say "not covered". No real pattern comes near.
_FRONTIER = 512


def glob_includes(general: Glob, specific: Glob) -> bool:
    """Whether every text that `specific` matches is matched by `general`.

    A `?` of `specific` is read as a letter that `general` does not name, a star as any number of them: if
    `general` takes those, it takes every other text. A `${...}` is only taken by itself or by a star.
    """
    masks, end = _masks(general), general.end_bit
    frontier = {_strongest(1, general.star_bits)}
    for at, letter in enumerate((*specific.letters, None)):
        if specific.star_bits >> at & 1:
            frontier = _weakest(
                {after for state in frontier for after in _runs(state, masks[ANY_CHARACTER], general.star_bits)}
            )
        if letter is None or len(frontier) > _FRONTIER:
            break
        mask = masks.get(letter, masks[ANY_CHARACTER] if len(letter) < 2 else 0)
        frontier = {
            _strongest((state & mask) << 1 | state & general.star_bits, general.star_bits) for state in frontier
        }
        if 0 in frontier:
            return False
    return len(frontier) <= _FRONTIER and all(state & end for state in frontier)


def globs_intersect(one: Glob, other: Glob) -> bool:
    """Whether some text matches both; a `${...}` may stand for any text."""
    one, other = variables_as_stars(one), variables_as_stars(other)
    masks, every = _masks(one), 2 * one.end_bit - 1
    state = 1
    for at, letter in enumerate((*other.letters, None)):
        if other.star_bits >> at & 1:
            state = every & -(state & -state)
        if letter is None:
            break
        mask = every if letter == ANY_CHARACTER else masks.get(letter, masks[ANY_CHARACTER])
        state = (state & mask) << 1 & every | state & one.star_bits
        if not state:
            return False
    return bool(state & one.end_bit)


@lru_cache(maxsize=4096)
def _masks(parsed: Glob) -> dict[str, int]:
    """For each letter, the positions that it leads on from; under ANY those that any letter does."""
    masks = {ANY_CHARACTER: 0}
    for at, letter in enumerate(parsed.letters):
        masks[letter] = masks.get(letter, 0) | 1 << at
    return {letter: mask | (masks[ANY_CHARACTER] if len(letter) < 2 else 0) for letter, mask in masks.items()}


def _strongest(state: int, loops: int) -> int:
    """Without the positions before the last star reached: what they still match, the star matches too."""
    looping = state & loops
    return state & -(1 << looping.bit_length() - 1) if looping else state


def _runs(state: int, mask: int, loops: int) -> list[int]:
    """The states after none, one, two ... letters that the glob does not name, until they repeat."""
    states = [state]
    while True:
        state = _strongest((state & mask) << 1 | state & loops, loops)
        if state == states[-1]:
            return states
        states.append(state)


def _weakest(states: set[int]) -> set[int]:
    """Without the states that hold all positions of another: if that one accepts, so do they."""
    kept: list[int] = []
    for state in sorted(states, key=int.bit_count):
        if not any(small & state == small for small in kept):
            kept.append(state)
    return set(kept)


@lru_cache(maxsize=4096)
def variables_as_stars(parsed: Glob) -> Glob:
    """With a star in the place of each `${...}`."""
    letters: list[str] = []
    loops = 0
    for at, letter in enumerate((*parsed.letters, None)):
        if parsed.star_bits >> at & 1 or (letter and len(letter) > 1):
            loops |= 1 << len(letters)
        if letter is not None and len(letter) < 2:
            letters.append(letter)
    return Glob(tuple(letters), loops)
