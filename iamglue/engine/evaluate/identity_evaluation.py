"""Evaluation of one request against identity-based policies: the decision and its trace.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iamglue.engine.evaluate.decision import EvaluationDecision, StatementRef, StatementTrace
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.statements import NO_REFS, PreparedPolicies, find_applicable_statements, prepare_policies
from iamglue.engine.evaluate.trace import trace_statement
from iamglue.policy.model import Policy

__all__ = ["EvaluationDecision", "IdentityEvaluation", "PreparedPolicies", "Request", "evaluate", "prepare_policies"]


@dataclass(frozen=True, slots=True)
class IdentityEvaluation:
    """The decision for `request`. `decided_by` has the deciding statements, none for an implicit denial."""

    decision: EvaluationDecision
    decided_by: tuple[StatementRef, ...]
    request: Request
    policies: PreparedPolicies

    @property
    def allowed(self) -> bool:
        """Whether the request is definitely allowed."""
        return self.decision is EvaluationDecision.ALLOWED

    @property
    def reason(self) -> str:
        """The decision as a sentence."""
        cited = ", ".join(str(ref) for ref in self.decided_by)
        requested = f"`{self.request.action}` on `{self.request.resource}`"
        allows, denies, applies = (
            ("allow", "deny", "apply") if len(self.decided_by) > 1 else ("allows", "denies", "applies")
        )
        return {
            EvaluationDecision.ALLOWED: f"{cited} {allows} {requested}",
            EvaluationDecision.EXPLICITLY_DENIED: f"{cited} {denies} {requested}",
            EvaluationDecision.IMPLICITLY_DENIED: f"no statement allows {requested}",
            EvaluationDecision.UNKNOWN: f"it is not known whether {cited} {applies} to {requested}",
        }[self.decision]

    @property
    def trace(self) -> tuple[StatementTrace, ...]:
        """A trace of each statement, computed on access."""
        return tuple(trace_statement(statement, self.request) for statement in self.policies.statements)


def evaluate(policies: PreparedPolicies | Sequence[Policy], request: Request) -> IdentityEvaluation:
    """Evaluate the request against identity-based policies.

    An explicit Deny wins; otherwise one Allow is enough. The decision is UNKNOWN only if it depends on an
    undecided statement: a Deny that may apply does not matter if nothing allows. To evaluate the same policies more
    than once, pass `PreparedPolicies`.
    """
    if not isinstance(policies, PreparedPolicies):
        policies = prepare_policies(policies)
    denies, allows = policies.on_action(request.action)
    maybe_denying = maybe_allowing = allowing = NO_REFS
    if denies:
        denying, maybe_denying = find_applicable_statements(denies, request)
        if denying:
            return IdentityEvaluation(EvaluationDecision.EXPLICITLY_DENIED, denying, request, policies)
    if allows:
        allowing, maybe_allowing = find_applicable_statements(allows, request)
    if not allowing and not maybe_allowing:
        return IdentityEvaluation(EvaluationDecision.IMPLICITLY_DENIED, NO_REFS, request, policies)
    if maybe_denying or not allowing:
        return IdentityEvaluation(EvaluationDecision.UNKNOWN, maybe_denying or maybe_allowing, request, policies)
    return IdentityEvaluation(EvaluationDecision.ALLOWED, allowing, request, policies)
