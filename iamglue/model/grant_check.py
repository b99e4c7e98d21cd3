"""The answer to the question whether policies may grant an action on a resource at all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from iamglue.engine.solve.proof import EmptinessProof
from iamglue.model.policy_file import StatementSource


class GrantAnswer(StrEnum):
    """Whether some request is allowed; UNKNOWN if this cannot be decided."""

    NOT_GRANTED = "not-granted"
    GRANTED = "granted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GrantPattern:
    """Requests that must not be granted: patterns of their action and resource; `text` is what the user wrote."""

    text: str
    action: str
    resource: str


@dataclass(frozen=True, slots=True)
class GrantCheck:
    """The answer for one pattern: the proof with its witness, and the statements that allow the witness."""

    pattern: GrantPattern
    answer: GrantAnswer
    proof: EmptinessProof
    allowed_by: tuple[StatementSource, ...] = ()
    notes: tuple[str, ...] = ()


def overall_answer(checks: tuple[GrantCheck, ...]) -> GrantAnswer:
    """GRANTED if any pattern is granted, otherwise UNKNOWN if any is undecided."""
    answers = {check.answer for check in checks}
    return next(
        (answer for answer in (GrantAnswer.GRANTED, GrantAnswer.UNKNOWN) if answer in answers),
        GrantAnswer.NOT_GRANTED,
    )
