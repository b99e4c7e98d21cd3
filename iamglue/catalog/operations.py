"""SDK operations and the IAM actions that authorise them.

Most operations are authorised by the action of the same name
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html); `data/operations.tsv` has
the others, `data/helpers.tsv` what boto3 adds to its clients, `data/methods.tsv` its waiters and resource methods.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain

from iamglue.catalog.services import find_action, find_service
from iamglue.catalog.tables import table_rows

_NO_PREFIX = "-"
_NO_PERMISSION = "-"
_COLLECTION_CALLS = (".all", ".filter", ".limit", ".pagesize", ".pages")


def operation_actions(prefix: str, operation: str) -> tuple[str, ...] | None:
    """The actions, as `prefix:Name`, that an operation of a service needs: () for no permission, None when unknown.

    `operation` is an SDK operation in any case (`batch_get_item`, `BatchGetItem`), a boto3 helper, waiter or resource
    method (`upload_file`, `bucket_exists`, `Table.put_item`), or an action of the service. `prefix:Name` always means
    the action; a bare name is an operation first. Where clients that share a prefix disagree, the client named like the
    prefix wins, then an action of that name. An operation may need actions of other services too.
    """
    owner, colon, _ = operation.partition(":")
    if colon:
        return _action(operation) if owner.lower() == prefix.lower() else None
    answers = _answers(prefix.lower(), _key(operation))
    return next((answer for answer in answers if answer is not None), None)


def client_operation_actions(client: str, operation: str) -> tuple[str, ...] | None:
    """The same for one boto3 client, which tells apart operations that clients of one prefix share."""
    key = _key(operation)
    prefix = client_prefix(client)
    found = _row(client, key)
    if found is None and prefix is not None:
        found = _action(f"{prefix}:{key}")
    return _method(client, key) if found is None else found


def is_permission_free(prefix: str, operation: str) -> bool:
    """Whether IAM asks for no permission for this operation."""
    return operation_actions(prefix, operation) == ()


def has_unknown_action(prefix: str, operation: str) -> bool:
    """Whether AWS's SDK has the operation but no action is known for it: most such are newer than AWS's reference."""
    key = _key(operation)
    return any((client, key) in _unlisted() for client in service_clients(prefix.lower()))


def client_prefix(client: str) -> str | None:
    """The IAM prefix of a boto3 client; None when there is no such client or the reference lacks its service."""
    return _prefixes().get(client.lower())


@cache
def service_clients(prefix: str) -> tuple[str, ...]:
    """The boto3 clients whose operations the prefix authorises, the one of the same name first."""
    found = [client for client, owner in _prefixes().items() if owner == prefix]
    return tuple(sorted(found, key=lambda client: (client != prefix, client)))


def operation_names(prefix: str) -> tuple[str, ...]:
    """What may be said of a service, sorted: its actions, and operations and helpers by other names."""
    names = {row["operation"] for row in table_rows("operations") if row["client"] in service_clients(prefix.lower())}
    names |= {row["helper"] for row in table_rows("helpers") if row["client"] in service_clients(prefix.lower())}
    found = find_service(prefix)
    names |= {each.name for each in found.actions.values()} if found else set()
    return tuple(sorted(names))


def _key(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _action(text: str) -> tuple[str, ...] | None:
    found = find_action(text)
    return (str(found),) if found else None


def _answers(prefix: str, key: str) -> Iterator[tuple[str, ...] | None]:
    clients = service_clients(prefix)
    named = f"{prefix}:{key}"
    if prefix in clients:
        yield _row(prefix, key)
        yield _action(named)
    yield from (_row(client, key) for client in clients)
    yield _action(named)
    yield from (_method(client, key) for client in clients)


def _row(client: str, key: str) -> tuple[str, ...] | None:
    return _tables().get(client, {}).get(key)


def _method(client: str, key: str) -> tuple[str, ...] | None:
    for ending in _COLLECTION_CALLS:
        key = key.removesuffix(ending)
    answers = [client_operation_actions(client, operation) or () for operation in _methods().get((client, key), ())]
    return tuple(dict.fromkeys(chain.from_iterable(answers))) if answers else None


@cache
def _prefixes() -> dict[str, str]:
    return {row["client"]: row["prefix"] for row in table_rows("clients") if row["prefix"] != _NO_PREFIX}


@cache
def _tables() -> dict[str, dict[str, tuple[str, ...]]]:
    tables: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, column in (("operations", "operation"), ("helpers", "helper")):
        for row in table_rows(name):
            text = row["actions"]
            actions = () if text == _NO_PERMISSION else tuple(text.split(" "))
            tables.setdefault(row["client"], {})[_key(row[column])] = actions
    return tables


@cache
def _methods() -> dict[tuple[str, str], tuple[str, ...]]:
    return {(row["client"], _key(row["method"])): tuple(row["operation"].split(" ")) for row in table_rows("methods")}


@cache
def _unlisted() -> frozenset[tuple[str, str]]:
    return frozenset((row["client"], _key(row["operation"])) for row in table_rows("unlisted"))
