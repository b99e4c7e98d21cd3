"""Comparison of two accesses: does the new one contain a request that the old one does not?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.model import Effect


class ComparisonAnswer(StrEnum):
    """The three possible answers. An undecided comparison is UNKNOWN."""

    NO_NEW_ACCESS = "no-new-access"
    NEW_ACCESS = "new-access"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`witness` is a request that only the new access contains; `allowed_by` has the statements that allow it.

    With `future_only`, only an action that does not exist yet makes the difference. With `unlisted_only`, only requests
    on ARNs that AWS's reference does not list for their actions do. `reason` explains an unknown answer. With
    `depends_on_variables`, it depends only on the values of policy variables or deployment parameters.
    """

    answer: ComparisonAnswer
    witness: Request | None = None
    allowed_by: tuple[StatementRef, ...] = ()
    reason: str = ""
    future_only: bool = False
    unlisted_only: bool = False
    depends_on_variables: bool = False


_ANSWERS = {
    Verdict.EMPTY: ComparisonAnswer.NO_NEW_ACCESS,
    Verdict.NON_EMPTY: ComparisonAnswer.NEW_ACCESS,
    Verdict.UNKNOWN: ComparisonAnswer.UNKNOWN,
}


def compare(new: Access, old: Access, *, parameters_are_names: bool = False) -> Comparison:
    """Whether `new` contains a request that `old` does not. `parameters_are_names` is as in `prove_empty`."""
    proof = prove_empty(new - old, parameters_are_names=parameters_are_names)
    witness = proof.witness
    allowed_by = () if witness is None else _allowing_statements(new, witness)
    return Comparison(
        _ANSWERS[proof.verdict],
        witness,
        allowed_by,
        proof.reason,
        proof.future_only,
        proof.unlisted_only,
        proof.depends_on_variables,
    )


def _allowing_statements(access: Access, request: Request) -> tuple[StatementRef, ...]:
    """The Allow statements of the access that apply to a request."""
    action = request.action.lower()
    return tuple(
        term.ref
        for term in access.terms
        if term.statement.effect is Effect.ALLOW
        and term.prepared.matches_action(action)
        and term.prepared.applies(request)
    )
