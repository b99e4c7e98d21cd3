"""Simultaneous matching of several globs: which combinations of them can match, each with an example text.

Each position of each glob is a bit of one integer. Reading a letter is a shift and two ands, so all globs advance at
once. The search is breadth-first, so it finds a shortest text for each combination.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from iamglue.engine.solve.budget import spend
from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob

# The limit of steps; a search that reaches it is incomplete.
MAX_STEPS = 250_000
# The number of glob positions that one step advances by a letter.
_POSITIONS_PER_STEP = 2048
# The number of patterns that are read in one step.
_PATTERNS_PER_STEP = 8
_COLON = ":"
_FRESH_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ~"


@dataclass(frozen=True, slots=True)
class GlobPattern:
    """A glob to match. With `splits_fields`, `?` and `*` before the fifth colon do not match a colon."""

    glob: Glob
    splits_fields: bool = False
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class MatchCombination:
    """Bit i of `vector` says whether pattern i matches `text`."""

    vector: int
    text: str


# A state, and a function that returns a text which leads to it.
_Accepted = tuple[int, Callable[[], str]]


class TooManyCombinations(Exception):
    """Raised if the search would exceed its limit of steps."""


class _Automaton:
    """The transition tables of a set of patterns."""

    def __init__(self, patterns: Sequence[GlobPattern], unused_letter: str = "") -> None:
        self.start = 0
        self.end_bits: list[int] = []
        # The positions of each pattern: once none of them is live, the pattern cannot match a longer text.
        self.spans: list[int] = []
        self.letters: dict[str, int] = {}
        self.any_letter = self.any_but_colon = self.star_bits = self.star_bits_but_colon = 0
        next_bit = 0
        for pattern in patterns:
            next_bit = self._add_pattern(pattern, next_bit)
        self.letter_cost = 1 + next_bit // _POSITIONS_PER_STEP
        spend(1 + next_bit)
        used_letters = set(self.letters)
        self.unused_letter = unused_letter or next(
            letter for letter in chain(_FRESH_LETTERS, map(chr, range(0x100, 0x3000))) if letter not in used_letters
        )

    def _add_pattern(self, pattern: GlobPattern, first_bit: int) -> int:
        """Add a pattern's positions after the others; returns the next free bit."""
        self.start |= 1 << first_bit
        colons = 0
        for position, letter in enumerate((*pattern.glob.letters, None)):
            bit = 1 << (first_bit + position)
            is_before_resource = pattern.splits_fields and colons < 5
            if pattern.glob.star_bits >> position & 1:
                self.star_bits_but_colon |= bit
                self.star_bits |= 0 if is_before_resource else bit
            if letter is None:
                self.end_bits.append(bit)
            elif letter == ANY_CHARACTER:
                self.any_but_colon |= bit
                self.any_letter |= 0 if is_before_resource else bit
            else:
                colons += letter == _COLON
                for variant in dict.fromkeys(
                    (letter, letter.lower(), letter.upper()) if pattern.ignores_case else (letter,)
                ):
                    self.letters[variant] = self.letters.get(variant, 0) | bit
        next_bit = first_bit + len(pattern.glob.letters) + 1
        self.spans.append((1 << next_bit) - (1 << first_bit))
        return next_bit

    def step(self, state: int, letter: str) -> int:
        """The state after reading a letter."""
        exact = self.letters.get(letter, 0)
        if letter == _COLON:
            return (state & (exact | self.any_letter)) << 1 | state & self.star_bits
        return (state & (exact | self.any_but_colon)) << 1 | state & self.star_bits_but_colon

    def choices(self, state: int) -> Iterator[str]:
        """The letters that some live position expects, one that none does, and a colon if it makes a difference."""
        yield self.unused_letter
        if state & (self.any_but_colon ^ self.any_letter | self.star_bits_but_colon ^ self.star_bits):
            yield _COLON
        for letter, positions in self.letters.items():
            if state & positions:
                yield letter

    def vector(self, state: int, count: int) -> int:
        """Which of the first `count` patterns match in this state, as bits."""
        return sum(1 << index for index, end in enumerate(self.end_bits[:count]) if state & end)


def match_combinations(
    patterns: Sequence[GlobPattern], *required: GlobPattern, excluded: Sequence[GlobPattern] = ()
) -> Iterator[MatchCombination]:
    """Every combination of matching patterns that some text has, once each, with a shortest such text.

    Only texts that match all of `required` and none of `excluded` count. Raises TooManyCombinations if the search
    exceeds its limit; if nothing is excluded and any text matches, it has yielded a combination by then.
    """
    automaton = _Automaton((*patterns, *required, *excluded))
    seen_vectors: set[int] = set()
    shortest = _find_shortest_match(automaton, required) if patterns and not excluded else ()
    for state, text in chain(shortest, _accepting_states(automaton, len(patterns), len(patterns) + len(required))):
        spend(1 + len(patterns) // _PATTERNS_PER_STEP)
        vector = automaton.vector(state, len(patterns))
        if vector not in seen_vectors:
            seen_vectors.add(vector)
            yield MatchCombination(vector, text())


def _find_shortest_match(automaton: _Automaton, required: Sequence[GlobPattern]) -> Iterator[_Accepted]:
    """A shortest text that matches all of `required`, and the state of all patterns that it leads to.

    This follows one position of each glob at a time instead of sets of positions, so there are few states.
    """
    required_automaton = _Automaton(required, automaton.unused_letter)
    goal = sum(required_automaton.end_bits)
    seen = {required_automaton.start: (0, "")}
    queue = [required_automaton.start]
    for state in queue:
        if state == goal:
            all_patterns_state, text = automaton.start, _read_text(seen, state)
            for letter in text:
                all_patterns_state = automaton.step(all_patterns_state, letter)
            yield all_patterns_state, partial(str, text)
            return
        letters = tuple(required_automaton.choices(state))
        if len(queue) > MAX_STEPS // _PATTERNS_PER_STEP:
            return
        spend(required_automaton.letter_cost * len(letters))
        for letter in letters:
            for next_state in _single_position_states(required_automaton.step(state, letter), required_automaton.spans):
                if next_state not in seen:
                    seen[next_state] = (state, letter)
                    queue.append(next_state)


def _single_position_states(state: int, spans: Sequence[int]) -> list[int]:
    """The states that have one of the state's positions in each pattern."""
    states = [0]
    for span in spans:
        live = state & span
        bits = []
        while live:
            bits.append(live & -live)
            live &= live - 1
        states = [partial_state | bit for partial_state in states for bit in bits]
    return states


def _accepting_states(automaton: _Automaton, optional: int, excluded: int) -> Iterator[_Accepted]:
    """The accepting states, once each, with functions that return a text which leads to them.

    The first `optional` patterns may match or not; those from `excluded` on must not match; those in between must
    match.
    """
    required_ends, required_spans = sum(automaton.end_bits[optional:excluded]), automaton.spans[optional:excluded]
    excluded_ends = sum(automaton.end_bits[excluded:])
    # A text that reaches a star at the end of an excluded pattern matches it forever, so the search stops there.
    excluded_forever = excluded_ends & automaton.star_bits
    seen = {automaton.start: (0, "")}
    queue = [automaton.start]
    steps = 0
    for state in queue:
        if state & required_ends == required_ends and not state & excluded_ends:
            yield state, partial(_read_text, seen, state)
        letters = tuple(automaton.choices(state))
        steps += automaton.letter_cost * len(letters)
        if steps > MAX_STEPS:
            raise TooManyCombinations
        spend(automaton.letter_cost * len(letters))
        for letter in letters:
            next_state = automaton.step(state, letter)
            if (
                next_state not in seen
                and not next_state & excluded_forever
                and all(next_state & pattern for pattern in required_spans)
            ):
                seen[next_state] = (state, letter)
                queue.append(next_state)


def _read_text(seen: dict[int, tuple[int, str]], state: int) -> str:
    """The text that leads to a state."""
    letters = []
    while seen[state][1]:
        state, letter = seen[state]
        letters.append(letter)
    return "".join(reversed(letters))
