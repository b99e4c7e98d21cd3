"""Whether an access is empty: a proof, a request that is in it, or why neither was found."""

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
from iamglue.engine.solve.decomposition import decompose_access
from iamglue.engine.solve.future_actions import future_actions
from iamglue.engine.solve.parameters import is_parametrized, replace_parameters
from iamglue.engine.solve.search import CandidateRequest, Search
from iamglue.engine.solve.unlisted import find_untyped_patterns, unlisted_candidates
from iamglue.engine.solve.variables import AccessInstance, has_policy_variables, instantiate_variables
from iamglue.engine.solve.witness import confirmed_request

# So many requests that could not be confirmed are proposed by one search.
_TRIES = 3
_ON_VARIABLES = "it depends on what policy variables stand for"
_ON_PARAMETERS = "it depends on what parameters of the deployment (`${...}`) stand for"
_REGION, _ACCOUNT, _RESOURCE = 3, 4, 5
# So many statements are asked in a step.
_LEAVES = 4
# Steps to begin the search of a part.
_PASS = 64
_Cases = Callable[[Search], Iterator[CandidateRequest]]


class Verdict(StrEnum):
    """What was shown."""

    EMPTY = "empty"
    NON_EMPTY = "inhabited"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EmptinessProof:
    """`witness` is a request that the statements themselves confirm; `reason` says why nothing was shown.

    `depends_on_variables`: only because it is not known what policy variables, or parameters, stand for.
    `future_only`: no action of today's catalogue is in the access, but a name that AWS may give one would be.
    `unlisted_only`: only on ARNs that AWS's reference does not list for the action would a request be in it.
    """

    verdict: Verdict
    witness: Request | None = None
    reason: str = ""
    future_only: bool = False
    depends_on_variables: bool = False
    unlisted_only: bool = False


def prove_empty(access: Access, *, parameters_are_names: bool = False) -> EmptinessProof:
    """Decides whether no request at all is in `access`, by requests that stand for all there are.

    A parameter of a deployment may be any text; with `parameters_are_names` it is a name that nothing else has.

    A witness is proposed by the search and confirmed by the statements, so a wrong one is never shown. More work than
    the budget of a proof is not done: what was not looked at is then not known.
    """
    with step_budget(PROOF_STEPS):
        access = deduplicate_terms(access)
        proof = _Attempt(access, decompose_access(access)).proof()
        if proof.verdict is Verdict.EMPTY and not parameters_are_names and is_parametrized(access):
            access = deduplicate_terms(replace_parameters(access))
            if _Attempt(access, decompose_access(access)).proof().verdict is not Verdict.EMPTY:
                return EmptinessProof(Verdict.UNKNOWN, reason=_ON_PARAMETERS, depends_on_variables=True)
        return proof


@dataclass(slots=True)
class _Part:
    """A part of an access, with an instance of it for each way to fill in its variables, and the search of each.

    `guesses`: there may be requests of which nothing says whether they are in it. `doubts` is why there may be one
    that no search so far has found.
    """

    access: Access
    strays: tuple[ArnPattern, ...]
    guesses: bool
    searches: list[tuple[AccessInstance, Search]]
    doubts: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, access: Access, strays: tuple[ArnPattern, ...]) -> _Part:
        """The part, with nothing looked at."""
        variables = has_policy_variables(access)
        found = instantiate_variables(access) if variables else (AccessInstance(access, ()),)
        return cls(access, strays, variables, [(each, Search(each.access, untyped_patterns=strays)) for each in found])

    def forget(self) -> None:
        """Begin the searches anew."""
        self.guesses = self.guesses or any(search.has_undecided for _, search in self.searches)
        self.searches = [(each, Search(each.access, untyped_patterns=self.strays)) for each, _ in self.searches]


class _Attempt:
    """One proof, part by part: first a glance at each, so that none is passed over, then a longer look where needed."""

    def __init__(self, access: Access, parts: Sequence[Access]) -> None:
        self.access = access
        strays = find_untyped_patterns(access)
        self.parts = [_Part.of(part, strays) for part in parts]

    def proof(self) -> EmptinessProof:
        """What was shown, by the first request that any of the passes finds."""
        for passed, (cases, mark) in enumerate(_PASSES):
            witness = self._pass(cases, len(_PASSES) - passed)
            if witness is not None:
                # "only" is shown where the passes before left nothing open.
                only = not any(part.doubts for part in self.parts)
                witness = _readable(self.access, witness, is_listed=not mark.unlisted_only)
                return replace(mark if only else _PASSES[0][1], witness=witness)
        doubts = self._possible()
        if not doubts:
            return EmptinessProof(Verdict.EMPTY)
        return EmptinessProof(
            Verdict.UNKNOWN, reason=_listed(doubts), depends_on_variables=set(doubts) == {_ON_VARIABLES}
        )

    def _pass(self, cases: _Cases, passes: int) -> Request | None:
        """A request that one pass finds in any of the parts; it leaves an equal share of the work to those after it."""
        pending = self.parts
        for steps in (FIRST_PASS_STEPS, PROOF_STEPS):
            doubtful: list[tuple[_Part, list[str]]] = []
            for at, part in enumerate(pending):
                doubts: list[str] = []
                with step_budget(min(steps, remaining_steps() // (passes * (len(pending) - at)))):
                    witness = self._within(part, cases, doubts)
                if witness is not None:
                    return witness
                if doubts:
                    doubtful.append((part, doubts))
                    part.forget()
            pending = [part for part, _ in doubtful]
        for part, doubts in doubtful:
            part.doubts += doubts
        return None

    def _within(self, part: _Part, cases: _Cases, doubts: list[str]) -> Request | None:
        """A request of a part, if one is found; else `doubts` take in why there may be one."""
        try:
            spend(_PASS)
            for instance, search in part.searches:
                witness = self._confirmed(instance, cases(search), doubts)
                if witness is not None:
                    return witness
                doubts += search.incomplete_reasons
        except Exhausted:
            doubts.append(EXHAUSTED_REASON)
        return None

    def _confirmed(
        self, instance: AccessInstance, found: Iterator[CandidateRequest], doubts: list[str]
    ) -> Request | None:
        for tried, case in enumerate(found, start=1):
            spend(1 + len(self.access.terms) // _LEAVES)
            request = confirmed_request(self.access, instance, case)
            if request is not None:
                return request
            doubts.append(f"`{case.action}` on `{case.resource}` may be in it, which could not be confirmed")
            if tried >= _TRIES:
                break
        return None

    def _possible(self) -> list[str]:
        """Why the access may hold something although no request was found that it surely holds."""
        for part in self.parts:
            part.forget()
        open_ones = [part for part in self.parts if part.guesses]
        for at, part in enumerate(open_ones):
            with step_budget(remaining_steps() // (len(open_ones) - at)):
                try:
                    # A guess leaves nothing out, so what it finds stands for what was found before.
                    part.doubts = _guessed(part)
                except Exhausted:
                    part.doubts.append(EXHAUSTED_REASON)
        return [doubt for part in self.parts for doubt in part.doubts]


def _guessed(part: _Part) -> list[str]:
    search = Search(part.access, include_undecided=True, untyped_patterns=part.strays)
    case = next((case for cases, _ in _PASSES for case in cases(search)), None)
    if case is None:
        return search.incomplete_reasons
    if has_policy_variables(part.access):
        return [_ON_VARIABLES]
    return [f"AWS does not say whether a condition or a principal matches for `{case.action}` on `{case.resource}`"]


def _future(search: Search) -> Iterator[CandidateRequest]:
    for actions in future_actions(search):
        yield from search.candidates(actions)


# The requests to look at, those that say most first, and what is shown by one of them.
_PASSES: tuple[tuple[_Cases, EmptinessProof], ...] = (
    (Search.current_candidates, EmptinessProof(Verdict.NON_EMPTY)),
    (unlisted_candidates, EmptinessProof(Verdict.NON_EMPTY, unlisted_only=True)),
    (_future, EmptinessProof(Verdict.NON_EMPTY, future_only=True)),
)


def _readable(access: Access, request: Request, *, is_listed: bool) -> Request:
    """The request with a Region, an account and a name that look like ones, where they make no difference.

    A field that is empty is left so on a listed ARN, which might not be listed then.
    """
    for place, text in ((_REGION, "us-east-1"), (_ACCOUNT, "111122223333"), (_RESOURCE, "x")):
        fields = request.resource.split(":", _RESOURCE)
        if len(fields) != _RESOURCE + 1 or not _is_replaceable(fields, place, is_listed=is_listed):
            continue
        fields[place] = fields[place] + text if place == _RESOURCE else text
        changed = replace(request, resource=":".join(fields))
        request = changed if access.contains(changed) else request
    return request


def _is_replaceable(fields: list[str], place: int, *, is_listed: bool) -> bool:
    """Whether ARNs of the service have such a Region or account, or the name is missing at the resource part's end."""
    if place == _RESOURCE:
        return not is_listed and (fields[place].endswith(("/", ":")) or not fields[place])
    if fields[place] or is_listed:
        return bool(fields[place])
    return any(form.region if place == _REGION else form.account for form in service_arn_formats(fields[2]))


def _listed(reasons: list[str]) -> str:
    return "; ".join(dict.fromkeys(reasons))
