"""What rules have found so far, by what the statements were like: which rules need to look at another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from iamglue.lint.traits import Trait, finer

_MOST = 50_000


@dataclass(slots=True)
class Experience:
    """By trait, the rules that have found something in every statement that had it.

    A rule that finds something because of a trait is among them; that some are there by chance does no harm.
    """

    _known: dict[Trait, frozenset[str]] = field(default_factory=dict)

    def rules(self, statement: Iterable[Trait]) -> frozenset[str] | None:
        """All rules that may find something in a statement of these traits; None where that is not known."""
        found: frozenset[str] = frozenset()
        for trait in statement:
            known = self._known.get(trait)
            if known is None:
                known = self._by_parts(trait)
            if known is None:
                return None
            if known:
                found |= known
        return found

    def learn(self, statement: Iterable[Trait], rules: frozenset[str]) -> None:
        """Take in which rules have found something in a statement."""
        if len(self._known) > _MOST:
            self._known.clear()
        for trait in statement:
            for each in (trait, *finer(trait)):
                self._known[each] = self._known.get(each, rules) & rules

    def _by_parts(self, trait: Trait) -> frozenset[str] | None:
        """What is known of a trait by those that decide in its stead."""
        found: set[str] = set()
        parts = finer(trait)
        for each in parts:
            known = self._known.get(each)
            if known is None:
                return None
            found |= known
        return self._known.setdefault(trait, frozenset(found)) if parts else None
