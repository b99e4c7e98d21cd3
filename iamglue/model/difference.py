"""The difference between policies as values: the answer both ways, and the statements that make it."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.comparison import Comparison, ComparisonAnswer
from iamglue.model.policy_file import StatementSource
from iamglue.policy.model import Statement


@dataclass(frozen=True, slots=True)
class StatementDiff:
    """A part of the difference: what one statement allows of it, with a request that is.

    `whole`: all that `statement` allows is in the difference; else some of it the other side allows too, by the
    statements `less`, or this side denies, by `denied`. `lifted` is the Deny that the other side has against it,
    `conditioned` the other side's Allow of the same under other conditions. `future_only`: only actions that do not
    exist yet are in it; `future`: they are as well. `unlisted_only` and `unlisted` are the same of requests on ARNs
    that AWS's reference does not list for their actions.
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
    """What one side allows and the other does not. `unshown` says in words what the statements do not tell."""

    comparison: Comparison
    allowed_by: tuple[StatementSource, ...] = ()
    shown: tuple[StatementDiff, ...] = ()
    not_shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyDiff:
    """Two sides by their names, and what the new one adds and lacks. `spec`: the old side is what a spec needs."""

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
