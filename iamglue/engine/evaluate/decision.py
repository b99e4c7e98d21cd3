"""The decision for a request, references to statements, and the trace of each statement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from iamglue.engine.evaluate.truth import Truth
from iamglue.policy.model import Effect


class EvaluationDecision(StrEnum):
    """The four possible decisions. A request that cannot be decided is UNKNOWN, never ALLOWED."""

    ALLOWED = "allowed"
    IMPLICITLY_DENIED = "implicitly-denied"
    EXPLICITLY_DENIED = "explicitly-denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StatementRef:
    """A reference to a statement: the index of its policy, its index in the policy, and its Sid."""

    policy: int
    statement: int
    sid: str | None = None

    def __str__(self) -> str:
        sid = f" ({self.sid})" if self.sid else ""
        return f"statement {self.statement + 1}{sid} of policy {self.policy + 1}"


@dataclass(frozen=True, slots=True)
class StatementTrace:
    """Whether one statement applies to a request, and the first element that decided so.

    `mismatches` describes every element that does not match. `action_matches` is whether the action matches.
    """

    ref: StatementRef
    effect: Effect
    applies: Truth
    reason: str
    mismatches: tuple[str, ...] = ()
    action_matches: bool = True
