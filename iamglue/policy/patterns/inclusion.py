"""Inclusion and intersection of globs, without backtracking.

A set of positions in a glob is an integer bitset; to read a letter is a shift and two ands.
"""

from __future__ import annotations

from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob

# With more position sets than this, inclusion is reported as False. No real pattern comes near.
_MAX_FRONTIER = 512


def glob_includes(general: Glob, specific: Glob) -> bool:
    """Whether every text that `specific` matches is also matched by `general`.

    A `?` of `specific` is read as a letter that does not occur in `general`, a star as any number of them: if `general`
    matches those, it matches every other text. A `${...}` is matched only by itself or by a star.
    """
    if general == specific or general.is_star:  # most fields of two ARNs
        return True
    masks, end = general.letter_masks, general.end_bit
    frontier = {_from_last_star(1, general.star_bits)}
    for at, letter in enumerate((*specific.letters, None)):
        if specific.star_bits >> at & 1:
            frontier = _minimal_states(
                {
                    after
                    for state in frontier
                    for after in _states_after_star(state, masks[ANY_CHARACTER], general.star_bits)
                }
            )
        if letter is None or len(frontier) > _MAX_FRONTIER:
            break
        mask = masks.get(letter, masks[ANY_CHARACTER] if len(letter) < 2 else 0)
        frontier = {
            _from_last_star((state & mask) << 1 | state & general.star_bits, general.star_bits) for state in frontier
        }
        if 0 in frontier:
            return False
    return len(frontier) <= _MAX_FRONTIER and all(state & end for state in frontier)


def globs_intersect(first: Glob, second: Glob) -> bool:
    """Whether some text matches both globs; a `${...}` may be any text."""
    first, second = first.with_variables_as_stars, second.with_variables_as_stars
    if first == second or first.is_star or second.is_star:  # most fields of two ARNs
        return True
    masks, every = first.letter_masks, 2 * first.end_bit - 1
    state = 1
    for at, letter in enumerate((*second.letters, None)):
        if second.star_bits >> at & 1:
            state = every & -(state & -state)
        if letter is None:
            break
        mask = every if letter == ANY_CHARACTER else masks.get(letter, masks[ANY_CHARACTER])
        state = (state & mask) << 1 & every | state & first.star_bits
        if not state:
            return False
    return bool(state & first.end_bit)


def _from_last_star(state: int, star_bits: int) -> int:
    """Drop the positions before the last star reached: the star matches whatever they still match."""
    looping = state & star_bits
    return state & -(1 << looping.bit_length() - 1) if looping else state


def _states_after_star(state: int, mask: int, star_bits: int) -> list[int]:
    """The states after zero, one, two ... letters that do not occur in the glob, until they repeat."""
    states = [state]
    while True:
        state = _from_last_star((state & mask) << 1 | state & star_bits, star_bits)
        if state == states[-1]:
            return states
        states.append(state)


def _minimal_states(states: set[int]) -> set[int]:
    """Drop the states that contain all positions of another state: if that one matches, so do they."""
    minimal: list[int] = []
    for state in sorted(states, key=int.bit_count):
        if not any(small & state == small for small in minimal):
            minimal.append(state)
    return set(minimal)
