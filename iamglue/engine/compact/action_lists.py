"""Lists of actions of one service, and the wildcards that can replace some of their entries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.catalog.services import find_action
from iamglue.engine.compact.name_patterns import NamePattern, find_name_patterns
from iamglue.engine.solve.action_bitsets import actions_in, patterns_bitset
from iamglue.policy.model import MatchList
from iamglue.policy.patterns.wildcards import has_wildcard


@dataclass(frozen=True, slots=True, order=True)
class ListEntry:
    """A text for a list of actions: its cost in characters, and a bitset of the original entries that it covers."""

    cost: int
    text: str
    covers: int


@dataclass(frozen=True, slots=True)
class ServiceActionList:
    """The actions of one service in one element: the original entries, and candidate wildcards to replace them.

    `chosen` are the wildcards in use. Original entries that none of them covers stay.
    """

    original_entries: tuple[ListEntry, ...]
    candidates: tuple[ListEntry, ...]
    chosen: tuple[ListEntry, ...] = ()

    @property
    def current_entries(self) -> tuple[ListEntry, ...]:
        """The entries of the list now."""
        covered = covered_bitset(self.chosen)
        return (*self.chosen, *(entry for entry in self.original_entries if not entry.covers & covered))

    @property
    def cost(self) -> int:
        """The characters that the current entries take."""
        return sum(entry.cost for entry in self.current_entries)

    def saving(self, candidate: ListEntry) -> int:
        """By how many characters `with_entry` shortens the list."""
        return (
            sum(existing.cost for existing in self.current_entries if not existing.covers & ~candidate.covers)
            - candidate.cost
        )

    def with_entry(self, entry: ListEntry) -> ServiceActionList:
        """The list with `entry` in place of all entries that it covers."""
        remaining = tuple(chosen_entry for chosen_entry in self.chosen if chosen_entry.covers & ~entry.covers)
        return replace(self, chosen=(*remaining, entry))


def service_action_lists(element: MatchList, *, min_covered: int) -> tuple[ServiceActionList, ...]:
    """The lists of an Action or NotAction element that wildcards can shorten.

    A wildcard replaces at least `min_covered` entries. It matches no action of the current catalogue that the element
    does not match, and it covers each replaced entry completely, including actions that AWS may add.
    """
    matched_names: dict[str, set[str]] = {}
    for action in actions_in(patterns_bitset(element.values)):
        matched_names.setdefault(action.service, set()).add(action.name.lower())
    texts_by_service: dict[str, dict[str, str]] = {}
    for value in sorted(element.values):
        prefix, _, name = value.partition(":")
        texts_by_service.setdefault(prefix.lower(), {}).setdefault(name.lower(), value)
    services = ((prefix, texts) for prefix, texts in sorted(texts_by_service.items()) if not has_wildcard(prefix))
    lists = (
        _build_list(prefix, tuple(texts.items()), frozenset(matched_names.get(prefix, ())), min_covered)
        for prefix, texts in services
    )
    return tuple(action_list for action_list in lists if action_list.candidates)


def _build_list(
    prefix: str, texts: tuple[tuple[str, str], ...], matched_names: frozenset[str], min_covered: int
) -> ServiceActionList:
    """The list of one service; without candidates if no wildcard shortens it."""
    unchanged = ServiceActionList(
        tuple(_build_entry(text, 1 << index) for index, (_, text) in enumerate(texts)),
        (),
    )
    wildcards = (
        entry for entry in _readable_wildcards(prefix, texts, matched_names) if entry.covers.bit_count() >= min_covered
    )
    return replace(unchanged, candidates=tuple(entry for entry in wildcards if unchanged.saving(entry) > 0))


# Cached because each attempt to shorten a policy asks for the same lists again.
@lru_cache(maxsize=4096)
def _readable_wildcards(
    prefix: str, texts: tuple[tuple[str, str], ...], matched_names: frozenset[str]
) -> tuple[ListEntry, ...]:
    """The cheapest readable wildcard for each set of entries that one can cover, sorted."""
    names = [name for name, _ in texts]
    best_by_coverage: dict[int, ListEntry] = {}
    for pattern in find_name_patterns(prefix, matched_names):
        covers = pattern.lower().coverage(names)
        entry = _build_entry(f"{prefix}:{pattern}", covers)
        is_better = covers not in best_by_coverage or entry < best_by_coverage[covers]
        if covers and is_better and _is_readable(pattern, prefix, matched_names):
            best_by_coverage[covers] = entry
    return tuple(sorted(best_by_coverage.values()))


def _is_readable(pattern: NamePattern, prefix: str, matched_names: frozenset[str]) -> bool:
    """Whether the pattern is made of words of the actions' names, so that its meaning is clear."""
    lower = pattern.lower()
    actions = (find_action(f"{prefix}:{name}") for name in matched_names if lower.covers(name))
    return all(pattern.is_readable_for(action.name) for action in actions if action)


def _build_entry(text: str, covers: int) -> ListEntry:
    """An entry; its cost includes quotes and a comma."""
    return ListEntry(len(json.dumps(text)) + 1, text, covers)


def covered_bitset(entries: Iterable[ListEntry]) -> int:
    """The original entries that at least one entry covers."""
    bitset = 0
    for entry in entries:
        bitset |= entry.covers
    return bitset
