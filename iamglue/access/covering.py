"""The choice of wildcards that stand for the actions of an element: which, and in what order."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from iamglue.access.action_forms import forms
from iamglue.access.universe import actions_in, pattern_mask
from iamglue.catalog.services import action
from iamglue.iam.patterns import is_pattern
from iamglue.iam.policies import Patterns


@dataclass(frozen=True, slots=True, order=True)
class Option:
    """A text that may stand in a list: what it costs there, and as bits which of the list's own texts it covers."""

    cost: int
    text: str
    covers: int


@dataclass(frozen=True, slots=True)
class Field:
    """The actions of one service in one element: the texts as written, and the wildcards that may replace some.

    `chosen` are the wildcards that do; the texts that none of them covers stay.
    """

    texts: tuple[Option, ...]
    options: tuple[Option, ...]
    chosen: tuple[Option, ...] = ()

    @property
    def written(self) -> tuple[Option, ...]:
        """What stands in the list."""
        covered = _joined(self.chosen)
        return (*self.chosen, *(each for each in self.texts if not each.covers & covered))

    @property
    def cost(self) -> int:
        """What the written texts cost."""
        return sum(each.cost for each in self.written)

    def saving(self, option: Option) -> int:
        """By how much `with_option` makes the list shorter."""
        return sum(each.cost for each in self.written if not each.covers & ~option.covers) - option.cost

    def with_option(self, option: Option) -> Field:
        """`option` written in the place of all that it covers."""
        kept = tuple(each for each in self.chosen if each.covers & ~option.covers)
        return replace(self, chosen=(*kept, option))


def fields(element: Patterns, *, least: int) -> tuple[Field, ...]:
    """The fields of an Action or NotAction element. A wildcard is one for `least` written texts or more.

    A wildcard matches no action of today's catalogue that the element does not match already, and covers the texts
    it replaces whole: what they say of actions that AWS may add, it says too.
    """
    wanted: dict[str, set[str]] = {}
    for value in element.values:
        for each in actions_in(pattern_mask(value)):
            wanted.setdefault(each.service, set()).add(each.name.lower())
    written: dict[str, dict[str, str]] = {}
    for value in sorted(element.values):
        prefix, _, name = value.partition(":")
        written.setdefault(prefix.lower(), {}).setdefault(name.lower(), value)
    services = ((prefix, texts) for prefix, texts in sorted(written.items()) if not is_pattern(prefix))
    found = (
        _field(prefix, tuple(texts.items()), frozenset(wanted.get(prefix, ())), least) for prefix, texts in services
    )
    return tuple(each for each in found if each.options)


def smallest(field: Field) -> Field:
    """The field with the wildcards that make it as short as these two ways of choosing do."""
    by_saving = replace(field, chosen=())
    for each in by_best_saving([by_saving]):
        (by_saving,) = each.fields
    return min((_pruned(by_saving), _pruned(_by_price(field))), key=lambda found: found.cost)


@dataclass(frozen=True, slots=True)
class Step:
    """The fields after one more wildcard, and what that one saved."""

    fields: tuple[Field, ...]
    saving: int


def by_best_saving(start: Sequence[Field], needed: int | None = None) -> Iterator[Step]:
    """The fields after each wildcard, the one that saves most first.

    With `needed`, the last one is the smallest that is enough, so that no more is replaced than has to be.
    """
    now = list(start)
    queue = _Queue(now)
    while (best := queue.best(now)) is not None:
        at, option, saving = best
        if needed is not None and saving >= needed:
            at, option, saving = _least_enough(now, needed)
        now[at] = now[at].with_option(option)
        if needed is not None:
            needed -= saving
        yield Step(tuple(now), saving)
        if needed is not None and needed <= 0:
            return


@dataclass(slots=True)
class _Queue:
    """Options by what they save. Savings only fall as others are chosen, so an entry is looked at again when first."""

    start: Iterable[Field]
    heap: list[tuple[int, int, str, int, Option]] = field(init=False)

    def __post_init__(self) -> None:
        self.heap = [
            (-each.saving(option), -option.cost, option.text, at, option)
            for at, each in enumerate(self.start)
            for option in each.options
        ]
        heapq.heapify(self.heap)

    def best(self, now: Sequence[Field]) -> tuple[int, Option, int] | None:
        while self.heap:
            said, cost, text, at, option = heapq.heappop(self.heap)
            saving = now[at].saving(option)
            if saving <= 0:
                continue
            if saving == -said:
                return at, option, saving
            heapq.heappush(self.heap, (-saving, cost, text, at, option))
        return None


def _least_enough(now: Sequence[Field], needed: int) -> tuple[int, Option, int]:
    enough = (
        (saving, -option.cost, option.text, at, option)
        for at, each in enumerate(now)
        for option in each.options
        if (saving := each.saving(option)) >= needed
    )
    saving, _, _, at, option = min(enough)
    return at, option, saving


@lru_cache(maxsize=4096)
def _field(prefix: str, texts: tuple[tuple[str, str], ...], wanted: frozenset[str], least: int) -> Field:
    names = tuple(name for name, _ in texts)
    known = tuple(_spelt(prefix, name) for name in names)
    best: dict[int, Option] = {}
    for form in forms(prefix, wanted):
        lower = form.lower()
        taken = [at for at, name in enumerate(names) if lower.takes(name)]
        option = _option(f"{prefix}:{form}", sum(1 << at for at in taken))
        if option.covers in best and best[option.covers] <= option:
            continue
        if len(taken) >= least and sum(form.reads(known[at]) for at in taken) >= min(len(taken), 2):
            best[option.covers] = option
    own = tuple(_option(text, 1 << at) for at, (_, text) in enumerate(texts))
    blank = Field(own, ())
    return replace(blank, options=tuple(sorted(each for each in best.values() if blank.saving(each) > 0)))


def _spelt(prefix: str, name: str) -> str:
    found = action(f"{prefix}:{name}")
    return found.name if found else name


def _option(text: str, covers: int) -> Option:
    return Option(len(json.dumps(text)) + 1, text, covers)


def _by_price(field: Field) -> Field:
    """The cheapest for each text that it covers and that is not covered yet, again and again."""
    left = _joined(field.texts)
    chosen: list[Option] = []
    while left:
        option = min((*field.texts, *field.options), key=lambda each: _price(each, left))
        left &= ~option.covers
        chosen.append(option)
    return replace(field, chosen=tuple(each for each in chosen if each not in field.texts))


def _price(option: Option, left: int) -> tuple[float, Option]:
    gained = (option.covers & left).bit_count()
    return (option.cost / gained if gained else float("inf"), option)


def _pruned(field: Field) -> Field:
    """Without the wildcards that cost more than the texts which only they cover."""
    for option in sorted(field.chosen, reverse=True):
        without = replace(field, chosen=tuple(each for each in field.chosen if each is not option))
        if without.cost <= field.cost:
            field = without
    return field


def _joined(options: Iterable[Option]) -> int:
    found = 0
    for each in options:
        found |= each.covers
    return found
