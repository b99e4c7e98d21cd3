"""The content of an AWS access-denied message, and what explains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request_evaluation import EvaluationResult
from iamglue.policy.model import Statement


class DenialPolicyType(StrEnum):
    """A policy type that a message may name. The value is its name in the IAM User Guide.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """

    IDENTITY = PolicyKind.IDENTITY.display_name
    BOUNDARY = PolicyKind.BOUNDARY.display_name
    SESSION = PolicyKind.SESSION.display_name
    SCP = PolicyKind.SCP.display_name
    RCP = PolicyKind.RCP.display_name
    ENDPOINT = PolicyKind.ENDPOINT.display_name
    RESOURCE = PolicyKind.RESOURCE.display_name
    TRUST = "role trust policy"

    @property
    def kind(self) -> PolicyKind:
        """The kind of policy; the trust policy is the resource-based policy of a role."""
        return PolicyKind.RESOURCE if self is DenialPolicyType.TRUST else PolicyKind[self.name]

    @property
    def names_principal(self) -> bool:
        """Whether an Allow statement of this type names the principal."""
        return self.kind in (PolicyKind.RESOURCE, PolicyKind.ENDPOINT)


@dataclass(frozen=True, slots=True)
class AccessDenial:
    """The parts of a message; None or empty if the message does not state them.

    `additional_actions` are named next to `action` ("the GetRecords, GetShardIterator ... actions"). `policy_type` is
    a text if the message names a type that is not known. `is_explicit`: True if a Deny statement denied, False if no
    statement allowed. `policy` is the ARN of the policy that denied. `caller` says in words who was denied, if the
    message does not name a principal. `source_arn` is the resource for which a service made the request. `operation` is
    the API operation that was called. `encoded_message` can only be decoded by STS, and `authorization_id` is for
    GetRequestAuthorizationDetails. `caveats` state what the message leaves open. `other_cause` says what denied the
    request if it was not an IAM policy.
    """

    principal: str | None = None
    action: str | None = None
    resource: str | None = None
    policy_type: DenialPolicyType | str | None = None
    is_explicit: bool | None = None
    policy: str | None = None
    operation: str | None = None
    encoded_message: str | None = None
    caveats: tuple[str, ...] = ()
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    additional_actions: tuple[str, ...] = ()
    caller: str | None = None
    source_arn: str | None = None
    authorization_id: str | None = None
    other_cause: str | None = None

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action that the message names."""
        return (self.action, *self.additional_actions) if self.action else ()


@dataclass(frozen=True, slots=True)
class DenialExplanation:
    """Why a request was denied (`missing`), and the smallest statements that allow it, to add to the policy `where`.

    `statements` is empty if no statement helps, or the message contains too little.
    """

    denial: AccessDenial
    missing: str
    where: str | None = None
    statements: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()


class Change(StrEnum):
    """What to do with a statement or policy; the value is its name in JSON."""

    CHANGE_DENY = "change-deny"
    ADD_ACTION = "add-action"
    ADD_RESOURCE = "add-resource"
    ADD_PRINCIPAL = "add-principal"
    CHANGE_CONDITION = "change-condition"
    CHECK_STATEMENT = "check-statement"
    ADD_STATEMENT = "add-statement"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A change of one policy; `statement` is None for a new statement, `policy` is None if no given policy helps."""

    change: Change
    text: str
    policy: str | None = None
    statement: StatementRef | None = None


@dataclass(frozen=True, slots=True)
class DenialReport:
    """The explanation of a denial, and the decisions of the given policies, one for each action."""

    explanation: DenialExplanation
    evaluations: tuple[EvaluationResult, ...] = ()
    changes: tuple[PolicyChange, ...] = ()
