"""What one layer has to say of a request: the statements that deny it, those that allow it, and as whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from iamglue.engine.evaluate.decision import StatementRef, StatementTrace
from iamglue.engine.evaluate.layers import Layer
from iamglue.engine.evaluate.principals import PrincipalMatch, principal_match
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.statements import NO_REFS, PreparedStatement, Refs, find_applicable_statements
from iamglue.engine.evaluate.trace import trace_statement
from iamglue.engine.evaluate.truth import Truth
from iamglue.policy.model import Effect

_NONE = (NO_REFS, NO_REFS)


@dataclass(frozen=True, slots=True)
class LayerResult:
    """The statements of a layer that apply to a request, and those of which it is not known."""

    layer: Layer
    request: Request
    denies: Refs
    maybe_denies: Refs
    allows: Refs
    maybe_allows: Refs

    @property
    def denied(self) -> Truth:
        """Whether a Deny applies."""
        return _truth(self.denies, self.maybe_denies)

    @property
    def allowed(self) -> Truth:
        """Whether an Allow applies, whatever the Deny statements say."""
        return _truth(self.allows, self.maybe_allows)

    @property
    def traces(self) -> tuple[StatementTrace, ...]:
        """What each statement of the layer says, worked out when it is asked for."""
        return tuple(trace_statement(each, self.request) for each in self.layer.prepared.statements)

    def with_principal_match(self, *how: PrincipalMatch) -> LayerResult:
        """The opinion of the Allow statements alone that name the principal so."""
        named = {
            each.ref
            for each in self.layer.prepared.statements
            if each.statement.principals and principal_match(each.statement.principals, self.request.principal) in how
        }
        allows, maybe = (tuple(ref for ref in refs if ref in named) for refs in (self.allows, self.maybe_allows))
        return LayerResult(self.layer, self.request, (), (), allows, maybe)


class Boundary(Enum):
    """Whether the principal has a permissions boundary, which NotPrincipal of a Deny does not spare."""

    NONE = "no permissions boundary"
    SET = "a permissions boundary"


def evaluate_layer(layer: Layer, request: Request, boundary: Boundary = Boundary.NONE) -> LayerResult:
    """What the layer says.

    A Deny with NotPrincipal always denies a principal that has a permissions boundary, whomever it lists.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    denies, allows = layer.prepared.on_action(request.action)
    if boundary is Boundary.SET:
        denies = tuple(_sparing_nobody(each) for each in denies)
    denying = find_applicable_statements(denies, request) if denies else _NONE
    allowing = find_applicable_statements(allows, request) if allows else _NONE
    return LayerResult(layer, request, *denying, *allowing)


def find_denial(opinions: Sequence[LayerResult]) -> tuple[Truth, tuple[tuple[Layer, StatementRef], ...]]:
    """Whether a Deny of any layer applies, and the statements that deny, or that may."""
    denying = tuple((each.layer, ref) for each in opinions for ref in each.denies)
    maybe = tuple((each.layer, ref) for each in opinions for ref in each.maybe_denies)
    return (True, denying) if denying else (None, maybe) if maybe else (False, ())


def _truth(found: Refs, maybe: Refs) -> Truth:
    return True if found else None if maybe else False


def _sparing_nobody(prepared: PreparedStatement) -> PreparedStatement:
    if prepared.statement.effect is not Effect.DENY:
        return prepared
    tests = tuple((name, test) for name, test in prepared.tests if name != "NotPrincipal")
    return PreparedStatement(prepared.ref, prepared.statement, prepared.matches_action, tests)
