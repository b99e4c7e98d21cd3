"""The data that was read from an account: functions, roles, users, and what may invoke and assume them.

Immutable, no I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from iamglue.findings import NotEvaluated
from iamglue.model.origin import Origin
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.model import Policy

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AttachedPolicy:
    """A policy of a role, a boundary or an SCP: its name, its ARN (None for an inline policy) and its document.

    `text` is the document as AWS returned it, as JSON; `policy` is its value, None if it is malformed. A policy that
    exists but could not be read has an empty text. `origin` is where a template declares it.
    """

    name: str
    text: str
    policy: Policy | None
    arn: str | None = None
    origin: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def parse_failure(self) -> str | None:
        """Why the document has no value, as a phrase that follows the name; None if it has one."""
        if self.policy is not None:
            return None
        return "is malformed" if self.text else "could not be read"

    @property
    def is_aws_managed(self) -> bool:
        """Whether the policy is managed by AWS: the account field of its ARN is `aws`."""
        return self.arn is not None and ":iam::aws:" in self.arn


@dataclass(frozen=True, slots=True)
class Role:
    """A role and everything that decides its permissions. `policies` has the inline ones, then the attached ones.

    `created` and `last_used` are ISO 8601 timestamps; `last_used` is None if AWS reports none. `origin` is where a
    template declares the role, or the function for which SAM creates it.
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
    origin: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def account(self) -> str:
        """The ID of the role's account."""
        return split_arn_fields(self.arn)[4]


# Kinds of `authentication` that a template gives a mapping: whether its MSK cluster supports IAM authentication.
IAM_AUTH, NO_IAM_AUTH = "IAM_AUTH", "NO_IAM_AUTH"


@dataclass(frozen=True, slots=True)
class User:
    """A user and everything that decides its permissions. `policies` has its own and those of its groups."""

    name: str
    arn: str
    policies: tuple[AttachedPolicy, ...] = ()
    boundary: AttachedPolicy | None = None
    tags: Pairs = ()

    @property
    def account(self) -> str:
        """The ID of the user's account."""
        return split_arn_fields(self.arn)[4]


@dataclass(frozen=True, slots=True)
class EventSourceMapping:
    """An event source mapping: the ARN it polls (or the servers of a self-managed cluster) and its options.

    `service` is the prefix of the source's service, or `self-managed-kafka`, if a template says it and not the ARN.
    """

    arn: str
    uuid: str = ""
    enabled: bool = True
    on_failure: str | None = None
    topics: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    consumer_group: str | None = None
    authentication: Pairs = ()
    service: str = ""


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


# The property, of our own, with which a reader marks a function that may have further environment variables.
OPEN_ENVIRONMENT = "OpenEnvironment"


@dataclass(frozen=True, slots=True)
class FunctionCode:
    """What a template says of a function's code: its handler, the path of the code, and the environment.

    `environment` has the names and values of the variables, with parameters for what the deployment decides; a
    variable with several values, by conditions of the template, is there with each, and also in `optional` if it may
    not be set at all. A value that is not known is empty. The environment is never in a saved account.
    `is_open`: it may have variables that are not in `environment`. `buckets` are those of the function's S3 events,
    which SAM does not write in the permission:
    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-s3.html
    """

    handler: str = ""
    path: str = ""
    environment: Pairs = ()
    buckets: tuple[str, ...] = ()
    is_open: bool = False
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenRoute:
    """A route that calls a function without authorization: the name of its API in a template, and method and path.

    `kind` is what the API is: an API, or a load balancer.
    """

    api: str
    route: str
    kind: str = "API"


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """The configuration of a function. `environment` has the names of its variables, never their values.

    `file_systems` has the ARNs of access points; `durable_key` is the key of a durable function's executions.
    `versions` has the published versions with other roles, which `collect` makes functions of their own.
    `open_routes` are known of templates only, as is `without_logs`: the template keeps the function from writing logs
    on purpose. `origin` is where a template declares the function, and `code` what it says of the code.
    """

    name: str
    arn: str
    role_arn: str
    runtime: str | None = None
    environment: tuple[str, ...] = ()
    key_arn: str | None = None
    in_vpc: bool = False
    tracing: bool = False
    log_group: str | None = None
    without_logs: bool = False
    dead_letter: str | None = None
    on_success: str | None = None
    on_failure: str | None = None
    layers: tuple[str, ...] = ()
    file_systems: tuple[str, ...] = ()
    durable: bool = False
    durable_key: str | None = None
    event_sources: tuple[EventSourceMapping, ...] = ()
    permissions: tuple[FunctionResourcePolicy, ...] = ()
    urls: tuple[FunctionUrl, ...] = ()
    tags: Pairs = ()
    versions: tuple[DeployedFunction, ...] = ()
    open_routes: tuple[OpenRoute, ...] = ()
    origin: Origin | None = field(default=None, compare=False, repr=False)
    code: FunctionCode | None = field(default=None, compare=False, repr=False)

    @property
    def logical_id(self) -> str:
        """What its template calls the function, such as its logical ID; empty if no template declares it."""
        return self.origin.span().pointer.rpartition("/")[2] if self.origin else ""

    @property
    def region(self) -> str:
        """The function's Region."""
        return split_arn_fields(self.arn)[3]

    @property
    def account(self) -> str:
        """The ID of the function's account."""
        return split_arn_fields(self.arn)[4]


def destination_gap(name: str) -> tuple[str, str]:
    """What is not known of a destination that another one of the function stands before, and why."""
    return (
        f"whether the role may use the destination `{name}`",
        "of the function, its versions and its aliases, one destination of each kind is evaluated",
    )


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that was read from one account. `scps` and `rcps` have a tuple for each level; None: not read.

    `resource_policies` has the policies of the resources that a spec names, by ARN. `organization` is the ID of the
    account's organization. `gaps` is what could not be read, and why. `collected` is the time of the reading;
    `assumed_time` is the time for which it is evaluated if that is not known.
    `planned`: the account was read from a template, and texts contain parameters (`${Name}`) for values that only the
    deployment knows. `reference_names` are the parameters that name resources of the template: see ParsedPolicy.
    `users` is None if they were not read; only an export has them.
    If the template has conditions that its parameters decide, `cases` has the account for each combination of them,
    with `conditions`, their names and truth (`true`, `false`); the account itself then has what is in any of them.
    `outputs` are the outputs of a stack, `exports` those that it exports on a condition. `outside_policies` are
    policies for roles that are not in the account, by the role's name or ARN; they are put to these roles, or reported,
    when the account's stacks are read together.
    `neighbours` are roles that its roles may become or be named by: those of stacks that are read together with this
    one, and those of `resource_roles`. `resource_roles` has the resources that policies name (a build project, an
    instance) and whose role was read, by their ARN as it is in the policy, with the ARN of the role; it is empty if the
    resource has none.
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
    reference_names: Pairs = ()
    users: tuple[User, ...] | None = None
    conditions: Pairs = ()
    cases: tuple[Account, ...] = ()
    outputs: Pairs = ()
    exports: Pairs = ()
    outside_policies: tuple[tuple[str, AttachedPolicy], ...] = ()
    neighbours: tuple[Role, ...] = ()
    resource_roles: Pairs = ()
    assumed_time: str | None = None

    @property
    def evaluation_time(self) -> str | None:
        """The time for which the account is evaluated."""
        return self.collected or self.assumed_time
