"""The result of one policy layer for a request: the statements that deny it and those that allow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from iamglue.engine.evaluate.callers import CallerKind, parse_caller
from iamglue.engine.evaluate.decision import StatementRef, StatementTrace
from iamglue.engine.evaluate.layers import Layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.principals import PrincipalMatch, principal_match
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.statements import NO_REFS, PreparedStatement, Refs, find_applicable_statements
from iamglue.engine.evaluate.trace import trace_statement
from iamglue.engine.evaluate.truth import Truth
from iamglue.policy.model import Effect

_NONE = (NO_REFS, NO_REFS)


@dataclass(frozen=True, slots=True)
class LayerResult:
    """Statements of one policy layer that apply to a request, and those that may apply."""

    layer: Layer
    request: Request
    denies: Refs
    maybe_denies: Refs
    allows: Refs
    maybe_allows: Refs

    @property
    def denied(self) -> Truth:
        """Whether a Deny applies; None if it is undecided."""
        return _truth(self.denies, self.maybe_denies)

    @property
    def allowed(self) -> Truth:
        """Whether an Allow applies, regardless of Deny statements; None if it is undecided."""
        return _truth(self.allows, self.maybe_allows)

    @property
    def traces(self) -> tuple[StatementTrace, ...]:
        """A trace of each statement of the layer, computed on access."""
        return tuple(trace_statement(statement, self.request) for statement in self.layer.prepared.statements)

    def with_principal_match(self, *how: PrincipalMatch) -> LayerResult:
        """The result of only those Allow statements that match the principal in one of these ways."""
        matching_refs = {
            statement.ref
            for statement in self.layer.prepared.statements
            if statement.statement.principals
            and principal_match(statement.statement.principals, self.request.principal) in how
        }
        allows, maybe_allows = (
            tuple(ref for ref in refs if ref in matching_refs) for refs in (self.allows, self.maybe_allows)
        )
        return LayerResult(self.layer, self.request, (), (), allows, maybe_allows)


# The services with gateway endpoints: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
_GATEWAY_SERVICES = frozenset({"s3", "dynamodb"})


class Boundary(Enum):
    """Whether the principal has a permissions boundary. If so, a Deny with NotPrincipal always applies."""

    NONE = "no permissions boundary"
    SET = "a permissions boundary"


def evaluate_layer(layer: Layer, request: Request, boundary: Boundary = Boundary.NONE) -> LayerResult:
    """Evaluate one layer.

    A Deny with NotPrincipal always applies to a principal with a permissions boundary, even if it lists the
    principal.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    denies, allows = layer.prepared.on_action(request.action)
    if boundary is Boundary.SET:
        denies = tuple(_without_elements(statement, "NotPrincipal") for statement in denies)
    return _build_layer_result(layer, request, denies, allows)


def evaluate_layer_for_any_resource(layer: Layer, request: Request, boundary: Boundary = Boundary.NONE) -> LayerResult:
    """Like `evaluate_layer`, but for a request of any action on any resource: only the other elements decide."""
    statements = tuple(_without_elements(prepared, "Resource", "NotResource") for prepared in layer.prepared.statements)
    denies = tuple(prepared for prepared in statements if prepared.statement.effect is Effect.DENY)
    allows = tuple(prepared for prepared in statements if prepared.statement.effect is Effect.ALLOW)
    if boundary is Boundary.SET:
        denies = tuple(_without_elements(prepared, "NotPrincipal") for prepared in denies)
    return _build_layer_result(layer, request, denies, allows)


def _build_layer_result(
    layer: Layer, request: Request, denies: tuple[PreparedStatement, ...], allows: tuple[PreparedStatement, ...]
) -> LayerResult:
    """The result of the Deny and the Allow statements whose actions match."""
    denying = find_applicable_statements(denies, request) if denies else _NONE
    allowing = find_applicable_statements(allows, request) if allows else _NONE
    if layer.kind is PolicyKind.ENDPOINT and request.action.lower().partition(":")[0] in _GATEWAY_SERVICES:
        denying, allowing = (_with_undecided_accounts(layer, request, refs) for refs in (denying, allowing))
    return LayerResult(layer, request, *denying, *allowing)


def _with_undecided_accounts(layer: Layer, request: Request, refs: tuple[Refs, Refs]) -> tuple[Refs, Refs]:
    """Statements of an endpoint policy that apply and that may apply, with those that name the account undecided.

    In the policy of a gateway endpoint, an account is only its root user; in that of an interface endpoint, it is all
    its users and roles. The policy does not say which endpoint it belongs to.
    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    applicable, undecided = refs
    if parse_caller(request.principal).kind is CallerKind.ROOT:
        return refs
    by_account = {
        statement.ref
        for statement in layer.prepared.statements
        if statement.statement.principals
        and not statement.statement.principals.negated
        and principal_match(statement.statement.principals, request.principal) is PrincipalMatch.ACCOUNT
    }
    return tuple(ref for ref in applicable if ref not in by_account), (
        *undecided,
        *(ref for ref in applicable if ref in by_account),
    )


def find_denial(layer_results: Sequence[LayerResult]) -> tuple[Truth, tuple[tuple[Layer, StatementRef], ...]]:
    """Whether a Deny of any layer applies, and the statements that deny or may deny."""
    denying = tuple((result.layer, ref) for result in layer_results for ref in result.denies)
    maybe_denying = tuple((result.layer, ref) for result in layer_results for ref in result.maybe_denies)
    return (True, denying) if denying else (None, maybe_denying) if maybe_denying else (False, ())


def _truth(applicable: Refs, undecided: Refs) -> Truth:
    """True if a statement applies, None if one may apply, else False."""
    return True if applicable else None if undecided else False


def _without_elements(prepared: PreparedStatement, *names: str) -> PreparedStatement:
    """A statement without some elements, so that it applies whatever these match."""
    tests = tuple((name, test) for name, test in prepared.tests if name not in names)
    return PreparedStatement(prepared.ref, prepared.statement, prepared.matches_action, tests)
