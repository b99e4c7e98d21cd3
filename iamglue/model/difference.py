"""The difference between policies: the answer in both directions, and the statements that cause it."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.comparison import Comparison, ComparisonAnswer
from iamglue.model.policy_file import StatementSource
from iamglue.policy.model import Statement


@dataclass(frozen=True, slots=True)
class StatementDiff:
    """One statement's part of the difference, with an example request.

    `is_whole`: everything that `statement` allows is in the difference; otherwise the other side also allows some of it
    (the statements `exclusions`), or this side denies some of it (`denied_by`). `removed_deny` is the Deny of the other
    side that blocks it, `condition_variant` the other side's Allow of the same under different conditions.
    `future_only`: only actions that do not exist yet are affected; `future`: they are affected too. `unlisted_only` and
    `unlisted` are the same for requests on ARNs that AWS's reference does not list for their actions.
    """

    statement: Statement
    witness: Request
    source: StatementSource
    is_whole: bool = True
    future_only: bool = False
    future: bool = False
    unlisted_only: bool = False
    unlisted: bool = False
    exclusions: tuple[StatementSource, ...] = ()
    denied_by: tuple[StatementSource, ...] = ()
    removed_deny: StatementSource | None = None
    condition_variant: tuple[StatementSource, Statement] | None = None


@dataclass(frozen=True, slots=True)
class OneWayDiff:
    """What one side allows and the other does not. `not_shown` describes what the statements do not show."""

    comparison: Comparison
    allowed_by: tuple[StatementSource, ...] = ()
    shown: tuple[StatementDiff, ...] = ()
    not_shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyDiff:
    """Two sides, and what the new one adds and removes. `is_against_spec`: the old side is what a spec requires."""

    old_name: str
    new_name: str
    added: OneWayDiff
    removed: OneWayDiff
    is_against_spec: bool = False

    @property
    def is_unchanged(self) -> bool:
        """Whether both sides allow the same."""
        answers = {self.added.comparison.answer, self.removed.comparison.answer}
        return answers == {ComparisonAnswer.NO_NEW_ACCESS}
