"""The search for a request in an access: actions in classes, resources in classes, then contexts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from iamglue.access.arn_classes import ArnPattern, Shape, arn_pattern, classes, partitions_named, services_named, shape
from iamglue.access.contexts import Problem, Solution, solve
from iamglue.access.principals import principal_test
from iamglue.access.representatives import principals_of
from iamglue.access.request import Request
from iamglue.access.sets import Access, Leaf
from iamglue.access.truth import Truth
from iamglue.access.universe import ANY_RESOURCE, action_of, everything, formats_by_service

_Context = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """A request that the search proposes."""

    action: str
    resource: str
    context: _Context
    principal: str | None


@dataclass(frozen=True, slots=True)
class Actions:
    """A class of actions that the same leaves match: by format of their ARNs, a name that stands for the class."""

    active: tuple[bool, ...]
    names: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Search:
    """One search. `gaps` collects why there may be requests that it did not look at.

    With `guess`, what AWS does not decide may come out either way: then what is found need not be so, but nothing is
    left out. `guesses` tells whether that would make a difference.
    """

    access: Access
    guess: bool = False
    gaps: list[str] = field(default_factory=list)
    leaves: tuple[Leaf, ...] = field(init=False)
    problem: Problem = field(init=False)
    guesses: bool = field(init=False, default=False)
    _solutions: dict[tuple[Truth, ...], Solution] = field(init=False, default_factory=dict)
    patterns: tuple[tuple[ArnPattern, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.leaves = self.access.leaves
        formula = self.access.formula({leaf: at for at, leaf in enumerate(self.leaves)})
        signs = self.access.signs
        self.problem = Problem(formula, self.leaves, tuple(signs[leaf] for leaf in self.leaves))
        self.patterns = tuple(_patterns(leaf) for leaf in self.leaves)

    def today(self) -> Iterator[Case]:
        """Requests for actions of the catalogue."""
        most = self.access.bounds[0]
        if not most:
            return
        most = most & everything() if most < 0 else most
        for atom in atoms(most, self.leaves):
            active = tuple(bool(leaf.mask & atom) for leaf in self.leaves)
            if self.problem.formula([None if on else False for on in active]) is not False:
                yield from self.of(Actions(active, self._names(atom, active)))

    def of(self, actions: Actions) -> Iterator[Case]:
        """Requests for one class of actions."""
        for principal in principals_of(self.leaves):
            start = self._start(actions.active, principal)
            told: set[tuple[Truth, ...]] = set()
            for resource, action, truths in self._resources(actions, start):
                if truths in told:
                    continue
                told.add(truths)
                solution = self._solution(truths)
                if solution.context is not None:
                    yield Case(action, resource, solution.context, principal)

    def _solution(self, truths: tuple[Truth, ...]) -> Solution:
        found = self._solutions.get(truths)
        if found is None:
            found = self._solutions[truths] = solve(self.problem, truths, guess=self.guess)
            self.guesses = self.guesses or found.guesses
            if found.gap:
                self.gaps.append(found.gap)
        return found

    def _start(self, active: Sequence[bool], principal: str | None) -> list[Truth]:
        """What is known of each leaf before the resource and the context are."""
        found: list[Truth] = []
        for leaf, on in zip(self.leaves, active, strict=True):
            held: Truth = on
            if on and leaf.statement.principals is not None:
                held = principal_test(leaf.statement.principals)(Request("", "", {}, principal))
            found.append(None if held and leaf.statement.conditions else held)
        return found

    def _resources(self, actions: Actions, start: list[Truth]) -> Iterator[tuple[str, str, tuple[Truth, ...]]]:
        alive = [at for at, truth in enumerate(start) if truth is not False]
        patterns = tuple(dict.fromkeys(p for at in alive for p in self.patterns[at]))
        place = {pattern: at for at, pattern in enumerate(patterns)}
        for form, action in actions.names:
            for partition in partitions_named(patterns) if form != ANY_RESOURCE else ("",):
                for vector, resource in self._classes(patterns, shape(form, partition)):
                    truths = list(start)
                    for at in alive:
                        if not self._matches(at, vector, place):
                            truths[at] = False
                    yield resource, action, tuple(truths)

    def _classes(self, patterns: tuple[ArnPattern, ...], kind: Shape) -> Iterator[tuple[int, str]]:
        found = classes(patterns, kind)
        if found is None:
            self.gaps.append("too many combinations of resource patterns")
        for each in found or ():
            yield each.vector, each.resource

    def _matches(self, at: int, vector: int, place: dict[ArnPattern, int]) -> bool:
        resources = self.leaves[at].statement.resources
        if resources is None:
            return True
        return any(vector >> place[pattern] & 1 for pattern in self.patterns[at]) is not resources.negated

    def _names(self, atom: int, active: Sequence[bool]) -> tuple[tuple[str, str], ...]:
        """The formats that make a difference, and one of the others."""
        patterns = tuple(p for at, on in enumerate(active) if on for p in self.patterns[at])
        named = services_named(patterns)
        found: list[tuple[str, str]] = []
        other = None
        for service, own in sorted(formats_by_service().items(), key=lambda item: item[0] == ANY_RESOURCE):
            told = named is None or service in named or service == ANY_RESOURCE or service.startswith("${")
            if other is not None and not told:
                continue
            for form, mask in own.items():
                both = mask & atom
                if both:
                    name = str(action_of((both & -both).bit_length() - 1))
                    if told:
                        found.append((form, name))
                    else:
                        other = (form, name)
                        break
        return (*found, *([other] if other else []))


def atoms(most: int, leaves: Sequence[Leaf]) -> list[int]:
    """The sets of actions into which the leaves divide `most`."""
    parts = [most]
    for leaf in leaves:
        mask = leaf.mask
        if most & mask and most & ~mask:
            parts = [piece for part in parts for piece in (part & mask, part & ~mask) if piece]
    return parts


def _patterns(leaf: Leaf) -> tuple[ArnPattern, ...]:
    resources = leaf.statement.resources
    if resources is None:
        return ()
    return tuple(arn_pattern(text, escapes=leaf.variables) for text in resources.values)
