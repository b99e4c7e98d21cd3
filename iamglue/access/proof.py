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
from iamglue.access.variables import Instance, has_policy_variables, instances
from iamglue.access.witness import confirmed_request

_TRIES = 3
_ON_VARIABLES = "it depends on what policy variables stand for"


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
    """

    verdict: Verdict
    witness: Request | None = None
    reason: str = ""
    future_only: bool = False
    depends_on_variables: bool = False


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
        for found, future in ((search.today(), False), (_future(search), True)):
            witness = _confirmed(access, instance, found, doubts)
            if witness is not None:
                return Proof(Verdict.INHABITED, witness, future_only=future)
        guesses = guesses or search.guesses
        doubts += search.gaps
    if guesses:
        doubts = _possible(access, variables=variables)
    if not doubts:
        return Proof(Verdict.EMPTY)
    return Proof(Verdict.UNKNOWN, reason=_listed(doubts), depends_on_variables=doubts == [_ON_VARIABLES])


def _is_nothing(access: Access) -> bool:
    """Whether the statements contradict each other already as they stand, whatever they apply to."""
    leaves = access.leaves
    formula = access.formula({leaf: at for at, leaf in enumerate(leaves)})
    return not is_possible(formula, [None] * len(leaves))


def _possible(access: Access, *, variables: bool) -> list[str]:
    """Why the access may hold something although no request was found that it surely holds."""
    search = Search(access, guess=True)
    case = next(search.today(), None) or next(_future(search), None)
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
            return _readable(access, request)
        doubts.append(f"`{case.action}` on `{case.resource}` may be in it, which could not be confirmed")
        if len(doubts) >= _TRIES:
            break
    return None


def _readable(access: Access, request: Request) -> Request:
    """The request with a Region and an account that look like ones, where they make no difference."""
    for at, text in ((3, "us-east-1"), (4, "111122223333")):
        fields = request.resource.split(":", 5)
        if len(fields) == 6 and fields[at]:
            changed = replace(request, resource=":".join([*fields[:at], text, *fields[at + 1 :]]))
            request = changed if access.contains(changed) else request
    return request


def _listed(reasons: list[str]) -> str:
    return "; ".join(dict.fromkeys(reasons))
