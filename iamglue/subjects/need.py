"""What a function needs: actions on resources under conditions, each with the line of the spec that asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.iam.conditions import Condition


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a function lives. A part that only the deployment knows is `${AWS::Region}` and the like."""

    partition: str
    region: str
    account: str


@dataclass(frozen=True, slots=True)
class Need:
    """Every one of `actions` on every one of `resources`: a need never grants a pair that nobody asked for.

    `actions` are `prefix:Name` as the catalogue spells them, `resources` are ARN patterns or "*", `label` is the
    resource in a word or two (for the statement's Sid), `reason` is the line of the spec in words.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    label: str
    reason: str
    conditions: tuple[Condition, ...] = ()
