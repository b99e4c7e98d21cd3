"""The answer to a request: the decision, what decided it, and what each statement had to say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from iamglue.engine.evaluate.truth import Truth
from iamglue.policy.model import Effect


class EvaluationDecision(StrEnum):
    """The four answers; what cannot be decided is unknown, never allowed."""

    ALLOWED = "allowed"
    IMPLICITLY_DENIED = "implicitly-denied"
    EXPLICITLY_DENIED = "explicitly-denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StatementRef:
    """A statement: the place of its policy among those evaluated, its place in the policy, and its Sid."""

    policy: int
    statement: int
    sid: str | None = None

    def __str__(self) -> str:
        sid = f" ({self.sid})" if self.sid else ""
        return f"statement {self.statement + 1}{sid} of policy {self.policy + 1}"


@dataclass(frozen=True, slots=True)
class StatementTrace:
    """What one statement says of a request: whether it applies, and the first element that decided so.

    `unmet` are all the elements that do not match, each in words; `on_action` is whether the action matches.
    """

    ref: StatementRef
    effect: Effect
    applies: Truth
    reason: str
    mismatches: tuple[str, ...] = ()
    action_matches: bool = True
