"""Whether an access is empty: a proof, a request that is in it, or why neither was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from iamglue.access.formulas import is_possible
from iamglue.access.future import future_actions
from iamglue.access.request import Request
from iamglue.access.search import Case, Search
from iamglue.access.sets import Access, shared
from iamglue.access.unlisted import unlisted_cases
from iamglue.access.variables import Instance, has_policy_variables, instances
from iamglue.access.witness import confirmed_request
from iamglue.catalog.arn_formats import of_service

_TRIES = 3
_ON_VARIABLES = "it depends on what policy variables stand for"
_REGION, _ACCOUNT, _RESOURCE = 3, 4, 5


class Verdict(StrEnum):
    """What was shown."""

    EMPTY = "empty"
    INHABITED = "inhabited"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Proof:
    """`witness` is a request that the statements themselves confirm; `reason` says why nothing was shown.

    `depends_on_variables`: only because it is not known what policy variables stand for.
    `future_only`: no action of today's catalogue is in the access, but a name that AWS may give one would be.
    `unlisted_only`: only on ARNs that AWS's reference does not list for the action would a request be in it.
    """

    verdict: Verdict
    witness: Request | None = None
    reason: str = ""
    future_only: bool = False
    depends_on_variables: bool = False
    unlisted_only: bool = False


def prove_empty(access: Access) -> Proof:
    """Decides whether no request at all is in `access`, by requests that stand for all there are.

    A witness is proposed by the search and confirmed by the statements, so a wrong one is never shown.
    """
    access = shared(access)
    if _is_nothing(access):
        return Proof(Verdict.EMPTY)
    variables = has_policy_variables(access)
    doubts: list[str] = []
    guesses = variables
    for instance in instances(access) if variables else (Instance(access, ()),):
        search = Search(instance.access)
        for found, mark in _passes(search):
            witness = _confirmed(access, instance, found, doubts)
            if witness is not None:
                return replace(mark, witness=_readable(access, witness, is_listed=not mark.unlisted_only))
        guesses = guesses or search.guesses
        doubts += search.gaps
    if guesses:
        doubts = _possible(access, variables=variables)
    if not doubts:
        return Proof(Verdict.EMPTY)
    return Proof(Verdict.UNKNOWN, reason=_listed(doubts), depends_on_variables=doubts == [_ON_VARIABLES])


def _passes(search: Search) -> Iterator[tuple[Iterator[Case], Proof]]:
    """The requests to look at, those that say most first, and what is shown by one of them."""
    yield search.today(), Proof(Verdict.INHABITED)
    yield unlisted_cases(search), Proof(Verdict.INHABITED, unlisted_only=True)
    yield _future(search), Proof(Verdict.INHABITED, future_only=True)


def _is_nothing(access: Access) -> bool:
    """Whether the statements contradict each other already as they stand, whatever they apply to."""
    leaves = access.leaves
    formula = access.formula({leaf: at for at, leaf in enumerate(leaves)})
    return not is_possible(formula, [None] * len(leaves))


def _possible(access: Access, *, variables: bool) -> list[str]:
    """Why the access may hold something although no request was found that it surely holds."""
    search = Search(access, guess=True)
    case = next((case for cases, _ in _passes(search) for case in cases), None)
    if case is None:
        return search.gaps
    if variables:
        return [_ON_VARIABLES]
    return [f"AWS does not say whether a condition or a principal matches for `{case.action}` on `{case.resource}`"]


def _future(search: Search) -> Iterator[Case]:
    for actions in future_actions(search):
        yield from search.of(actions)


def _confirmed(access: Access, instance: Instance, found: Iterator[Case], doubts: list[str]) -> Request | None:
    for case in found:
        request = confirmed_request(access, instance, case)
        if request is not None:
            return request
        doubts.append(f"`{case.action}` on `{case.resource}` may be in it, which could not be confirmed")
        if len(doubts) >= _TRIES:
            break
    return None


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
    return any(form.region if place == _REGION else form.account for form in of_service(fields[2]))


def _listed(reasons: list[str]) -> str:
    return "; ".join(dict.fromkeys(reasons))
