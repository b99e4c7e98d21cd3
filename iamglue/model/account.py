"""What was read of an account: functions, roles and what may invoke and assume them. Frozen, and without I/O."""

from __future__ import annotations

from dataclasses import dataclass, field

from iamglue.findings import NotEvaluated
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.model import Policy

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AttachedPolicy:
    """A policy of a role, a boundary, an SCP: its name, its ARN (None for an inline policy) and its document.

    `text` is the document as AWS gave it, as JSON; `policy` its value, None where it is malformed. A policy that is
    known to be there, but could not be read, has an empty text.
    """

    name: str
    text: str
    policy: Policy | None
    arn: str | None = None

    @property
    def parse_failure(self) -> str | None:
        """Why its document says nothing, in words that follow its name; None where it does."""
        if self.policy is not None:
            return None
        return "is malformed" if self.text else "could not be read"

    @property
    def is_aws_managed(self) -> bool:
        """Whether AWS wrote it: its ARN has `aws` for an account."""
        return self.arn is not None and ":iam::aws:" in self.arn


@dataclass(frozen=True, slots=True)
class Role:
    """A role with all that decides what it may do. `policies` are the inline ones, then the attached ones.

    `created` and `last_used` are ISO 8601 instants; `last_used` is None where AWS tells none.
    """

    name: str
    arn: str
    trust: AttachedPolicy
    policies: tuple[AttachedPolicy, ...] = ()
    boundary: AttachedPolicy | None = None
    path: str = "/"
    tags: Pairs = ()
    created: str | None = None
    last_used: str | None = None

    @property
    def account(self) -> str:
        """The id of the role's account."""
        return split_arn_fields(self.arn)[4]


@dataclass(frozen=True, slots=True)
class EventSourceMapping:
    """An event source mapping: the ARN it polls (or the servers of a self-managed cluster) and its options."""

    arn: str
    uuid: str = ""
    enabled: bool = True
    on_failure: str | None = None
    topics: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    consumer_group: str | None = None
    authentication: Pairs = ()


@dataclass(frozen=True, slots=True)
class FunctionResourcePolicy:
    """The resource-based policy of a function, one of its versions or aliases (`qualifier`, empty for the function)."""

    policy: AttachedPolicy
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """A function URL: `auth_type` is NONE or AWS_IAM."""

    auth_type: str
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """A function as it is configured. `environment` has the names of its variables, never their values."""

    name: str
    arn: str
    role_arn: str
    runtime: str | None = None
    environment: tuple[str, ...] = ()
    key_arn: str | None = None
    in_vpc: bool = False
    tracing: bool = False
    log_group: str | None = None
    dead_letter: str | None = None
    on_success: str | None = None
    on_failure: str | None = None
    layers: tuple[str, ...] = ()
    file_systems: tuple[str, ...] = ()
    event_sources: tuple[EventSourceMapping, ...] = ()
    permissions: tuple[FunctionResourcePolicy, ...] = ()
    urls: tuple[FunctionUrl, ...] = ()
    tags: Pairs = ()

    @property
    def region(self) -> str:
        """The function's Region."""
        return split_arn_fields(self.arn)[3]

    @property
    def account(self) -> str:
        """The id of the function's account."""
        return split_arn_fields(self.arn)[4]


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that was read of one account. `scps` and `rcps` have a tuple for each level; None: not read.

    `resource_policies` are those of resources that a spec names, by ARN. `organization` is the id of the account's
    organization. `gaps` is what could not be read, and why. `collected` is the instant of the reading. `planned`: it
    was read from a template, and texts hold parameters (`${Name}`) where the deployment alone knows the value.
    """

    id: str
    functions: tuple[DeployedFunction, ...] = ()
    roles: tuple[Role, ...] = ()
    scps: tuple[tuple[AttachedPolicy, ...], ...] | None = None
    rcps: tuple[tuple[AttachedPolicy, ...], ...] | None = None
    resource_policies: tuple[tuple[str, AttachedPolicy], ...] = ()
    organization: str | None = None
    partition: str = "aws"
    collected: str | None = None
    source: str = "AWS"
    gaps: tuple[NotEvaluated, ...] = field(default=())
    planned: bool = False
