"""Comparison of two accesses: does the new one contain a request that the old one does not?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access
from iamglue.engine.solve.other_types import describe_other_type, prove_empty_on_other_types
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

    With the answer UNKNOWN, it is not known whether AWS checks the action of the witness on its resource. With
    `future_only`, only an action that does not exist yet makes the difference. With `unlisted_only`, only requests on
    ARNs that AWS's reference does not list for their actions do. `reason` explains an unknown answer. With
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


def compare_on_all_types(new: Access, old: Access) -> Comparison:
    """Like `compare`, but UNKNOWN if `new` has more for actions on resource types that AWS's reference does not list.

    AWS may check an action on such a type, except in the services whose reference is known to be complete. The witness
    of such an answer is a request that may exist.
    """
    comparison = compare(new, old)
    if comparison.answer is not ComparisonAnswer.NO_NEW_ACCESS:
        return comparison
    proof = prove_empty_on_other_types(new - old, is_reliable=False)
    if proof.verdict is Verdict.EMPTY:
        return comparison
    witness = proof.witness
    return replace(
        comparison,
        answer=ComparisonAnswer.UNKNOWN,
        witness=witness,
        allowed_by=() if witness is None else _allowing_statements(new, witness),
        reason=proof.reason if witness is None else describe_other_type(witness),
        depends_on_variables=proof.depends_on_variables,
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
