"""What the evaluation of a unit records: requests of the SDK, and calls that are not resolved."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A call of the SDK as it is evaluated; its parameters are resolved when all is known."""

    node: ast.AST
    path: str
    client: str
    operation: str
    parameters: Mapping[str, frozenset[Any]]
    has_more_parameters: bool = False
    helper: str = ""
    by_name: bool = False
    connection: Hashable = None


@dataclass(frozen=True, slots=True)
class DoubtRecord:
    """A call that looks like one of the SDK, and why it is not resolved."""

    node: ast.AST
    path: str
    reason: str
    candidates: tuple[str, ...] = ()


@dataclass(slots=True)
class Records:
    """What one unit does: requests, doubts, and the functions that it gives to code that is not known."""

    requests: list[RequestRecord] = field(default_factory=list)
    doubts: list[DoubtRecord] = field(default_factory=list)

    def drop_repeated(self, first: int, last: int) -> None:
        """Drop those of the requests from `first` on that the requests from `last` on make again."""
        again = {(request.node, request.client, request.operation) for request in self.requests[last:]}
        self.requests[first:last] = [
            request
            for request in self.requests[first:last]
            if (request.node, request.client, request.operation) not in again
        ]
