"""A function's whole permission set: role, trust, policies, invoke permissions and the halves that belong elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.model.required_access import Reason
from iamglue.policy.model import Policy, Statement


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy and the name it gets on the role; `managed` when it is too big for the role's inline sum."""

    name: str
    policy: Policy
    managed: bool = False


@dataclass(frozen=True, slots=True)
class InvokePermission:
    """One statement of the function's resource-based policy, in the words of `lambda:AddPermission`.

    `principal` is a service, an account id, an ARN or "*". None is "not set".
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
    """A policy that belongs on someone else's role or resource: `where` says on which, in words."""

    where: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class DeploymentParameter:
    """A deployment parameter `${name}`; `is_arn` when it stands for a whole ARN."""

    name: str
    is_arn: bool = False


@dataclass(frozen=True, slots=True)
class ExplainedStatement:
    """A statement of the identity policy and the lines of the spec that ask for it."""

    statement: Statement
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """All that `generate` knows of one function.

    `policies` is empty when the function needs nothing. In strings, `${AWS::Region}`, `${AWS::AccountId}` and
    `${AWS::Partition}` stand for what the deployment knows, `${Name}` for a parameter, `${aws:...}` for an IAM
    policy variable.
    """

    function: str
    function_arn: str
    role_name: str
    trust: Policy
    policies: tuple[NamedPolicy, ...]
    invoke_permissions: tuple[InvokePermission, ...] = ()
    counterparts: tuple[CounterpartPolicy, ...] = ()
    parameters: tuple[DeploymentParameter, ...] = ()
    explained_statements: tuple[ExplainedStatement, ...] = ()
    notes: tuple[str, ...] = ()
    description: str | None = None
    region: str | None = None
    account: str | None = None
    partition: str | None = None
