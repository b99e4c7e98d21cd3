"""SDK operations, and the IAM actions that authorize them.

Most operations are authorized by the action of the same name
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html); `data/operations.tsv` has
the exceptions, `data/sdk_helpers.tsv` boto3's client helpers, `data/boto3_methods.tsv` its waiters and resource
methods.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain

from iamglue.catalog.services import find_action, find_service
from iamglue.catalog.tables import table_rows

_NO_PREFIX = "-"
_NO_PERMISSION = "-"
_COMMAND = "command"
_COLLECTION_CALLS = (".all", ".filter", ".limit", ".pagesize", ".pages")


def operation_actions(prefix: str, operation: str) -> tuple[str, ...] | None:
    """The actions (`prefix:Name`) that an operation of a service requires: () for none, None if unknown.

    `operation` is an SDK operation in any case (`batch_get_item`, `BatchGetItem`, `BatchGetItemCommand`), a boto3
    helper, waiter or resource method (`upload_file`, `bucket_exists`, `Table.put_item`), or an action of the service.
    `prefix:Name` always means the action; a bare name is first looked up as an operation. If clients with the same
    prefix disagree, the client named like the prefix has priority, then an action with that name. An operation may also
    require actions of other services.
    """
    owner, colon, _ = operation.partition(":")
    if colon:
        return _find_action_names(operation) if owner.lower() == prefix.lower() else None
    for name in operation_keys(operation):
        for actions in _possible_actions(prefix.lower(), name):
            if actions is not None:
                return actions
    return _find_action_names(f"{prefix}:{operation}")  # an action with a hyphen, which the keys do not have


def operation_keys(operation: str) -> tuple[str, ...]:
    """The names that an operation may have in our tables, in lower case without `_` and `-`.

    Version 3 of the SDK for JavaScript has a command for each operation: PutItemCommand, SendCommandCommand.
    """
    key = normalized_name(operation)
    return tuple(dict.fromkeys((key, key.removesuffix(_COMMAND))))


def client_operation_actions(client: str, operation: str) -> tuple[str, ...] | None:
    """Like `operation_actions`, for one boto3 client: clients with the same prefix may have different operations."""
    key = normalized_name(operation)
    prefix = client_prefix(client)
    actions = _table_actions(client, key)
    if actions is None and prefix is not None:
        actions = _find_action_names(f"{prefix}:{key}")
    return _method_actions(client, key) if actions is None else actions


def has_unknown_action(prefix: str, operation: str) -> bool:
    """Whether AWS's SDK has the operation, but its action is unknown: most are newer than AWS's reference."""
    key = normalized_name(operation)
    return any((client, key) in _operations_without_action() for client in service_clients(prefix.lower()))


def client_prefix(client: str) -> str | None:
    """The IAM prefix of a boto3 client; None if the client or its service is unknown."""
    return client_prefixes().get(client.lower())


@cache
def service_clients(prefix: str) -> tuple[str, ...]:
    """The boto3 clients whose operations use the prefix; the client with the same name is first."""
    clients = [client for client, owner in client_prefixes().items() if owner == prefix]
    return tuple(sorted(clients, key=lambda client: (client != prefix, client)))


def operation_names(prefix: str) -> tuple[str, ...]:
    """The valid operation names of a service, sorted: its actions, operations and helpers."""
    names = {row["operation"] for row in table_rows("operations") if row["client"] in service_clients(prefix.lower())}
    names |= {row["helper"] for row in table_rows("sdk_helpers") if row["client"] in service_clients(prefix.lower())}
    service = find_service(prefix)
    names |= {action.name for action in service.actions.values()} if service else set()
    return tuple(sorted(names))


def normalized_name(name: str) -> str:
    """A lower-case name without `_` and `-`, so that SDK and boto3 spellings are equal."""
    return name.lower().replace("_", "").replace("-", "")


def _find_action_names(text: str) -> tuple[str, ...] | None:
    """The action `prefix:Name` as a tuple; None if unknown."""
    action = find_action(text)
    return (str(action),) if action else None


def _possible_actions(prefix: str, key: str) -> Iterator[tuple[str, ...] | None]:
    """The lookups for an operation, in order of priority; None for one without a result."""
    clients = service_clients(prefix)
    action_name = f"{prefix}:{key}"
    if prefix in clients:
        yield _table_actions(prefix, key)
        yield _find_action_names(action_name)
    yield from (_table_actions(client, key) for client in clients)
    yield _find_action_names(action_name)
    yield from (_method_actions(client, key) for client in clients)


def _table_actions(client: str, key: str) -> tuple[str, ...] | None:
    """The actions of an operation or helper in our tables."""
    return _actions_by_operation().get(client, {}).get(key)


def _method_actions(client: str, key: str) -> tuple[str, ...] | None:
    """The actions of a waiter or resource method of boto3."""
    for ending in _COLLECTION_CALLS:
        key = key.removesuffix(ending)
    results = [
        client_operation_actions(client, operation) or () for operation in _method_operations().get((client, key), ())
    ]
    return tuple(dict.fromkeys(chain.from_iterable(results))) if results else None


@cache
def client_prefixes() -> dict[str, str]:
    """The IAM prefix of each boto3 client whose service is in the reference."""
    return {row["client"]: row["prefix"] for row in table_rows("boto3_clients") if row["prefix"] != _NO_PREFIX}


@cache
def _actions_by_operation() -> dict[str, dict[str, tuple[str, ...]]]:
    """The actions of each operation and helper in our tables, by client and normalized name; () for none."""
    tables: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, column in (("operations", "operation"), ("sdk_helpers", "helper")):
        for row in table_rows(name):
            text = row["actions"]
            actions = () if text == _NO_PERMISSION else tuple(text.split(" "))
            tables.setdefault(row["client"], {})[normalized_name(row[column])] = actions
    return tables


@cache
def _method_operations() -> dict[tuple[str, str], tuple[str, ...]]:
    """The operations that a waiter or resource method of boto3 calls, by client and normalized name."""
    return {
        (row["client"], normalized_name(row["method"])): tuple(row["operation"].split(" "))
        for row in table_rows("boto3_methods")
    }


@cache
def _operations_without_action() -> frozenset[tuple[str, str]]:
    """Client and normalized name of each operation of boto3 whose action is unknown."""
    return frozenset(
        (row["client"], normalized_name(row["operation"])) for row in table_rows("operations_without_action")
    )
