"""What AWS checks for calls, as `generate --prove` reads it: the tables `calls.tsv` and its neighbours.

They are written from AWS's documentation and not from the tables that `generate` grants by, so that a mistake in either
is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.operations import normalized_name, operation_actions, operation_keys, service_clients
from iamglue.catalog.services import find_action
from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class CheckedAction:
    """One action that AWS checks for a call, and the resource type; "*" if the request has no resource.

    `key` is a condition key whose value is the entry's resource, or "".
    """

    action: str
    resource_type: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class LambdaCall:
    """Actions that Lambda itself calls with the execution role; `on` is "*" or a template of an ARN."""

    part: str
    when: tuple[str, ...]
    actions: tuple[str, ...]
    on: str


@cache
def word_actions(service: str, access: str, word: str) -> tuple[CheckedAction, ...] | None:
    """The actions of the calls behind a word of `do`; `word` is "" for the list's default. None if no row has it."""
    key = normalized_name(word)
    for row in table_rows("calls"):
        if row["service"] == service and row["list"] in (access, "") and key == normalized_name(row["word"]):
            return tuple(_parse_checked_action(service, text) for text in row["asks"].split())
    return None


def call_operation_actions(service: str, operation: str) -> tuple[str, ...] | None:
    """The actions (`prefix:Name`) that AWS checks for an operation or action name; () for none, None if unknown.

    An operation with an action of its name requires that action alone, unless `call_operations.tsv` says otherwise.
    """
    keys = operation_keys(operation.removeprefix(f"{service}:"))
    clients = service_clients(service)
    for row in table_rows("call_operations"):
        if ":" not in operation and row["client"] in clients and normalized_name(row["operation"]) in keys:
            return () if row["actions"] == "-" else tuple(row["actions"].split())
    action = find_action(f"{service}:{keys[0]}")
    return (str(action),) if action else operation_actions(service, operation)


@cache
def usual_types(service: str) -> tuple[str, ...]:
    """The resource types that a plain name of the service can mean, the most usual first; in lower case."""
    rows = (row for row in table_rows("calls") if row["service"] == service)
    types = [_parse_checked_action(service, text).resource_type for row in rows for text in row["asks"].split()]
    return tuple(dict.fromkeys(name.lower() for name in types if name != "*"))


@cache
def call_arn_format(service: str, resource_type: str) -> str | None:
    """The ARN of a resource in a request, if it is more than the reference's format; None if it is the same."""
    rows = table_rows("call_arns")
    return next(
        (row["arn"] for row in rows if (row["service"], row["resource_type"].lower()) == (service, resource_type)), None
    )


@cache
def call_key_actions(action: str) -> tuple[str, ...]:
    """The KMS actions that a call of `action` (`prefix:Name`) requires if a customer managed key encrypts the data."""
    service, _, name = action.partition(":")
    names = [
        kms_name
        for row in table_rows("call_keys")
        if row["service"] == service and name in row["actions"].split()
        for kms_name in row["kms"].split()
    ]
    return tuple(f"kms:{kms_name}" for kms_name in dict.fromkeys(names))


@cache
def lambda_calls(part: str) -> tuple[LambdaCall, ...]:
    """What Lambda calls because of a trigger (`trigger sqs`), a setting or a destination of the function."""
    return tuple(
        LambdaCall(part, tuple(row["when"].split()), tuple(row["actions"].split()), row["on"])
        for row in table_rows("lambda_calls")
        if row["part"] == part
    )


def _parse_checked_action(service: str, text: str) -> CheckedAction:
    """Parse `ACTION@TYPE` or `ACTION@TYPE;KEY`.

    An action without prefix is one of the service; `_` is a space of a type.
    """
    action, _, kind = text.partition("@")
    resource_type, _, key = kind.partition(";")
    return CheckedAction(action if ":" in action else f"{service}:{action}", resource_type.replace("_", " "), key)
