"""One series of attacks: what was asked, what came of it, and how much of it was evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from attacks.attacker import Attacker
from attacks.callers import contradiction
from attacks.possible import carries_own_keys, exists, is_possible
from attacks.product import answered, request_of, shown_by_diff
from attacks.random_policies import shown
from attacks.verdict import Document, Request, Truth, allows

# Requests for each pair of policies: rather more pairs than more requests.
_EACH = 8
# One of so many pairs is compared by the command line, the others by the API, which takes a tenth of the time.
_OF_THE_COMMAND_LINE = 6


@dataclass
class Campaign:
    """Attacks on answers until `budget` of them are made; `failures` are the false ones, in words.

    `nobodies` are witnesses whose principal cannot have what their context says of it.
    """

    random: Random
    budget: int
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    nobodies: list[str] = field(default_factory=list)

    def on_differences(self, pairs: Iterable[tuple[Any, Document, Document]]) -> None:
        """Attack what `diff` says of pairs of policies: no request may refute it, and its witnesses must not."""
        for name, old, new in self._within_budget(pairs):
            asked = answered if self.counts["answers"] % _OF_THE_COMMAND_LINE else shown_by_diff
            answer, witness = asked([old], [new])
            self.counts["answers"] += 1
            self.counts[answer] += 1
            if answer == "new-access":
                self._check_witness(witness, name, old, new)
            elif answer == "no-new-access":
                self.on_narrowing(name, [old], [new])

    def on_narrowing(self, name: Any, old: list[Document], new: list[Document]) -> None:
        """Attack the claim that `new` allows nothing that `old` does not."""
        for request, before, after in self._judged(old, new):
            carried = carries_own_keys(request, [*old, *new])
            if after is True and before is False and carried and is_possible(request, self._resources):
                self._failed("allowed by NEW, not by OLD", name, old, new, request)

    def on_equality(self, name: Any, old: list[Document], new: list[Document]) -> None:
        """Attack the claim that both allow the same, over actions that exist."""
        for request, before, after in self._judged(old, new):
            differs = after is not before and None not in (after, before)
            carried = carries_own_keys(request, [*old, *new])
            if differs and carried and exists(request.action) and is_possible(request, self._resources):
                self._failed(f"OLD {before}, NEW {after}", name, old, new, request)

    def share(self, part: str, whole: str) -> float:
        """How much of one count another is."""
        return self.counts[part] / max(1, self.counts[whole])

    def report(self) -> str:
        """The counts, and the first failures."""
        return "\n\n".join([f"{dict(self.counts)}; {len(self.failures)} false", *self.failures[:5]])

    def _within_budget(self, cases: Iterable[Any]) -> Iterator[Any]:
        for case in cases:
            if self.counts["attacks"] >= self.budget:
                return
            yield case

    def _judged(self, old: list[Document], new: list[Document]) -> Iterator[tuple[Request, Truth, Truth]]:
        attacker = Attacker([*old, *new], self.random)
        self._resources = attacker.resources
        for request in attacker.requests(_EACH):
            before, after = allows(old, request), allows(new, request)
            self.counts["attacks"] += 1
            self.counts["hits"] += True in (before, after)
            yield request, before, after

    def _check_witness(self, witness: Any, name: Any, old: Document, new: Document) -> None:
        request = request_of(witness)
        before, after = allows([old], request), allows([new], request)
        self.counts["attacks"] += 1
        self.counts["confirmed"] += (before, after) == (False, True)
        if before is True or after is False:
            self._failed(f"a witness that OLD allows: {before}, NEW: {after}", name, [old], [new], request)
        if odd := contradiction(request.caller, request.context):
            self.nobodies.append(f"{odd}: {request}\nOLD {shown(old)}\nNEW {shown(new)}")

    def _failed(self, what: str, name: Any, old: list[Document], new: list[Document], request: Request) -> None:
        written = replace(request, multivalued=frozenset())
        self.failures.append(f"{name}: {what}\nOLD {shown(old)}\nNEW {shown(new)}\nREQUEST {written}")
