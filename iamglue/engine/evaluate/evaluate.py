"""Evaluation of one request against policies: the decision, and a trace of how it came about.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iamglue.engine.evaluate.decision import Answer, StatementRef, Step
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.statements import NO_REFS, Prepared, applying, prepare
from iamglue.engine.evaluate.trace import step
from iamglue.policy.model import Policy

__all__ = ["Answer", "Decision", "Prepared", "Request", "evaluate", "prepare"]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to `request`; `decided_by` are the statements that made it so, none for an implicit denial."""

    decision: Answer
    decided_by: tuple[StatementRef, ...]
    request: Request
    policies: Prepared

    @property
    def allowed(self) -> bool:
        """Whether the answer is a plain yes."""
        return self.decision is Answer.ALLOWED

    @property
    def reason(self) -> str:
        """The decision in a sentence."""
        which = ", ".join(str(ref) for ref in self.decided_by)
        wanted = f"`{self.request.action}` on `{self.request.resource}`"
        return {
            Answer.ALLOWED: f"{which} allows {wanted}",
            Answer.EXPLICITLY_DENIED: f"{which} denies {wanted}",
            Answer.IMPLICITLY_DENIED: f"no statement allows {wanted}",
            Answer.UNKNOWN: f"it is not known whether {which} applies to {wanted}",
        }[self.decision]

    @property
    def trace(self) -> tuple[Step, ...]:
        """What each statement says of the request, worked out when it is asked for."""
        return tuple(step(statement, self.request) for statement in self.policies.statements)


def evaluate(policies: Prepared | Sequence[Policy], request: Request) -> Decision:
    """Whether the identity policies allow the request.

    An explicit Deny wins; then one Allow is enough. Where a statement that matters holds something that cannot be
    decided, the answer is unknown. Prepare policies that are asked more than once.
    """
    if not isinstance(policies, Prepared):
        policies = prepare(policies)
    denies, allows = policies.on_action(request.action)
    maybe_denying = maybe_allowing = allowing = NO_REFS
    if denies:
        denying, maybe_denying = applying(denies, request)
        if denying:
            return Decision(Answer.EXPLICITLY_DENIED, denying, request, policies)
    if allows:
        allowing, maybe_allowing = applying(allows, request)
    if maybe_denying or (maybe_allowing and not allowing):
        return Decision(Answer.UNKNOWN, maybe_denying or maybe_allowing, request, policies)
    return Decision(Answer.ALLOWED if allowing else Answer.IMPLICITLY_DENIED, allowing, request, policies)
