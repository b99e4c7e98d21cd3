"""Lists of actions, and the wildcards that may stand in them for some."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.catalog.services import find_action
from iamglue.engine.compact.name_patterns import NamePattern, find_name_patterns
from iamglue.engine.solve.action_bitsets import actions_in, pattern_bitset
from iamglue.policy.model import MatchList
from iamglue.policy.patterns.wildcards import has_wildcard


@dataclass(frozen=True, slots=True, order=True)
class ListEntry:
    """A text that may stand in a list: what it costs there, and as bits which of the list's own texts it covers."""

    cost: int
    text: str
    covers: int


@dataclass(frozen=True, slots=True)
class ServiceActionList:
    """The actions of one service in one element: the texts as written, and the wildcards that may replace some.

    `chosen` are the wildcards that do; the texts that none of them covers stay.
    """

    original_entries: tuple[ListEntry, ...]
    candidates: tuple[ListEntry, ...]
    chosen: tuple[ListEntry, ...] = ()

    @property
    def current_entries(self) -> tuple[ListEntry, ...]:
        """What stands in the list."""
        covered = covered_bitset(self.chosen)
        return (*self.chosen, *(each for each in self.original_entries if not each.covers & covered))

    @property
    def cost(self) -> int:
        """What the written texts cost."""
        return sum(each.cost for each in self.current_entries)

    def saving(self, option: ListEntry) -> int:
        """By how much `with_option` makes the list shorter."""
        return sum(each.cost for each in self.current_entries if not each.covers & ~option.covers) - option.cost

    def with_entry(self, option: ListEntry) -> ServiceActionList:
        """`option` written in the place of all that it covers."""
        kept = tuple(each for each in self.chosen if each.covers & ~option.covers)
        return replace(self, chosen=(*kept, option))


def service_action_lists(element: MatchList, *, least: int) -> tuple[ServiceActionList, ...]:
    """The fields of an Action or NotAction element. A wildcard is one for `least` written texts or more.

    A wildcard matches no action of today's catalogue that the element does not match already, and covers the texts
    it replaces whole: what they say of actions that AWS may add, it says too.
    """
    wanted: dict[str, set[str]] = {}
    for value in element.values:
        for each in actions_in(pattern_bitset(value)):
            wanted.setdefault(each.service, set()).add(each.name.lower())
    written: dict[str, dict[str, str]] = {}
    for value in sorted(element.values):
        prefix, _, name = value.partition(":")
        written.setdefault(prefix.lower(), {}).setdefault(name.lower(), value)
    services = ((prefix, texts) for prefix, texts in sorted(written.items()) if not has_wildcard(prefix))
    found = (
        _field(prefix, tuple(texts.items()), frozenset(wanted.get(prefix, ())), least) for prefix, texts in services
    )
    return tuple(each for each in found if each.candidates)


@lru_cache(maxsize=4096)
def _field(prefix: str, texts: tuple[tuple[str, str], ...], wanted: frozenset[str], least: int) -> ServiceActionList:
    best: dict[int, ListEntry] = {}
    for form in find_name_patterns(prefix, wanted):
        lower = form.lower()
        covers = sum(1 << at for at, (name, _) in enumerate(texts) if lower.covers(name))
        option = _option(f"{prefix}:{form}", covers)
        better = covers not in best or option < best[covers]
        if covers.bit_count() >= least and better and _reads(form, prefix, wanted):
            best[covers] = option
    own = tuple(_option(text, 1 << at) for at, (_, text) in enumerate(texts))
    blank = ServiceActionList(own, ())
    return replace(blank, candidates=tuple(sorted(each for each in best.values() if blank.saving(each) > 0)))


def _reads(form: NamePattern, prefix: str, wanted: frozenset[str]) -> bool:
    """Whether a reader sees why it matches what it does."""
    lower = form.lower()
    known = (find_action(f"{prefix}:{name}") for name in wanted if lower.covers(name))
    return all(form.is_readable_for(each.name) for each in known if each)


def _option(text: str, covers: int) -> ListEntry:
    return ListEntry(len(json.dumps(text)) + 1, text, covers)


def covered_bitset(options: Iterable[ListEntry]) -> int:
    """The texts that any of the options covers."""
    found = 0
    for each in options:
        found |= each.covers
    return found
