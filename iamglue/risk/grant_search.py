"""Whether policy layers allow an action on a resource: decided by the statements, or by a proof.

Requests are evaluated against the statements that apply. A proof is needed only if a condition leaves the result open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.access import Access, StatementTerm, access_of, union
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Effect, MatchList, Policy, Statement
from iamglue.risk.policy_layer import PolicyLayer, RequestGrant
from iamglue.risk.request_keys import ContextFacts

if TYPE_CHECKING:
    from iamglue.engine.solve.proof import EmptinessProof


@dataclass(frozen=True, slots=True)
class KnownContext:
    """What is known of a request's condition keys, in lower case; all other keys are free.

    `values` has the keys with known values, `absent` the keys known to be missing, `conditions` what else is known.
    """

    values: ContextFacts
    absent: frozenset[str] = frozenset()
    conditions: Mapping[str, Condition] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatchingStatements:
    """The statements of a layer that may apply to a request: Allow and Deny statements."""

    allows: tuple[StatementTerm, ...]
    denies: tuple[StatementTerm, ...]

    @property
    def terms(self) -> tuple[StatementTerm, ...]:
        """All matching statements."""
        return (*self.allows, *self.denies)

    def is_allowed(self, request: Request) -> Truth:
        """Whether some statement allows the request and none denies it; None: unknown."""
        denied = _any_applies(self.denies, request)
        allowed = _any_applies(self.allows, request)
        if denied or allowed is False:
            return False
        return None if denied is None else allowed


def find_matching_statements(layer: PolicyLayer, action: str, request: Request | None) -> MatchingStatements:
    """The statements that match the action and, if a request is passed, may match its resource."""
    allows, denies = layer.terms_for_action(action)
    if request is not None:
        allows = tuple(term for term in allows if _matches_resource(term, request) is not False)
        denies = tuple(term for term in denies if _matches_resource(term, request) is not False) if allows else ()
    return MatchingStatements(allows, denies)


def tested_condition_keys(matches: Sequence[MatchingStatements]) -> frozenset[str]:
    """The condition keys, in lower case, that the statements test."""
    return frozenset(
        condition.key.lower() for match in matches for term in match.terms for condition in term.statement.conditions
    )


def find_grant(
    matches: Sequence[MatchingStatements], action: str, resource: str, known: KnownContext
) -> RequestGrant | EmptinessProof | None:
    """The grant of an action on one resource with the best values for its free condition keys; None if it is denied.

    An EmptinessProof has the reason why the result is unknown.
    """
    request = Request(action, resource, known.values)
    allowed = _is_allowed_by_all(matches, request)
    if allowed:
        return _build_grant(matches, request)
    if allowed is False and tested_condition_keys(matches) <= known.values.keys() | known.absent:
        return None
    return prove_grant(matches, action, resource, known)


def unconditional_grant(allows: tuple[StatementTerm, ...], request: Request) -> RequestGrant | None:
    """The grant if no statement denies the action and the Allow statements have no conditions."""
    terms = tuple([term for term in allows if term.is_unrestricted or term.prepared.applies(request)])
    return RequestGrant(request.action, request, terms) if terms else None


def prove_grant(
    matches: Sequence[MatchingStatements], action: str, resource: str, known: KnownContext
) -> RequestGrant | EmptinessProof | None:
    """Like `find_grant`, by a proof, for a resource pattern."""
    # startup: proofs are needed only if a condition leaves the result open
    from iamglue.engine.solve.narrowing import term_access  # noqa: PLC0415
    from iamglue.engine.solve.proof import Verdict, prove_empty  # noqa: PLC0415

    def matched(match: MatchingStatements) -> Access:
        allowed = union(map(term_access, match.allows))
        return allowed - union(map(term_access, match.denies)) if match.denies else allowed

    tests = tuple(_context_conditions(known, tested_condition_keys(matches)))
    probe = Statement(Effect.ALLOW, MatchList((action,)), MatchList((resource,)), tests)
    request_access = reduce(and_, map(matched, matches), access_of([Policy((probe,))]))
    # A parameter may have any value at deployment; here it is the name of some resource. The resource is an example, so
    # it need not be in the Region or account that conditions ask for.
    proof = prove_empty(request_access, parameters_are_names=True, any_context=True)
    if proof.witness is not None:
        return _build_grant(matches, proof.witness)
    return proof if proof.verdict is Verdict.UNKNOWN else None


def _is_allowed_by_all(matches: Sequence[MatchingStatements], request: Request) -> Truth:
    """Whether every layer allows a request; None if none forbids it and that of some is not known."""
    result: Truth = True
    for match in matches:
        allowed = match.is_allowed(request)
        if allowed is False:
            return False
        result = None if allowed is None else result
    return result


def _build_grant(matches: Sequence[MatchingStatements], witness: Request) -> RequestGrant:
    terms = tuple(term for term in matches[0].allows if term.prepared.applies(witness))
    return RequestGrant(witness.action, witness, terms)


def _context_conditions(known: KnownContext, keys: frozenset[str]) -> Iterable[Condition]:
    """Conditions that fix what is known of the tested keys."""
    for key in sorted(keys):
        if key in known.values:
            yield build_condition("StringEquals", key, *known.values[key])
        elif key in known.absent:
            yield build_condition("Null", key, "true")
        elif key in known.conditions:
            yield known.conditions[key]


def _any_applies(terms: Iterable[StatementTerm], request: Request) -> Truth:
    """Whether any of the statements applies to a request; None if none does for certain and some may."""
    result: Truth = False
    for term in terms:
        applies = term.prepared.applies(request)
        if applies:
            return True
        result = None if applies is None else result
    return result


def _matches_resource(term: StatementTerm, request: Request) -> Truth:
    """Whether the resource element of a statement has the request's resource; a statement without one has all."""
    for name, test in term.prepared.tests:
        if name in ("Resource", "NotResource"):
            return test(request)
    return True
