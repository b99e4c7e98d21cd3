"""Globs read side by side: which of them can match together, each combination with a text that shows it.

A position of every glob is a bit of one integer, and reading a letter is a shift and two ands, so all are read at
once. Breadth first, so that the shortest text of a combination is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from iamglue.iam.globs import ANY, Glob

# More states than this are not looked at: what is left is not known.
STATES = 50_000
_COLON = ":"
_FRESH = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ~"


@dataclass(frozen=True, slots=True)
class Track:
    """A glob to read. `fields`: `?` and `*` before the fifth colon match no colon. `folded`: case does not count."""

    glob: Glob
    fields: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Bit i of `vector` says whether track i matches `text`."""

    vector: int
    text: str


class TooMany(Exception):
    """The search met more states than it may look at."""


class _Machine:
    """The tables of a set of tracks."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self.start = 0
        self.ends: list[int] = []
        # The positions of each track: once none of them is live, the track matches no longer text.
        self.spans: list[int] = []
        self.letters: dict[str, int] = {}
        self.any_letter = self.any_but_colon = self.loops = self.loops_but_colon = 0
        base = 0
        for track in tracks:
            base = self._add(track, base)
        used = set(self.letters)
        self.fresh = next(c for c in chain(_FRESH, map(chr, range(0x100, 0x3000))) if c not in used)

    def _add(self, track: Track, base: int) -> int:
        """Puts a track's positions behind the others; the next free bit."""
        self.start |= 1 << base
        colons = 0
        for at, letter in enumerate((*track.glob.letters, None)):
            bit = 1 << (base + at)
            narrow = track.fields and colons < 5
            if track.glob.loops >> at & 1:
                self.loops_but_colon |= bit
                self.loops |= 0 if narrow else bit
            if letter is None:
                self.ends.append(bit)
            elif letter == ANY:
                self.any_but_colon |= bit
                self.any_letter |= 0 if narrow else bit
            else:
                colons += letter == _COLON
                for each in dict.fromkeys((letter, letter.lower(), letter.upper()) if track.folded else letter):
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


def combinations(tracks: Sequence[Track], *required: Track, excluded: Sequence[Track] = ()) -> Iterator[Found]:
    """Every combination of matching tracks that some text has, once each, with a shortest such text.

    Only texts that all of `required` match and none of `excluded` are looked at. Raises TooMany when there is more to
    look at than the bound allows.
    """
    machine = _Machine((*tracks, *required, *excluded))
    first_excluded = len(tracks) + len(required)
    ends = sum(machine.ends[len(tracks) : first_excluded])
    needed = machine.spans[len(tracks) : first_excluded]
    barred = sum(machine.ends[first_excluded:])
    # What has reached a star at the end of an excluded track never leaves it.
    barred_for_good = barred & machine.loops
    mask = (1 << len(tracks)) - 1
    seen = {machine.start: (0, "")}
    queue = [machine.start]
    told: set[int] = set()
    for state in queue:
        if state & ends == ends and not state & barred:
            vector = machine.vector(state) & mask
            if vector not in told:
                told.add(vector)
                yield Found(vector, _text(seen, state))
        for letter in machine.choices(state):
            after = machine.step(state, letter)
            if after not in seen and not after & barred_for_good and all(after & track for track in needed):
                if len(seen) >= STATES:
                    raise TooMany
                seen[after] = (state, letter)
                queue.append(after)


def _text(seen: dict[int, tuple[int, str]], state: int) -> str:
    letters = []
    while seen[state][1]:
        state, letter = seen[state]
        letters.append(letter)
    return "".join(reversed(letters))
