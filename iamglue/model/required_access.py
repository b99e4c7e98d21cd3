"""What a function needs: actions on resources under conditions, each with the line of the spec that asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from iamglue.policy.conditions import Condition


@dataclass(frozen=True, slots=True)
class DeploymentScope:
    """Where a function lives. A part that only the deployment knows is `${AWS::Region}` and the like."""

    partition: str
    region: str
    account: str


class NeedOrigin(Enum):
    """Which part of a spec, or of a function's configuration, something is needed for."""

    ENTRY = "an entry of reads, writes or calls"
    RAW = "raw"
    TRIGGER = "a trigger"
    DESTINATION = "a dead-letter queue or a destination"
    LOGS = "logs"
    VPC = "vpc"
    TRACING = "tracing"
    INSIGHTS = "insights"
    FILE_SYSTEM = "file_system"
    ENVIRONMENT_KEY = "environment_key"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is needed: the line of the spec in words, and which part of the spec it stands in."""

    text: str
    origin: NeedOrigin = NeedOrigin.ENTRY

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class RequiredAccess:
    """Every one of `actions` on every one of `resources`: a need never grants a pair that nobody asked for.

    `actions` are `prefix:Name` as the catalogue spells them, `resources` are ARN patterns or "*", `label` is the
    resource in a word or two (for the statement's Sid), `reason` is why they are needed.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    label: str
    reason: Reason
    conditions: tuple[Condition, ...] = ()
