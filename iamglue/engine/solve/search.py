"""The search for a request in an access: classes of actions, then classes of resources, then contexts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from operator import itemgetter

from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.truth import Truth, any_of, opposite
from iamglue.engine.solve.access import Access, StatementTerm
from iamglue.engine.solve.action_bitsets import ANY_RESOURCE, all_actions_bitset, first_action
from iamglue.engine.solve.arn_classes import (
    ArnPattern,
    ArnSet,
    arn_set_of_format,
    find_resource_classes,
    partitions_named,
    pattern_coverage,
    pattern_coverage_within,
    services_named,
)
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.consistent_requests import consistent_request, may_contradict
from iamglue.engine.solve.contexts import ContextValues, FormulaProblem, Solution, find_context
from iamglue.engine.solve.dependent_keys import TestedKeys, agreeing_contexts
from iamglue.engine.solve.format_classes import classify_formats
from iamglue.engine.solve.formulas import is_possible
from iamglue.engine.solve.principal_classes import PrincipalClass, find_principal_classes
from iamglue.engine.solve.principal_keys import KeyTruths, principal_key_tests

# The limit of patterns that are distinguished all at once.
MAX_JOINT_PATTERNS = 6
# Each undecided Principal element doubles the work; with more of them the search is incomplete.
_MAX_FREE_PRINCIPALS = 6
# The number of terms and of patterns that are processed in one step.
_TERMS_PER_STEP, _PATTERNS_PER_STEP = 4, 4
_StartTruths = tuple[tuple[Truth, ...], KeyTruths]
_SolutionKey = tuple[tuple[Truth, ...], KeyTruths, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CandidateRequest:
    """A request that the search proposes."""

    action: str
    resource: str
    context: ContextValues
    # Principals that the statements do not distinguish; None if the statements name no principals.
    principals: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class ActionClass:
    """Actions that the same terms match, and a sample action name for each ARN format or ARN set."""

    matching_terms: tuple[bool, ...]
    samples: tuple[tuple[str | ArnSet, str], ...]


@dataclass(slots=True)
class RequestSearch:
    """One search. `incomplete_reasons` collects why there may be requests that it did not find.

    With `include_undecided`, results that AWS does not document may be either: a found request is then not certain, but
    none is missed. `has_undecided` is whether there are such results.
    """

    access: Access
    include_undecided: bool = False
    # What these match may be the resource of any action.
    untyped_patterns: tuple[ArnPattern, ...] = ()
    incomplete_reasons: list[str] = field(default_factory=list)
    terms: tuple[StatementTerm, ...] = field(init=False)
    problem: FormulaProblem = field(init=False)
    has_undecided: bool = field(init=False, default=False)
    # Each condition key may have any value, whatever the others and the resource are.
    any_context: bool = False
    # The keys that replaced policy variables.
    known_context: ContextValues = field(default_factory=dict)
    _solutions: dict[_SolutionKey, Solution] = field(init=False, default_factory=dict)
    _tested_keys: TestedKeys = field(init=False)
    _has_dependent_keys: bool = field(init=False)
    patterns: tuple[tuple[ArnPattern, ...], ...] = field(init=False)
    # The same for all classes of actions: to find them anew for each took a seventh of the time of comparisons.
    _principal_classes: tuple[PrincipalClass, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.terms = self.access.terms
        formula = self.access.formula({term: index for index, term in enumerate(self.terms)})
        polarities = self.access.polarities
        key_tests = principal_key_tests(self.terms)
        self.problem = FormulaProblem(formula, self.terms, tuple(polarities[term] for term in self.terms), key_tests)
        self.patterns = tuple(term.arn_patterns for term in self.terms)
        self._principal_classes = find_principal_classes(self.terms, key_tests)
        self._tested_keys = {**{key.lower(): key for key in self.known_context}, **self.access.tested_keys}
        is_free = self.include_undecided or self.any_context
        self._has_dependent_keys = not is_free and may_contradict(self._tested_keys)

    def current_candidates(self) -> Iterator[CandidateRequest]:
        """Requests for actions of the catalogue."""
        for active, formats in self.format_groups():
            samples = tuple((arn_format, first_action(bitset)) for arn_format, bitset in formats)
            yield from self.candidates(ActionClass(active, samples))

    def format_groups(self) -> Iterator[tuple[tuple[bool, ...], tuple[tuple[str, int], ...]]]:
        """The catalogue's actions in classes: which terms match, and the ARN formats with the actions that use them.

        Only classes with some request that may be in the access.
        """
        for active, actions in self.action_groups():
            patterns = tuple(p for index, is_active in enumerate(active) if is_active for p in self.patterns[index])
            yield active, classify_formats(actions, services_named(patterns))

    def action_groups(self) -> Iterator[tuple[tuple[bool, ...], int]]:
        """The catalogue's actions in classes that the terms distinguish: which terms match, and the set of actions."""
        upper = self.access.action_bounds[0]
        for actions in _split_by_terms(upper & all_actions_bitset() if upper < 0 else upper, self.terms):
            active = tuple(bool(term.action_bitset & actions) for term in self.terms)
            if self.is_satisfiable(active):
                yield active, actions

    def is_satisfiable(self, active: Sequence[Truth]) -> bool:
        """Whether some request may be in the access if the actions of the terms match as `active` says."""
        spend(1 + len(self.terms) // _TERMS_PER_STEP)
        known = [on and (term.is_unrestricted or None) for term, on in zip(self.terms, active, strict=True)]
        return is_possible(self.problem.formula, known)

    def candidates(self, actions: ActionClass) -> Iterator[CandidateRequest]:
        """Requests for one class of actions."""
        for (start, key_truths), principals in self._find_starts(actions.matching_terms).items():
            seen: set[tuple[Truth, ...]] = set()
            for resource, action, truths in self._find_resources(actions, list(start)):
                if truths in seen:
                    continue
                seen.add(truths)
                solution = self._find_solution(truths, key_truths, Request(action, resource, {}, principals[0]))
                if solution.context is not None:
                    yield CandidateRequest(action, resource, solution.context, principals)

    def _find_solution(self, truths: tuple[Truth, ...], key_truths: KeyTruths, request: Request) -> Solution:
        """The context for these truth values, cached."""
        # Keys may depend on the Region and the account of the resource.
        place = request.resource.split(":", 5)[3:5] if self._has_dependent_keys else ()
        cache_key = (truths, key_truths, tuple(place))
        solution = self._solutions.get(cache_key)
        if solution is None:
            can_exist = partial(self._can_exist, request) if self._has_dependent_keys else None
            solution = self._solutions[cache_key] = find_context(
                self.problem, truths, key_truths, include_undecided=self.include_undecided, can_exist=can_exist
            )
            self.has_undecided = self.has_undecided or solution.has_undecided
            if solution.incomplete_reason:
                self.incomplete_reasons.append(solution.incomplete_reason)
        return solution

    def _can_exist(self, request: Request, context: ContextValues) -> bool:
        """Whether a request like this one, which is in the access, can have a context that is like the given one."""
        values = {key.lower(): given for key, given in (*self.known_context.items(), *context.items())}
        changed = replace(request, context=values)
        if request.principal is None:
            return consistent_request(self.access, changed, tested=self._tested_keys) is not None
        # The keys of the principal are made to agree later, for each principal of its class.
        pairs = agreeing_contexts(values, request.resource, self._tested_keys)
        return any(self.access.contains(replace(request, resource=arn, context=agreeing)) for arn, agreeing in pairs)

    def _find_starts(self, active: Sequence[bool]) -> dict[_StartTruths, tuple[str | None, ...]]:
        """The truth values before resource and context are known, with the principals that have them."""
        starts: dict[_StartTruths, list[tuple[int, str | None]]] = {}
        for principals in self._principal_classes:
            for names_principal in self._principal_truths(active, principals.names):
                start = tuple(
                    None if applies and term.statement.conditions else applies
                    for term, applies in zip(self.terms, names_principal, strict=True)
                )
                starts.setdefault((start, principals.key_truths), []).extend(principals.members)
        return {
            start: tuple(name for _, name in sorted(members, key=itemgetter(0))) for start, members in starts.items()
        }

    def _principal_truths(self, active: Sequence[bool], names: Sequence[Truth]) -> Iterator[tuple[bool, ...]]:
        """Which terms name a class of principals, in each possible way if AWS does not document whether one does."""
        truths = [on and names_them for names_them, on in zip(names, active, strict=True)]
        undecided = [index for index, truth in enumerate(truths) if truth is None]
        self.has_undecided = self.has_undecided or bool(undecided)
        choices = [index for index in undecided if self.include_undecided and not self.problem.polarities[index]]
        if len(choices) > _MAX_FREE_PRINCIPALS:
            self.incomplete_reasons.append("too many Principal elements whose meaning AWS does not document")
            return
        for choice in product((True, False), repeat=len(choices)):
            # With `include_undecided`, an undecided result counts as helpful for the formula, otherwise as harmful.
            settled = {
                index: (self.problem.polarities[index] > 0) is self.include_undecided for index in undecided
            } | dict(zip(choices, choice, strict=True))
            yield tuple(settled.get(index, bool(truth)) for index, truth in enumerate(truths))

    def _find_resources(self, actions: ActionClass, start: list[Truth]) -> Iterator[tuple[str, str, tuple[Truth, ...]]]:
        """Samples of resources: the resource, an action, and the truth values of the terms."""
        possible = [index for index, truth in enumerate(start) if truth is not False]
        patterns = tuple(dict.fromkeys(pattern for index in possible for pattern in self.patterns[index]))
        for arn_format, action in actions.samples:
            for arn_set in _arn_sets(arn_format, patterns):
                for region in self._find_regions(arn_set, start, possible):
                    for resource, truths in self._region_resources(arn_set, region, start, possible):
                        yield resource, action, truths

    def _find_regions(self, arn_set: ArnSet, start: list[Truth], possible: list[int]) -> tuple[ArnPattern | None, ...]:
        """The whole ARN set; or, with too many patterns, the part that each pattern matches.

        A request that only helps if a term applies is in the part of one of that term's patterns.
        """
        undecided = {p for index in possible for p in self.patterns[index] if pattern_coverage(p, arn_set) is None}
        if len(undecided) <= MAX_JOINT_PATTERNS:
            return (None,)
        helping = [index for index in possible if self.problem.polarities[index] >= 0 and not self._is_negated(index)]
        parts = dict.fromkeys(
            p for index in helping for p in self.patterns[index] if pattern_coverage(p, arn_set) is not False
        )
        if any(part.has_unknown_value for part in parts):
            return (None,)
        without = [False if index in helping or truth is False else None for index, truth in enumerate(start)]
        return (*parts, None) if is_possible(self.problem.formula, without) else tuple(parts)

    def _region_resources(
        self, arn_set: ArnSet, region: ArnPattern | None, start: list[Truth], possible: list[int]
    ) -> Iterator[tuple[str, tuple[Truth, ...]]]:
        """The classes of resources in a part of an ARN set, as far as they make a difference."""
        truths = list(start)
        undecided = []
        for index in possible:
            matches = self._region_coverage(index, arn_set, region)
            if matches is None:
                undecided.append(index)
            elif not matches:
                truths[index] = False
        region_truths = [None if index in undecided else truth for index, truth in enumerate(truths)]
        if not is_possible(self.problem.formula, region_truths):
            return
        patterns = tuple(dict.fromkeys(pattern for index in undecided for pattern in self.patterns[index]))
        positions = {pattern: index for index, pattern in enumerate(patterns)}
        resource_classes = find_resource_classes(patterns, arn_set, region)
        if not resource_classes.is_complete:
            self.incomplete_reasons.append("too many combinations of resource patterns")
        for resource_class in resource_classes.classes:
            spend(1 + len(patterns) // _PATTERNS_PER_STEP)
            for index in undecided:
                is_matched = any(resource_class.vector >> positions[pattern] & 1 for pattern in self.patterns[index])
                truths[index] = start[index] if is_matched is not self._is_negated(index) else False
            yield resource_class.resource, tuple(truths)

    def _region_coverage(self, index: int, arn_set: ArnSet, region: ArnPattern | None) -> Truth:
        """Whether a term's Resource matches the whole part of an ARN set, none of it (False), or some (None)."""
        spend(1 + len(self.patterns[index]))
        if self.terms[index].statement.resources is None:
            return True
        matched = any_of(pattern_coverage_within(pattern, arn_set, region) for pattern in self.patterns[index])
        return opposite(matched) if self._is_negated(index) else matched

    def _is_negated(self, index: int) -> bool:
        """Whether the term at this index has NotResource."""
        resources = self.terms[index].statement.resources
        return resources is not None and resources.negated


def _arn_sets(arn_format: str | ArnSet, patterns: tuple[ArnPattern, ...]) -> tuple[ArnSet, ...]:
    """The ARN sets of a format: one for each partition that makes a difference."""
    if isinstance(arn_format, ArnSet):
        return (arn_format,)
    partitions = partitions_named(patterns) if arn_format != ANY_RESOURCE else ("",)
    return tuple(arn_set_of_format(arn_format, partition) for partition in partitions)


def _split_by_terms(actions: int, terms: Sequence[StatementTerm]) -> list[int]:
    """The sets into which the terms split a set of actions."""
    parts = [actions] if actions else []
    for term in terms:
        bitset = term.action_bitset
        spend(1 + len(parts))
        if actions & bitset and actions & ~bitset:
            parts = [piece for part in parts for piece in (part & bitset, part & ~bitset) if piece]
    return parts
