"""Evaluation of one request against policies: the decision, and a trace of how it came about.

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
    """The answer to `request`; `decided_by` are the statements that made it so, none for an implicit denial."""

    decision: EvaluationDecision
    decided_by: tuple[StatementRef, ...]
    request: Request
    policies: PreparedPolicies

    @property
    def allowed(self) -> bool:
        """Whether the answer is a plain yes."""
        return self.decision is EvaluationDecision.ALLOWED

    @property
    def reason(self) -> str:
        """The decision in a sentence."""
        which = ", ".join(str(ref) for ref in self.decided_by)
        wanted = f"`{self.request.action}` on `{self.request.resource}`"
        return {
            EvaluationDecision.ALLOWED: f"{which} allows {wanted}",
            EvaluationDecision.EXPLICITLY_DENIED: f"{which} denies {wanted}",
            EvaluationDecision.IMPLICITLY_DENIED: f"no statement allows {wanted}",
            EvaluationDecision.UNKNOWN: f"it is not known whether {which} applies to {wanted}",
        }[self.decision]

    @property
    def trace(self) -> tuple[StatementTrace, ...]:
        """What each statement says of the request, worked out when it is asked for."""
        return tuple(trace_statement(statement, self.request) for statement in self.policies.statements)


def evaluate(policies: PreparedPolicies | Sequence[Policy], request: Request) -> IdentityEvaluation:
    """Whether the identity policies allow the request.

    An explicit Deny wins; then one Allow is enough. Where a statement that matters holds something that cannot be
    decided, the answer is unknown. Prepare policies that are asked more than once.
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
    if maybe_denying or (maybe_allowing and not allowing):
        return IdentityEvaluation(EvaluationDecision.UNKNOWN, maybe_denying or maybe_allowing, request, policies)
    return IdentityEvaluation(
        EvaluationDecision.ALLOWED if allowing else EvaluationDecision.IMPLICITLY_DENIED, allowing, request, policies
    )
