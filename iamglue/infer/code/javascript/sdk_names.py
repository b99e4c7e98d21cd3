"""The names that AWS's SDKs for JavaScript give to clients, operations, paginators and waiters.

Version 3 has a package for each service, named after its service ID, with a command for each operation
(https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/); version 2 has a constructor for each service, with a method
for each operation (https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/index.html).
"""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.javascript.script_objects import PackageMember
from iamglue.infer.code.sdk_models import service_model, waiter_model

V3_SCOPE = "@aws-sdk/"
V2_PACKAGE = "aws-sdk"
DOCUMENT_PACKAGE = "@aws-sdk/lib-dynamodb"

# https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-aws-sdk-lib-dynamodb/ and
# https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/DynamoDB/DocumentClient.html
DOCUMENT_OPERATIONS = {
    "get": "GetItem",
    "put": "PutItem",
    "update": "UpdateItem",
    "delete": "DeleteItem",
    "query": "Query",
    "scan": "Scan",
    "batchGet": "BatchGetItem",
    "batchWrite": "BatchWriteItem",
    "transactGet": "TransactGetItems",
    "transactWrite": "TransactWriteItems",
    "executeStatement": "ExecuteStatement",
    "batchExecuteStatement": "BatchExecuteStatement",
    "executeTransaction": "ExecuteTransaction",
}
_DOCUMENT_CLIENTS = ("DynamoDBDocumentClient", "DynamoDBDocument")


@cache
def package_clients() -> dict[str, str]:
    """The client of each package of v3 (without `@aws-sdk/`), and of each constructor of v2."""
    return {row["name"]: row["client"] for row in table_rows("javascript_clients")}


def constructor_client(name: str) -> str | None:
    """The client of a constructor of v2; None if there is none."""
    return package_clients().get(name) if not name.startswith("client-") else None


@cache
def operations(client: str) -> dict[str, str]:
    """The operations of a client by their names with a small first letter, as methods have them."""
    return {lower_first(name): name for name in service_model(client).get("operations", {})}


def operation_of(client: str, name: str) -> str | None:
    """The operation that a method or command names, whatever the case of its first letter; None if there is none."""
    return operations(client).get(lower_first(name))


def document_operation(name: str) -> str | None:
    """The operation of DynamoDB that a method of the document client, or a command for it, names."""
    return DOCUMENT_OPERATIONS.get(lower_first(name))


@cache
def waiter_operation(client: str, name: str) -> str | None:
    """The operation that a waiter calls (`bucketExists`); None if there is none of that name."""
    waiters = {lower_first(waiter): str(row["operation"]) for waiter, row in waiter_model(client).items()}
    return waiters.get(lower_first(name))


def lower_first(name: str) -> str:
    """A name with a small first letter."""
    return name[:1].lower() + name[1:]


def client_of_class(external: PackageMember) -> tuple[str, str] | None:
    """The client and the style of what a class of the SDKs makes; None if it makes no client."""
    package, names = external.package, external.names
    if package == DOCUMENT_PACKAGE:
        return ("dynamodb", "document") if len(names) == 1 and names[0] in _DOCUMENT_CLIENTS else None
    if package == V2_PACKAGE:
        return _v2_client(names)
    client = package_clients().get(package.removeprefix(V3_SCOPE)) if package.startswith(V3_SCOPE) else None
    if client is None or len(names) != 1:
        return None
    name = names[0].lower()
    plain = package.removeprefix(f"{V3_SCOPE}client-").replace("-", "")
    return (client, "v3") if name in (plain, f"{plain}client") else None


def _v2_client(names: tuple[str, ...]) -> tuple[str, str] | None:
    """The client and style of a constructor of v2; None if it makes no client."""
    if names == ("DynamoDB", "DocumentClient"):
        return "dynamodb", "document"
    client = constructor_client(names[0]) if len(names) == 1 else None
    return (client, "v2") if client is not None else None


def plain_package(package: str, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A package of v2 that has one service (`aws-sdk/clients/s3`) as a member of the whole SDK."""
    if not package.startswith(f"{V2_PACKAGE}/"):
        return package, names
    last = package.rpartition("/")[2].removesuffix(".js").lower()
    constructors = [name for name in package_clients() if name.lower() == last]
    return V2_PACKAGE, (*constructors, *names) if "/clients/" in package else names


def clients_of_package(package: str, name: str) -> set[str]:
    """The clients that importing a package, or a name from it, brings into a program."""
    if package == DOCUMENT_PACKAGE:
        return {"dynamodb"}
    short, (first, *_) = package.removeprefix(V3_SCOPE), (*plain_package(package, (name,))[1], "")
    client = package_clients().get(short) or (constructor_client(first) if package.startswith(V2_PACKAGE) else None)
    return {client} if client is not None else set()
