"""The operations of AWS's services as the SDK for Python describes them: names, input members, paginators, waiters.

They are read as files from the installed botocore and boto3, without importing either: a model is some 20 ms, and only
those of the services that a program uses are read (https://github.com/boto/botocore, botocore/data).
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def client_names() -> frozenset[str]:
    """The names of all boto3 clients (`s3`, `dynamodb`, ...)."""
    return frozenset(path.name for path in _data_folder("botocore").iterdir() if path.is_dir())


@cache
def service_model(client: str) -> dict[str, Any]:
    """The model of a client: `metadata`, `operations` and `shapes`; {} if there is no such client."""
    return _document("botocore", client, "service-2")


@cache
def resource_model(client: str) -> dict[str, Any]:
    """boto3's model of a resource (`boto3.resource("s3")`): `service` and `resources`; {} if there is none."""
    return _document("boto3", client, "resources-1")


@cache
def paginator_model(client: str) -> dict[str, Any]:
    """The paginators of a client by operation; {} if there are none."""
    return dict(_document("botocore", client, "paginators-1").get("pagination", {}))


@cache
def waiter_model(client: str) -> dict[str, Any]:
    """The waiters of a client by name (`BucketExists`), each with its `operation`; {} if there are none."""
    return dict(_document("botocore", client, "waiters-2").get("waiters", {}))


def operation_members(client: str, operation: str) -> dict[str, dict[str, Any]]:
    """The input members of an operation by name, as its model describes them; none if there is no such operation."""
    members: dict[str, dict[str, Any]] = _input_shape(client, operation).get("members", {})
    return members


def request_uri(client: str, operation: str) -> str:
    """The path of an operation's requests, with its members in braces: `/restapis/{restapi_id}`; "" if unknown."""
    described = service_model(client).get("operations", {}).get(operation, {})
    return str(described.get("http", {}).get("requestUri", ""))


def input_members(client: str, operation: str) -> frozenset[str] | None:
    """The names of an operation's input members; None if there is no such operation."""
    has_operation = operation in service_model(client).get("operations", {})
    return frozenset(operation_members(client, operation)) if has_operation else None


def required_members(client: str, operation: str) -> frozenset[str]:
    """The names of the input members that an operation requires; none if there is no such operation."""
    return frozenset(_input_shape(client, operation).get("required", ()))


def _input_shape(client: str, operation: str) -> dict[str, Any]:
    """The shape of an operation's input; {} if it has no input, or if there is no such operation."""
    model = service_model(client)
    name = model.get("operations", {}).get(operation, {}).get("input", {}).get("shape")
    shape: dict[str, Any] = model["shapes"][name] if name else {}
    return shape


def _document(package: str, client: str, kind: str) -> dict[str, Any]:
    """The newest version of one model file of a client; {} if there is none."""
    if client not in client_names():
        return {}
    folder = _data_folder(package) / client
    for version in sorted(folder.iterdir(), reverse=True) if folder.is_dir() else ():
        for path, reader in ((version / f"{kind}.json.gz", gzip.decompress), (version / f"{kind}.json", bytes)):
            if path.is_file():
                return dict(json.loads(reader(path.read_bytes())))
    return {}


@cache
def _data_folder(package: str) -> Path:
    """The directory of a package's models. Raises ModuleNotFoundError if the package is not installed."""
    package_spec = importlib.util.find_spec(package)
    locations = package_spec.submodule_search_locations if package_spec else None
    if not locations:
        raise ModuleNotFoundError(f"{package} is not installed", name=package)
    return Path(locations[0]) / "data"
