"""Does one access hold anything that another does not?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.model import Effect


class ComparisonAnswer(StrEnum):
    """The three answers; what could not be decided is unknown."""

    NO_NEW_ACCESS = "no-new-access"
    NEW_ACCESS = "new-access"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`witness` is a request that the new access holds and the old does not; `allowed_by` the statements that allow it.

    `future_only`: only an action that does not exist yet makes the difference; `unlisted_only`: only requests on ARNs
    that AWS's reference does not list for their actions do. `reason` says why nothing is known; with
    `depends_on_variables` only the values of policy variables, or of a deployment's parameters, would tell.
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
    """Whether `new` holds a request that `old` does not; parameters of a deployment as in `prove_empty`."""
    proof = prove_empty(new - old, parameters_are_names=parameters_are_names)
    witness = proof.witness
    allowing = () if witness is None else _allowing(new, witness)
    return Comparison(
        _ANSWERS[proof.verdict],
        witness,
        allowing,
        proof.reason,
        proof.future_only,
        proof.unlisted_only,
        proof.depends_on_variables,
    )


def _allowing(access: Access, request: Request) -> tuple[StatementRef, ...]:
    action = request.action.lower()
    return tuple(
        leaf.ref
        for leaf in access.terms
        if leaf.statement.effect is Effect.ALLOW
        and leaf.prepared.matches_action(action)
        and leaf.prepared.applies(request)
    )
