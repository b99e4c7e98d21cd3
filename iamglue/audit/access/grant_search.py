"""Whether the policy layers of a role allow an action on a resource: decided by the statements, or by a proof.

Requests are evaluated against the statements that apply. A proof is needed only if a condition leaves the result open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from iamglue.audit.access.context_facts import MFA_PRESENT
from iamglue.audit.access.policy_layers import PolicyLayer, RequestGrant
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.access import Access, StatementTerm, access_of, union
from iamglue.engine.solve.narrowing import term_access
from iamglue.engine.solve.proof import EmptinessProof, Verdict, prove_empty
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Effect, MatchList, Policy, Statement

KnownContext = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MatchingStatements:
    """The statements of a layer that may apply to a request: Allow and Deny statements."""

    layer: PolicyLayer
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
    return MatchingStatements(layer, allows, denies)


def tested_condition_keys(matches: Sequence[MatchingStatements]) -> frozenset[str]:
    """The condition keys, in lower case, that the statements test."""
    return frozenset(c.key.lower() for match in matches for term in match.terms for c in term.statement.conditions)


def find_grant(
    matches: Sequence[MatchingStatements], request: Request, absent: frozenset[str]
) -> RequestGrant | EmptinessProof | None:
    """The grant of the request with the best values for its free condition keys; None if it is denied.

    The context of the request has the known keys; `absent` are the keys known to be missing; all others are free. An
    EmptinessProof has the reason why the result is unknown.
    """
    allowed = _is_allowed_by_all(matches, request)
    if allowed:
        return _build_grant(matches, request)
    if allowed is False and tested_condition_keys(matches) <= frozenset(request.lowercase_context) | absent:
        return None
    return prove_grant(matches, request, request.resource, absent)


def unconditional_grant(layer: PolicyLayer, allows: tuple[StatementTerm, ...], request: Request) -> RequestGrant | None:
    """The grant if no statement denies the action and the Allow statements have no conditions."""
    locations = tuple(
        [layer.statement_location(term) for term in allows if term.is_unrestricted or term.prepared.applies(request)]
    )
    return RequestGrant(request.action, request, locations) if locations else None


def prove_grant(
    matches: Sequence[MatchingStatements], request: Request, resource: str, absent: frozenset[str]
) -> RequestGrant | EmptinessProof | None:
    """Like `find_grant`, by a proof, for a resource pattern."""
    tests = tuple(_context_conditions(request.lowercase_context, tested_condition_keys(matches), absent))
    probe = Statement(Effect.ALLOW, MatchList((request.action,)), MatchList((resource,)), tests)
    request_access = reduce(and_, map(_matched_access, matches), access_of([Policy((probe,))]))
    # A parameter may have any value at deployment; here it is the name of some resource.
    proof = prove_empty(request_access, parameters_are_names=True)
    if proof.witness is not None:
        return _build_grant(matches, proof.witness)
    return proof if proof.verdict is Verdict.UNKNOWN else None


def _is_allowed_by_all(matches: Sequence[MatchingStatements], request: Request) -> Truth:
    result: Truth = True
    for match in matches:
        allowed = match.is_allowed(request)
        if allowed is False:
            return False
        result = None if allowed is None else result
    return result


def _build_grant(matches: Sequence[MatchingStatements], witness: Request) -> RequestGrant:
    identity = matches[0]
    locations = tuple(
        identity.layer.statement_location(term) for term in identity.allows if term.prepared.applies(witness)
    )
    return RequestGrant(witness.action, witness, locations)


def _context_conditions(context: KnownContext, keys: frozenset[str], absent: frozenset[str]) -> Iterable[Condition]:
    """Conditions that fix the known values of the tested keys."""
    for key in sorted(keys):
        if key in context:
            yield build_condition("StringEquals", key, *context[key])
        elif key in absent:
            yield build_condition("Null", key, "true")
        elif key == MFA_PRESENT:
            yield build_condition("BoolIfExists", key, "false")


def _matched_access(match: MatchingStatements) -> Access:
    allowed = union(map(term_access, match.allows))
    return allowed - union(map(term_access, match.denies)) if match.denies else allowed


def _any_applies(terms: Iterable[StatementTerm], request: Request) -> Truth:
    result: Truth = False
    for term in terms:
        applies = term.prepared.applies(request)
        if applies:
            return True
        result = None if applies is None else result
    return result


def _matches_resource(term: StatementTerm, request: Request) -> Truth:
    for name, test in term.prepared.tests:
        if name in ("Resource", "NotResource"):
            return test(request)
    return True
