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
        denied = _any(self.denies, request)
        allowed = _any(self.allows, request)
        if denied or allowed is False:
            return False
        return None if denied is None else allowed


def find_matching_statements(part: PolicyLayer, action: str, request: Request | None) -> MatchingStatements:
    """The statements that match the action and, if a request is passed, may match its resource."""
    allows, denies = part.terms_for_action(action)
    if request is not None:
        allows = tuple(leaf for leaf in allows if _on_resource(leaf, request) is not False)
        denies = tuple(leaf for leaf in denies if _on_resource(leaf, request) is not False) if allows else ()
    return MatchingStatements(part, allows, denies)


def tested_condition_keys(parts: Sequence[MatchingStatements]) -> frozenset[str]:
    """The condition keys, in lower case, that the statements test."""
    return frozenset(c.key.lower() for each in parts for leaf in each.terms for c in leaf.statement.conditions)


def find_grant(
    parts: Sequence[MatchingStatements], request: Request, absent: frozenset[str]
) -> RequestGrant | EmptinessProof | None:
    """The grant of the request with the best values for its free condition keys; None if it is denied.

    The context of the request has the known keys; `absent` are the keys known to be missing; all others are free. An
    EmptinessProof has the reason why the result is unknown.
    """
    allowed = _said(parts, request)
    if allowed:
        return _granted(parts, request)
    if allowed is False and tested_condition_keys(parts) <= frozenset(request.lowercase_context) | absent:
        return None
    return prove_grant(parts, request, request.resource, absent)


def unconditional_grant(part: PolicyLayer, allows: tuple[StatementTerm, ...], request: Request) -> RequestGrant | None:
    """The grant if no statement denies the action and the Allow statements have no conditions."""
    by = tuple(
        [part.statement_location(leaf) for leaf in allows if leaf.is_unrestricted or leaf.prepared.applies(request)]
    )
    return RequestGrant(request.action, request, by) if by else None


def prove_grant(
    parts: Sequence[MatchingStatements], request: Request, resource: str, absent: frozenset[str]
) -> RequestGrant | EmptinessProof | None:
    """Like `find_grant`, by a proof, for a resource pattern."""
    tests = tuple(_tests(request.lowercase_context, tested_condition_keys(parts), absent))
    probe = Statement(Effect.ALLOW, MatchList((request.action,)), MatchList((resource,)), tests)
    asked = reduce(and_, map(_access, parts), access_of([Policy((probe,))]))
    # A parameter may have any value at deployment; here it is the name of some resource.
    proof = prove_empty(asked, parameters_are_names=True)
    if proof.witness is not None:
        return _granted(parts, proof.witness)
    return proof if proof.verdict is Verdict.UNKNOWN else None


def _said(parts: Sequence[MatchingStatements], request: Request) -> Truth:
    found: Truth = True
    for each in parts:
        said = each.is_allowed(request)
        if said is False:
            return False
        found = None if said is None else found
    return found


def _granted(parts: Sequence[MatchingStatements], witness: Request) -> RequestGrant:
    own = parts[0]
    by = tuple(own.layer.statement_location(leaf) for leaf in own.allows if leaf.prepared.applies(witness))
    return RequestGrant(witness.action, witness, by)


def _tests(context: KnownContext, keys: frozenset[str], absent: frozenset[str]) -> Iterable[Condition]:
    """Conditions that fix the known values of the tested keys."""
    for key in sorted(keys):
        if key in context:
            yield build_condition("StringEquals", key, *context[key])
        elif key in absent:
            yield build_condition("Null", key, "true")
        elif key == MFA_PRESENT:
            yield build_condition("BoolIfExists", key, "false")


def _access(each: MatchingStatements) -> Access:
    granted = union(map(term_access, each.allows))
    return granted - union(map(term_access, each.denies)) if each.denies else granted


def _any(leaves: Iterable[StatementTerm], request: Request) -> Truth:
    found: Truth = False
    for leaf in leaves:
        applies = leaf.prepared.applies(request)
        if applies:
            return True
        found = None if applies is None else found
    return found


def _on_resource(leaf: StatementTerm, request: Request) -> Truth:
    for name, test in leaf.prepared.tests:
        if name in ("Resource", "NotResource"):
            return test(request)
    return True
