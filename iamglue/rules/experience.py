"""What rules have found so far, by what the statements were like: which rules need to look at another one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from iamglue.findings import Finding
from iamglue.rules.traits import Trait, finer

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

    def learn(self, statements: Sequence[Iterable[Trait]], findings: Iterable[Finding]) -> None:
        """Take in what was found in a document of these statements."""
        found = [set[str]() for _ in statements]
        for finding in findings:
            found[statement_number(finding.place.pointer)].add(finding.rule)
        if len(self._known) > _MOST:
            self._known.clear()
        for statement, rules in zip(statements, map(frozenset, found), strict=True):
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


def statement_number(pointer: str) -> int:
    """The number of the statement that a pointer leads into; one that is in no list is the first."""
    steps = pointer.split("/", 3)
    return int(steps[2]) if len(steps) > 2 and steps[2].isdigit() else 0
