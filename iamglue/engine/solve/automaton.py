"""Globs read side by side: which of them can match together, each combination with a text that shows it.

A position of every glob is a bit of one integer, and reading a letter is a shift and two ands, so all are read at
once. Breadth first, so that the shortest text of a combination is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from iamglue.engine.solve.budget import spend
from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob

# More steps than this are not taken: what is left is not known.
MAX_STEPS = 250_000
# So many positions are a letter's work, and as many again each time.
_POSITIONS = 2048
# So many tracks are looked at in a step.
_TRACKS = 8
_COLON = ":"
_FRESH = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ~"


@dataclass(frozen=True, slots=True)
class GlobPattern:
    """A glob to read. `fields`: `?` and `*` before the fifth colon match no colon. `folded`: case does not count."""

    glob: Glob
    splits_fields: bool = False
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class MatchCombination:
    """Bit i of `vector` says whether track i matches `text`."""

    vector: int
    text: str


# A state, and what gives a text that leads to it.
_Accepted = tuple[int, Callable[[], str]]


class TooManyCombinations(Exception):
    """The search would take more steps than it may."""


class _Machine:
    """The tables of a set of tracks."""

    def __init__(self, tracks: Sequence[GlobPattern], fresh: str = "") -> None:
        self.start = 0
        self.ends: list[int] = []
        # The positions of each track: once none of them is live, the track matches no longer text.
        self.spans: list[int] = []
        self.letters: dict[str, int] = {}
        self.any_letter = self.any_but_colon = self.loops = self.loops_but_colon = 0
        base = 0
        for track in tracks:
            base = self._add(track, base)
        self.price = 1 + base // _POSITIONS
        spend(1 + base)
        used = set(self.letters)
        self.fresh = fresh or next(c for c in chain(_FRESH, map(chr, range(0x100, 0x3000))) if c not in used)

    def _add(self, track: GlobPattern, base: int) -> int:
        """Puts a track's positions behind the others; the next free bit."""
        self.start |= 1 << base
        colons = 0
        for at, letter in enumerate((*track.glob.letters, None)):
            bit = 1 << (base + at)
            narrow = track.splits_fields and colons < 5
            if track.glob.star_bits >> at & 1:
                self.loops_but_colon |= bit
                self.loops |= 0 if narrow else bit
            if letter is None:
                self.ends.append(bit)
            elif letter == ANY_CHARACTER:
                self.any_but_colon |= bit
                self.any_letter |= 0 if narrow else bit
            else:
                colons += letter == _COLON
                for each in dict.fromkeys(
                    (letter, letter.lower(), letter.upper()) if track.ignores_case else (letter,)
                ):
                    self.letters[each] = self.letters.get(each, 0) | bit
        after = base + len(track.glob.letters) + 1
        self.spans.append((1 << after) - (1 << base))
        return after

    def step(self, state: int, letter: str) -> int:
        exact = self.letters.get(letter, 0)
        if letter == _COLON:
            return (state & (exact | self.any_letter)) << 1 | state & self.loops
        return (state & (exact | self.any_but_colon)) << 1 | state & self.loops_but_colon

    def choices(self, state: int) -> Iterator[str]:
        """The letters that some live position names, and one that none does; a colon where it makes a difference."""
        yield self.fresh
        if state & (self.any_but_colon ^ self.any_letter | self.loops_but_colon ^ self.loops):
            yield _COLON
        for letter, mask in self.letters.items():
            if state & mask:
                yield letter

    def vector(self, state: int) -> int:
        return sum(1 << at for at, end in enumerate(self.ends) if state & end)


def match_combinations(
    tracks: Sequence[GlobPattern], *required: GlobPattern, excluded: Sequence[GlobPattern] = ()
) -> Iterator[MatchCombination]:
    """Every combination of matching tracks that some text has, once each, with a shortest such text.

    Only texts that all of `required` match and none of `excluded` are looked at. Raises TooMany when there is more to
    look at than the bound allows; a combination has been found by then if any text is a match and nothing is excluded.
    """
    machine = _Machine((*tracks, *required, *excluded))
    told: set[int] = set()
    first = _shortest(machine, required) if tracks and not excluded else ()
    for state, text in chain(first, _accepted(machine, len(tracks), len(tracks) + len(required))):
        spend(1 + len(tracks) // _TRACKS)
        vector = machine.vector(state) & ((1 << len(tracks)) - 1)
        if vector not in told:
            told.add(vector)
            yield MatchCombination(vector, text())


def _shortest(machine: _Machine, required: Sequence[GlobPattern]) -> Iterator[_Accepted]:
    """A shortest text that matches all of `required`, and the state of all tracks that it leads to.

    To find one, one position in each glob is followed at a time, of which there are few, and not sets of them.
    """
    small = _Machine(required, machine.fresh)
    goal = sum(small.ends)
    seen = {small.start: (0, "")}
    queue = [small.start]
    for at in queue:
        if at == goal:
            state, text = machine.start, _text(seen, at)
            for letter in text:
                state = machine.step(state, letter)
            yield state, partial(str, text)
            return
        letters = tuple(small.choices(at))
        if len(queue) > MAX_STEPS // _TRACKS:
            return
        spend(small.price * len(letters))
        for letter in letters:
            for after in _one_each(small.step(at, letter), small.spans):
                if after not in seen:
                    seen[after] = (at, letter)
                    queue.append(after)


def _one_each(state: int, spans: Sequence[int]) -> list[int]:
    """The states that have one of the state's positions in each track."""
    found = [0]
    for span in spans:
        own = state & span
        bits = []
        while own:
            bits.append(own & -own)
            own &= own - 1
        found = [before | bit for before in found for bit in bits]
    return found


def _accepted(machine: _Machine, optional: int, excluded: int) -> Iterator[_Accepted]:
    """The states, each once, that texts lead to, and how to read those texts.

    The first `optional` tracks may match or not, those from `excluded` on must not, and those between must.
    """
    ends, spans = sum(machine.ends[optional:excluded]), machine.spans[optional:excluded]
    barred = sum(machine.ends[excluded:])
    # What has reached a star at the end of an excluded track never leaves it.
    barred_for_good = barred & machine.loops
    seen = {machine.start: (0, "")}
    queue = [machine.start]
    steps = 0
    for state in queue:
        if state & ends == ends and not state & barred:
            yield state, partial(_text, seen, state)
        letters = tuple(machine.choices(state))
        steps += machine.price * len(letters)
        if steps > MAX_STEPS:
            raise TooManyCombinations
        spend(machine.price * len(letters))
        for letter in letters:
            after = machine.step(state, letter)
            if after not in seen and not after & barred_for_good and all(after & track for track in spans):
                seen[after] = (state, letter)
                queue.append(after)


def _text(seen: dict[int, tuple[int, str]], state: int) -> str:
    letters = []
    while seen[state][1]:
        state, letter = seen[state]
        letters.append(letter)
    return "".join(reversed(letters))
