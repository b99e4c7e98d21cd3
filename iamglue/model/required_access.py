"""The access that a function requires: actions on resources under conditions, each with the line of the spec."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from iamglue.policy.conditions import Condition


@dataclass(frozen=True, slots=True)
class DeploymentScope:
    """The scope of a function. A part that only the deployment knows is `${AWS::Region}` or similar."""

    partition: str
    region: str
    account: str


class NeedOrigin(Enum):
    """The part of a spec, or of a function's configuration, that requires access."""

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
    DURABLE = "durable"
    DURABLE_KEY = "the key of durable"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why access is required: the line of the spec in words, and the part of the spec.

    `name` is a trigger's name; `names_authentication`: the trigger says how Lambda signs in to its source.
    """

    text: str
    origin: NeedOrigin = NeedOrigin.ENTRY
    name: str = ""
    names_authentication: bool = False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class RequiredAccess:
    """Every action of `actions` on every resource of `resources`: no combination that the spec does not require.

    `actions` are `prefix:Name` as spelled in the catalogue, `resources` are ARN patterns or "*", `label` is a short
    name of the resource (for the statement's Sid), `reason` is why the access is required.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    label: str
    reason: Reason
    conditions: tuple[Condition, ...] = ()
