"""Emptiness of an access: a proof, a request that is in it, or the reason why neither was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from iamglue.catalog.service_arn_formats import service_arn_formats
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, deduplicate_terms
from iamglue.engine.solve.arn_classes import ArnPattern
from iamglue.engine.solve.budget import (
    EXHAUSTED_REASON,
    FIRST_PASS_STEPS,
    PROOF_STEPS,
    Exhausted,
    remaining_steps,
    spend,
    step_budget,
)
from iamglue.engine.solve.consistent_requests import consistent_request
from iamglue.engine.solve.decomposition import decompose_access
from iamglue.engine.solve.future_actions import future_actions
from iamglue.engine.solve.parameters import is_parametrized, replace_parameters
from iamglue.engine.solve.search import CandidateRequest, RequestSearch
from iamglue.engine.solve.unlisted import find_untyped_patterns, unlisted_candidates
from iamglue.engine.solve.variables import AccessInstance, has_policy_variables, instantiate_variables
from iamglue.engine.solve.witness import confirmed_request, search_instance

# The number of unconfirmed requests after which one search stops.
_MAX_UNCONFIRMED = 3
_DEPENDS_ON_VARIABLES = "it depends on the values of policy variables"
_DEPENDS_ON_PARAMETERS = "it depends on the values of deployment parameters (`${...}`)"
_REGION, _ACCOUNT, _RESOURCE = 3, 4, 5
# The number of statements that are evaluated in one step.
_TERMS_PER_STEP = 4
# The steps to start the search of a part.
_PART_START_STEPS = 64
_FindCandidates = Callable[[RequestSearch], Iterator[CandidateRequest]]


class Verdict(StrEnum):
    """The result of a proof."""

    EMPTY = "empty"
    NON_EMPTY = "inhabited"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EmptinessProof:
    """`witness` is a request that the statements themselves confirm; `reason` explains an unknown verdict.

    `depends_on_variables`: undecided only because the values of policy variables or deployment parameters are unknown.
    `future_only`: only an action name that AWS may add has a request in the access, no action of the catalogue.
    `unlisted_only`: only requests on ARNs that AWS's reference does not list for the action are in the access.
    `is_exhausted`: unknown because the analysis reached its limit of steps, at least in part.
    """

    verdict: Verdict
    witness: Request | None = None
    reason: str = ""
    future_only: bool = False
    depends_on_variables: bool = False
    unlisted_only: bool = False
    is_exhausted: bool = False


def prove_empty(
    access: Access,
    *,
    parameters_are_names: bool = False,
    any_context: bool = False,
    resources_of_any_action: Sequence[ArnPattern] = (),
) -> EmptinessProof:
    """Decide whether an access contains no request, by checking a representative request of each class.

    A deployment parameter may be any text; with `parameters_are_names`, it is a name that nothing else has. What
    `resources_of_any_action` match may be the resource of an action for which AWS's reference does not list it.

    The search proposes a witness and the statements confirm it, so a reported witness is always correct. Its condition
    keys agree with one another and with the resource, but with `any_context` each key may have any value. If the step
    budget of a proof is used up, the verdict is unknown.
    """
    with step_budget(PROOF_STEPS):
        access = deduplicate_terms(access)
        proof = _ProofAttempt(access, resources_of_any_action, any_context=any_context).proof()
        if proof.verdict is Verdict.EMPTY and not parameters_are_names and is_parametrized(access):
            access = deduplicate_terms(replace_parameters(access))
            attempt = _ProofAttempt(access, resources_of_any_action, any_context=any_context)
            if attempt.proof().verdict is not Verdict.EMPTY:
                return EmptinessProof(Verdict.UNKNOWN, reason=_DEPENDS_ON_PARAMETERS, depends_on_variables=True)
        return proof


@dataclass(slots=True)
class _Part:
    """A part of an access, with an instance for each way to replace its variables, and the search of each instance.

    `has_undecided`: it is undecided for some requests whether they are in the part. `reasons` explain why there may be
    a request that no search has found so far.
    """

    access: Access
    untyped_patterns: tuple[ArnPattern, ...]
    any_context: bool
    has_undecided: bool
    instances: tuple[AccessInstance, ...]
    reasons: list[str] = field(default_factory=list)
    # Made when they are needed: most parts are never searched, or not a second time.
    _searches: list[tuple[AccessInstance, RequestSearch]] = field(default_factory=list)

    @classmethod
    def of(cls, access: Access, untyped_patterns: tuple[ArnPattern, ...], *, any_context: bool) -> _Part:
        """A part that is not searched yet."""
        variables = has_policy_variables(access)
        instances = (
            instantiate_variables(access, any_context=any_context) if variables else (AccessInstance(access, ()),)
        )
        return cls(access, untyped_patterns, any_context, variables, tuple(instances))

    @property
    def searches(self) -> list[tuple[AccessInstance, RequestSearch]]:
        """The search of each instance, as far as it has come."""
        if not self._searches:
            self._searches = [
                (instance, search_instance(instance, self.untyped_patterns, any_context=self.any_context))
                for instance in self.instances
            ]
        return self._searches

    def forget(self) -> None:
        """Restart the searches."""
        self.has_undecided = self.has_undecided or any(search.has_undecided for _, search in self._searches)
        self._searches = []


class _ProofAttempt:
    """One proof, part by part: first a short search of every part, then a longer one where needed."""

    def __init__(self, access: Access, resources_of_any_action: Sequence[ArnPattern], *, any_context: bool) -> None:
        self.access = access
        self.any_context = any_context
        untyped_patterns = (*find_untyped_patterns(access), *resources_of_any_action)
        self.parts = [_Part.of(part, untyped_patterns, any_context=any_context) for part in decompose_access(access)]

    def proof(self) -> EmptinessProof:
        """The result by the first request that any of the passes finds."""
        for pass_index, (find_candidates, shown) in enumerate(_PASSES):
            witness = self._run_pass(find_candidates, len(_PASSES) - pass_index)
            if witness is not None:
                # `future_only` and `unlisted_only` are only correct if the earlier passes were complete.
                is_exclusive = not any(part.reasons for part in self.parts)
                witness = self._make_readable(witness, is_listed=not shown.unlisted_only)
                return replace(shown if is_exclusive else _PASSES[0][1], witness=witness)
        reasons = self._find_undecided()
        if not reasons:
            return EmptinessProof(Verdict.EMPTY)
        depends_on_variables = {*reasons} <= {_DEPENDS_ON_VARIABLES, _DEPENDS_ON_PARAMETERS}
        return EmptinessProof(
            Verdict.UNKNOWN,
            reason=_join_reasons(reasons),
            depends_on_variables=depends_on_variables,
            is_exhausted=EXHAUSTED_REASON in reasons,
        )

    def _run_pass(self, find_candidates: _FindCandidates, remaining_passes: int) -> Request | None:
        """A request that one pass finds in any part; leaves an equal share of the budget to each later pass."""
        pending = self.parts
        for steps in (FIRST_PASS_STEPS, PROOF_STEPS):
            unresolved: list[tuple[_Part, list[str]]] = []
            for index, part in enumerate(pending):
                reasons: list[str] = []
                with step_budget(min(steps, remaining_steps() // (remaining_passes * (len(pending) - index)))):
                    witness = self._find_witness(part, find_candidates, reasons)
                if witness is not None:
                    return witness
                if reasons:
                    unresolved.append((part, reasons))
                    part.forget()
            pending = [part for part, _ in unresolved]
        for part, reasons in unresolved:
            part.reasons += reasons
        return None

    def _find_witness(self, part: _Part, find_candidates: _FindCandidates, reasons: list[str]) -> Request | None:
        """A request of a part, or None; `reasons` is extended with the reasons why there may be one."""
        try:
            spend(_PART_START_STEPS)
            for instance, search in part.searches:
                witness = self._find_confirmed(instance, find_candidates(search), reasons)
                if witness is not None:
                    return witness
                reasons += search.incomplete_reasons
        except Exhausted:
            reasons.append(EXHAUSTED_REASON)
        return None

    def _find_confirmed(
        self, instance: AccessInstance, candidates: Iterator[CandidateRequest], reasons: list[str]
    ) -> Request | None:
        """The first proposed request that the statements confirm."""
        for count, candidate in enumerate(candidates, start=1):
            spend(1 + len(self.access.terms) // _TERMS_PER_STEP)
            request = confirmed_request(self.access, instance, candidate, any_context=self.any_context)
            if request is not None:
                return request
            reasons.append(self._unconfirmed_reason(instance, candidate))
            if count >= _MAX_UNCONFIRMED:
                break
        return None

    def _unconfirmed_reason(self, instance: AccessInstance, candidate: CandidateRequest) -> str:
        """Why the statements do not confirm a request: a parameter decides it, or something else."""
        context = instance.with_context(candidate.context)
        request = Request(candidate.action, candidate.resource, context, next(iter(candidate.principals), None))
        if is_parametrized(self.access) and self.access.contains(request) is None:
            return _DEPENDS_ON_PARAMETERS
        return f"a request for `{candidate.action}` on `{candidate.resource}` could not be confirmed"

    def _make_readable(self, request: Request, *, is_listed: bool) -> Request:
        """The request with a typical Region, account and name, if they make no difference.

        An empty field stays empty on a listed ARN, because the changed ARN may not be listed.
        """
        for field_index, text in ((_REGION, "us-east-1"), (_ACCOUNT, "111122223333"), (_RESOURCE, "x")):
            fields = request.resource.split(":", _RESOURCE)
            if len(fields) != _RESOURCE + 1 or not _is_replaceable(fields, field_index, is_listed=is_listed):
                continue
            fields[field_index] = fields[field_index] + text if field_index == _RESOURCE else text
            changed = replace(request, resource=":".join(fields))
            principals = (request.principal,)
            readable = consistent_request(self.access, changed, principals, any_context=self.any_context)
            request = readable or request
        return request

    def _find_undecided(self) -> list[str]:
        """Why the access may contain a request although no confirmed request was found."""
        for part in self.parts:
            part.forget()
        undecided_parts = [part for part in self.parts if part.has_undecided]
        for index, part in enumerate(undecided_parts):
            with step_budget(remaining_steps() // (len(undecided_parts) - index)):
                try:
                    # This search includes undecided results, so its reasons replace the earlier ones.
                    part.reasons = _find_undecided_reasons(part)
                except Exhausted:
                    part.reasons.append(EXHAUSTED_REASON)
        return [reason for part in self.parts for reason in part.reasons]


def _find_undecided_reasons(part: _Part) -> list[str]:
    """Why the part may contain a request, if undecided results of tests may be either."""
    search = RequestSearch(part.access, include_undecided=True, untyped_patterns=part.untyped_patterns)
    candidate = next((candidate for find_candidates, _ in _PASSES for candidate in find_candidates(search)), None)
    if candidate is None:
        return search.incomplete_reasons
    if has_policy_variables(part.access):
        return [_DEPENDS_ON_VARIABLES]
    if is_parametrized(part.access):
        return [_DEPENDS_ON_PARAMETERS]
    return [
        f"AWS does not document whether a condition or principal matches `{candidate.action}` on `{candidate.resource}`"
    ]


def _future_candidates(search: RequestSearch) -> Iterator[CandidateRequest]:
    """Requests for actions that do not exist yet."""
    for actions in future_actions(search):
        yield from search.candidates(actions)


# The requests of each pass, the most significant first, and the result if one of them is found.
_PASSES: tuple[tuple[_FindCandidates, EmptinessProof], ...] = (
    (RequestSearch.current_candidates, EmptinessProof(Verdict.NON_EMPTY)),
    (unlisted_candidates, EmptinessProof(Verdict.NON_EMPTY, unlisted_only=True)),
    (_future_candidates, EmptinessProof(Verdict.NON_EMPTY, future_only=True)),
)


def _is_replaceable(fields: list[str], field_index: int, *, is_listed: bool) -> bool:
    """Whether ARNs of the service have such a Region or account, or the resource part has no name at its end."""
    if field_index == _RESOURCE:
        return not is_listed and (fields[field_index].endswith(("/", ":")) or not fields[field_index])
    if fields[field_index] or is_listed:
        return bool(fields[field_index])
    return any(
        arn_format.region if field_index == _REGION else arn_format.account
        for arn_format in service_arn_formats(fields[2])
    )


def _join_reasons(reasons: list[str]) -> str:
    """The distinct reasons in one text."""
    return "; ".join(dict.fromkeys(reasons))
