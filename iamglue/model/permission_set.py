"""A function's permission set: role, trust policy, policies, invoke permissions and counterpart policies."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.model.required_access import Reason
from iamglue.policy.model import Policy, Statement


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy and its name on the role; `managed` if it exceeds the role's quota for inline policies."""

    name: str
    policy: Policy
    managed: bool = False


@dataclass(frozen=True, slots=True)
class InvokePermission:
    """One statement of the function's resource-based policy, in the terms of `lambda:AddPermission`.

    `principal` is a service, an account ID, an ARN or "*". None means "not set".
    """

    statement_id: str
    action: str
    principal: str
    source_arn: str | None = None
    source_account: str | None = None
    event_source_token: str | None = None
    function_url_auth_type: str | None = None
    invoked_via_function_url: bool | None = None


@dataclass(frozen=True, slots=True)
class CounterpartPolicy:
    """A policy for another role or resource: `where` names it, in words.

    `in_documents` is False if document formats write the role themselves, and not as a comment.
    """

    where: str
    policy: Policy
    in_documents: bool = True


@dataclass(frozen=True, slots=True)
class ScheduleRole:
    """The role with which a schedule of EventBridge Scheduler invokes the function."""

    name: str
    trust: Policy
    policy: Policy


@dataclass(frozen=True, slots=True)
class FunctionSchedule:
    """A rule that invokes the function by a schedule; with `group` and `role`, a schedule of EventBridge Scheduler."""

    name: str
    expression: str
    target_arn: str
    group: str = ""
    role: ScheduleRole | None = None


@dataclass(frozen=True, slots=True)
class DeploymentParameter:
    """A deployment parameter `${name}`; `is_arn` if its value is a complete ARN."""

    name: str
    is_arn: bool = False


@dataclass(frozen=True, slots=True)
class ExplainedStatement:
    """A statement of the identity-based policy, and the lines of the spec that require it."""

    statement: Statement
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """Everything that `generate` computes for one function.

    `policies` is empty if the function needs no permissions. In strings, `${AWS::Region}`, `${AWS::AccountId}` and
    `${AWS::Partition}` are values that the deployment knows, `${Name}` is a parameter and `${aws:...}` an IAM policy
    variable.
    """

    function: str
    function_arn: str
    role_name: str
    trust: Policy
    policies: tuple[NamedPolicy, ...]
    invoke_permissions: tuple[InvokePermission, ...] = ()
    counterparts: tuple[CounterpartPolicy, ...] = ()
    schedules: tuple[FunctionSchedule, ...] = ()
    parameters: tuple[DeploymentParameter, ...] = ()
    explained_statements: tuple[ExplainedStatement, ...] = ()
    notes: tuple[str, ...] = ()
    description: str | None = None
    region: str | None = None
    account: str | None = None
    partition: str | None = None
