"""Parameters of requests: names of tables in batches, and which operations have them."""

from __future__ import annotations

from iamglue.catalog.sdk_methods import method_clients
from iamglue.infer.code.python.abstract_objects import ABSENT, NOTHING, Site, Values
from iamglue.infer.code.python.containers import Container
from iamglue.infer.code.sdk_models import input_members

# What configures paginators and waiters: no parameters of requests.
CONFIGURATION = frozenset({"PaginationConfig", "WaiterConfig"})
# The models of more services take too long to read.
_MAX_CANDIDATES = 12


def add_table_names(operation: str, parameters: dict[str, Values], at: Site) -> None:
    """The keys of a batch's `RequestItems` are names of tables: they are the parameter `TableName` as well."""
    if operation not in ("BatchGetItem", "BatchWriteItem") or "TableName" in parameters:
        return
    names: Values = NOTHING
    for obj in parameters.get("RequestItems", NOTHING) - ABSENT:
        names |= obj.elements(at) if isinstance(obj, Container) else frozenset({obj})
    if names:
        parameters["TableName"] = names


def fitting_operations(method: str, keywords: frozenset[str]) -> list[tuple[str, str]]:
    """The clients and operations of a method whose input has all keywords."""
    candidates = method_clients(method)
    if not keywords or len(candidates) > _MAX_CANDIDATES:
        return list(candidates)
    return [
        (client, operation)
        for client, operation in candidates
        if keywords <= ((input_members(client, operation) or frozenset()) | CONFIGURATION)
    ]
