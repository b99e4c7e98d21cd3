"""The search for a request in an access: actions in classes, resources in classes, then contexts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from itertools import product
from operator import or_

from iamglue.engine.evaluate.principals import principal_test
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.truth import Truth, any_of, opposite
from iamglue.engine.solve.access import Access, StatementTerm
from iamglue.engine.solve.action_bitsets import ANY_RESOURCE, all_actions_bitset, first_action, formats_of
from iamglue.engine.solve.arn_classes import (
    ArnPattern,
    ArnSet,
    arn_pattern,
    arn_set_of_format,
    find_resource_classes,
    partitions_named,
    pattern_coverage,
    pattern_coverage_within,
    services_named,
)
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.contexts import Problem, Solution, find_context
from iamglue.engine.solve.formulas import is_possible
from iamglue.engine.solve.principal_keys import KeyTruths, principal_key_tests, principal_key_truths
from iamglue.engine.solve.representatives import representative_principals

# More patterns than this are not told apart all at once.
MAX_JOINT_PATTERNS = 6
# Each doubles the ways to look at: more of them are not looked at.
_FREE_PRINCIPALS = 6
# So many leaves, and so many patterns, are looked at in a step.
_LEAVES, _PATTERNS, _ACTIONS = 4, 4, 8
# The formats of more actions than this take so much room that few of them are remembered.
_MANY = 1_000
_Context = dict[str, tuple[str, ...]]
_Start = tuple[tuple[Truth, ...], KeyTruths]


@dataclass(frozen=True, slots=True)
class CandidateRequest:
    """A request that the search proposes."""

    action: str
    resource: str
    context: _Context
    # Those that the statements do not tell apart; None: they name none.
    principals: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class ActionClass:
    """A class of actions that the same leaves match: a name that stands for the class, by format or shape of ARNs."""

    matching_terms: tuple[bool, ...]
    samples: tuple[tuple[str | ArnSet, str], ...]


@dataclass(slots=True)
class Search:
    """One search. `gaps` collects why there may be requests that it did not look at.

    With `guess`, what AWS does not decide may come out either way: then what is found need not be so, but nothing is
    left out. `guesses` tells whether that would make a difference.
    """

    access: Access
    include_undecided: bool = False
    # Patterns that fit no type of their service, of all that the access is a part of.
    untyped_patterns: tuple[ArnPattern, ...] = ()
    incomplete_reasons: list[str] = field(default_factory=list)
    terms: tuple[StatementTerm, ...] = field(init=False)
    problem: Problem = field(init=False)
    has_undecided: bool = field(init=False, default=False)
    _solutions: dict[tuple[tuple[Truth, ...], KeyTruths], Solution] = field(init=False, default_factory=dict)
    patterns: tuple[tuple[ArnPattern, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.terms = self.access.terms
        formula = self.access.formula({leaf: at for at, leaf in enumerate(self.terms)})
        signs = self.access.polarities
        key_tests = principal_key_tests(self.terms)
        self.problem = Problem(formula, self.terms, tuple(signs[leaf] for leaf in self.terms), key_tests)
        self.patterns = tuple(patterns_of(leaf) for leaf in self.terms)

    def current_candidates(self) -> Iterator[CandidateRequest]:
        """Requests for actions of the catalogue."""
        for active, formats in self.classes():
            yield from self.candidates(ActionClass(active, tuple((form, first_action(mask)) for form, mask in formats)))

    def classes(self) -> Iterator[tuple[tuple[bool, ...], tuple[tuple[str, int], ...]]]:
        """Today's actions in classes that the leaves tell apart: which leaves match, and the formats with the actions.

        Only classes of which some request may be in the access.
        """
        for active, atom in self.atoms():
            patterns = tuple(p for at, on in enumerate(active) if on for p in self.patterns[at])
            yield active, _formats(atom, services_named(patterns))

    def atoms(self) -> Iterator[tuple[tuple[bool, ...], int]]:
        """Today's actions in classes that the leaves tell apart: which leaves match, and the set of the actions."""
        most = self.access.action_bounds[0]
        for atom in _atoms(most & all_actions_bitset() if most < 0 else most, self.terms):
            active = tuple(bool(leaf.action_bitset & atom) for leaf in self.terms)
            if self.is_satisfiable(active):
                yield active, atom

    def is_satisfiable(self, active: Sequence[Truth]) -> bool:
        """Whether some request may be in the access when the leaves' actions match as `active` says."""
        spend(1 + len(self.terms) // _LEAVES)
        known = [on and (leaf.is_unrestricted or None) for leaf, on in zip(self.terms, active, strict=True)]
        return is_possible(self.problem.formula, known)

    def candidates(self, actions: ActionClass) -> Iterator[CandidateRequest]:
        """Requests for one class of actions."""
        for (start, given), principals in self._starts(actions.matching_terms).items():
            told: set[tuple[Truth, ...]] = set()
            for resource, action, truths in self._resources(actions, list(start)):
                if truths in told:
                    continue
                told.add(truths)
                solution = self._solution(truths, given)
                if solution.context is not None:
                    yield CandidateRequest(action, resource, solution.context, principals)

    def _solution(self, truths: tuple[Truth, ...], given: KeyTruths) -> Solution:
        found = self._solutions.get((truths, given))
        if found is None:
            found = self._solutions[truths, given] = find_context(
                self.problem, truths, given, include_undecided=self.include_undecided
            )
            self.has_undecided = self.has_undecided or found.has_undecided
            if found.incomplete_reason:
                self.incomplete_reasons.append(found.incomplete_reason)
        return found

    def _starts(self, active: Sequence[bool]) -> dict[_Start, tuple[str | None, ...]]:
        """What is known of each leaf and key before the resource and the context are, and whose requests are so."""
        starts: dict[_Start, tuple[str | None, ...]] = {}
        for principal in representative_principals(self.terms):
            given = principal_key_truths(principal, self.problem.key_tests)
            for named in self._named(active, principal):
                start = tuple(
                    None if applies and leaf.statement.conditions else applies
                    for leaf, applies in zip(self.terms, named, strict=True)
                )
                starts[start, given] = (*starts.get((start, given), ()), principal)
        return starts

    def _named(self, active: Sequence[bool], principal: str | None) -> Iterator[tuple[bool, ...]]:
        """Which leaves name the principal, in each way that it may be where AWS does not say whether one does."""
        truths = [on and self._names(leaf, principal) for leaf, on in zip(self.terms, active, strict=True)]
        unknown = [at for at, truth in enumerate(truths) if truth is None]
        self.has_undecided = self.has_undecided or bool(unknown)
        free = [at for at in unknown if self.include_undecided and not self.problem.polarities[at]]
        if len(free) > _FREE_PRINCIPALS:
            self.incomplete_reasons.append("too many Principal elements of which AWS does not say whom they name")
            return
        for choice in product((True, False), repeat=len(free)):
            # What may help is taken to help in a guess, and to do harm in what is to be sure.
            settled = {at: (self.problem.polarities[at] > 0) is self.include_undecided for at in unknown} | dict(
                zip(free, choice, strict=True)
            )
            yield tuple(settled.get(at, bool(truth)) for at, truth in enumerate(truths))

    def _names(self, leaf: StatementTerm, principal: str | None) -> Truth:
        element = leaf.statement.principals
        return True if element is None else principal_test(element)(Request("", "", {}, principal))

    def _resources(self, actions: ActionClass, start: list[Truth]) -> Iterator[tuple[str, str, tuple[Truth, ...]]]:
        alive = [at for at, truth in enumerate(start) if truth is not False]
        patterns = tuple(dict.fromkeys(p for at in alive for p in self.patterns[at]))
        for form, action in actions.samples:
            for kind in _shapes(form, patterns):
                for inside in self._regions(kind, start, alive):
                    for resource, truths in self._region(kind, inside, start, alive):
                        yield resource, action, truths

    def _regions(self, kind: ArnSet, start: list[Truth], alive: list[int]) -> tuple[ArnPattern | None, ...]:
        """The shape as a whole; or where too many patterns divide it, the part of it that each pattern matches.

        A request that only helps where a leaf applies is in the part of one of that leaf's patterns.
        """
        open_ones = {p for at in alive for p in self.patterns[at] if pattern_coverage(p, kind) is None}
        if len(open_ones) <= MAX_JOINT_PATTERNS:
            return (None,)
        helping = [at for at in alive if self.problem.polarities[at] >= 0 and not self._is_negated(at)]
        parts = dict.fromkeys(p for at in helping for p in self.patterns[at] if pattern_coverage(p, kind) is not False)
        if any(part.has_unknown_value for part in parts):
            return (None,)
        without = [False if at in helping or truth is False else None for at, truth in enumerate(start)]
        return (*parts, None) if is_possible(self.problem.formula, without) else tuple(parts)

    def _region(
        self, kind: ArnSet, inside: ArnPattern | None, start: list[Truth], alive: list[int]
    ) -> Iterator[tuple[str, tuple[Truth, ...]]]:
        """The classes of resources in a part of a shape, as far as they make a difference."""
        truths = list(start)
        undecided = []
        for at in alive:
            matches = self._stands(at, kind, inside)
            if matches is None:
                undecided.append(at)
            elif not matches:
                truths[at] = False
        open_ones = [None if at in undecided else truth for at, truth in enumerate(truths)]
        if not is_possible(self.problem.formula, open_ones):
            return
        patterns = tuple(dict.fromkeys(p for at in undecided for p in self.patterns[at]))
        place = {pattern: at for at, pattern in enumerate(patterns)}
        found = find_resource_classes(patterns, kind, inside)
        if not found.is_complete:
            self.incomplete_reasons.append("too many combinations of resource patterns")
        for each in found.classes:
            spend(1 + len(patterns) // _PATTERNS)
            for at in undecided:
                held = any(each.vector >> place[pattern] & 1 for pattern in self.patterns[at])
                truths[at] = start[at] if held is not self._is_negated(at) else False
            yield each.resource, tuple(truths)

    def _stands(self, at: int, kind: ArnSet, inside: ArnPattern | None) -> Truth:
        """Whether a leaf's Resource matches the whole part of a shape, none of it (False), or some (None)."""
        spend(1 + len(self.patterns[at]))
        if self.terms[at].statement.resources is None:
            return True
        matched = any_of(pattern_coverage_within(pattern, kind, inside) for pattern in self.patterns[at])
        return opposite(matched) if self._is_negated(at) else matched

    def _is_negated(self, at: int) -> bool:
        resources = self.terms[at].statement.resources
        return resources is not None and resources.negated


def _shapes(form: str | ArnSet, patterns: tuple[ArnPattern, ...]) -> tuple[ArnSet, ...]:
    """The shapes of a format: one in each partition that makes a difference."""
    if isinstance(form, ArnSet):
        return (form,)
    return tuple(
        arn_set_of_format(form, each) for each in (partitions_named(patterns) if form != ANY_RESOURCE else ("",))
    )


def _formats(atom: int, named: frozenset[str] | None) -> tuple[tuple[str, int], ...]:
    """The formats of an atom's ARNs, each with the actions that take it; `named` are services, None being all.

    The formats of services that no Resource pattern names make no difference to each other: they stand as one.
    """
    spend(1 + atom.bit_count() // _ACTIONS)
    return (_formats_of_few if atom.bit_count() < _MANY else _formats_of_many)(atom, named)


def _formats_of(atom: int, named: frozenset[str] | None) -> tuple[tuple[str, int], ...]:
    taken = formats_of(atom)
    # A format whose service is a variable may be any service's.
    told = [name for name in sorted(taken) if named is None or name in named or name.startswith((ANY_RESOURCE, "${"))]
    found = [each for name in told for each in taken[name].items()]
    other = _one_of([own for name, own in taken.items() if name not in told])
    # A request on an ARN shows more than one on no resource.
    return tuple(sorted([*found, *([other] if other else [])], key=lambda each: each[0] == ANY_RESOURCE))


_formats_of_few = lru_cache(maxsize=4096)(_formats_of)
_formats_of_many = lru_cache(maxsize=16)(_formats_of)


def _one_of(formats: Sequence[dict[str, int]]) -> tuple[str, int] | None:
    """All actions that take some of the formats, and one that the first of them takes."""
    taken = reduce(or_, (takers for own in formats for takers in own.values()), 0)
    first = taken & -taken
    return next(((form, taken) for own in formats for form, takers in own.items() if takers & first), None)


def _atoms(most: int, leaves: Sequence[StatementTerm]) -> list[int]:
    """The sets of actions into which the leaves divide `most`."""
    parts = [most] if most else []
    for leaf in leaves:
        mask = leaf.action_bitset
        spend(1 + len(parts))
        if most & mask and most & ~mask:
            parts = [piece for part in parts for piece in (part & mask, part & ~mask) if piece]
    return parts


def patterns_of(leaf: StatementTerm) -> tuple[ArnPattern, ...]:
    """The Resource patterns of a leaf; none where it has no Resource."""
    resources = leaf.statement.resources
    if resources is None:
        return ()
    return tuple(arn_pattern(text, escapes=leaf.variables) for text in resources.values)
