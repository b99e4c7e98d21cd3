"""The spec as values: what functions read, write and call, and what triggers them.

Strings may contain `${Name}` deployment parameters and `${aws:...}` IAM policy variables, as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from iamglue.errors import Location
from iamglue.policy.conditions import Condition
from iamglue.policy.patterns.variables import TokenKind, tokenize


class AccessList(StrEnum):
    """The list of the spec that contains an entry."""

    READS = "reads"
    WRITES = "writes"
    CALLS = "calls"


@dataclass(frozen=True, slots=True)
class SpecResource:
    """The resource of an entry or trigger: `text` (a name, pattern, ARN or "*"), or `variables` of the ARN format."""

    text: str | None = None
    variables: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str | None:
        """The value of a variable, or None."""
        return dict(self.variables).get(name)


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One line of `reads`, `writes` or `calls`, or a destination in `settings` or of a trigger.

    `regions` is empty if the resource is in the function's own Region. `do` is empty for the list's default verb;
    `do_locations` and `resource_location` are known if it is from a file.
    """

    access: AccessList
    service: str
    resource: SpecResource
    location: Location
    resource_type: str | None = None
    do: tuple[str, ...] = ()
    key: str | None = None
    account: str | None = None
    regions: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    why: str | None = None
    prefix: str | None = None
    missing_ok: bool = False
    index: str | None = None
    leading_keys: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    destination_regions: tuple[str, ...] = ()
    guardrail: str | None = None
    access_point: str | None = None
    secret: SpecResource | None = None
    consumer: str | None = None
    pass_role: tuple[str, ...] = ()
    passed_to: str | None = None
    do_locations: tuple[Location, ...] = field(default=(), compare=False)
    resource_location: Location | None = field(default=None, compare=False)

    def word_location(self, word: str) -> Location:
        """The location of a word of `do`; that of the entry if it is not known."""
        return dict(zip(self.do, self.do_locations, strict=False)).get(word, self.location)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of the function; `name` is its key in the spec (`s3`, `schedule`, `function-url`, ...).

    `expression` is that of a schedule whose rule is written with the function; `resource` is then the rule's name,
    derived from the function's if `has_derived_name`.
    """

    name: str
    resource: SpecResource
    location: Location
    account: str | None = None
    region: str | None = None
    key: str | None = None
    consumer: str | None = None
    on_failure: AccessEntry | None = None
    why: str | None = None
    expression: str | None = None
    has_derived_name: bool = False
    resource_location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """The log settings of the function.

    `group` is None for /aws/lambda/FUNCTION; `create` is False if the deployment creates the log group.
    """

    enabled: bool = True
    create: bool = True
    group: str | None = None


@dataclass(frozen=True, slots=True)
class FileSystem:
    """An EFS or S3 Files file system and its access point, each by id or ARN, and whether the function writes to it.

    `bucket` is the bucket of an S3 Files file system, None for EFS; Lambda reads large files directly from it if
    `direct_reads`, and `key` is then the KMS key of its objects.
    """

    id: str
    access_point: str
    write: bool = False
    bucket: str | None = None
    direct_reads: bool = True
    key: str | None = None


@dataclass(frozen=True, slots=True)
class DurableSettings:
    """The settings of a durable function; `key` is the KMS key that encrypts its executions' data."""

    key: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """Settings of the function for which its role needs permissions."""

    logs: LogSettings = LogSettings()
    vpc: bool = False
    tracing: bool = False
    insights: bool = False
    dead_letter: AccessEntry | None = None
    on_success: AccessEntry | None = None
    on_failure: AccessEntry | None = None
    environment_key: str | None = None
    file_system: FileSystem | None = None
    durable: DurableSettings | None = None


@dataclass(frozen=True, slots=True)
class RawStatement:
    """Actions, resources and conditions that are used unchanged, with the reason why."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    why: str
    location: Location
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class SpecFunction:
    """One function of a spec. Region, account and partition are None if the spec does not set them."""

    name: str
    location: Location
    description: str | None = None
    region: str | None = None
    account: str | None = None
    partition: str | None = None
    triggers: tuple[Trigger, ...] = ()
    entries: tuple[AccessEntry, ...] = ()
    settings: FunctionSettings = field(default_factory=FunctionSettings)
    raw: tuple[RawStatement, ...] = ()
    settings_location: Location | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec file; its functions are in the order written."""

    path: str
    functions: tuple[SpecFunction, ...]


def is_function_name(text: str) -> bool:
    """Whether a text can be the name of a function: 1 to 64 letters, digits, `-` and `_`, and deployment parameters.

    https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html (FunctionName)
    """
    tokens = tokenize(text)
    literal = "".join(token.text for token in tokens if token.kind is TokenKind.LITERAL)
    is_whole = all(token.kind in (TokenKind.LITERAL, TokenKind.PARAMETER) for token in tokens)
    return bool(text) and is_whole and re.fullmatch(r"[A-Za-z0-9_-]{0,64}", literal) is not None
