"""What a template says about one function, while the template is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import DeployedFunction, EventSourceMapping, FunctionUrl, OpenRoute, destination_gap
from iamglue.policy.source.nodes import Node

_SHOWN_ROUTES = 3  # of an API


@dataclass(slots=True)
class FunctionDraft:
    """A function, its event source mappings and the statements of its resource-based policy, with their nodes.

    `unknown_routes` are routes whose authorization is not known, by what the API is, its name, and the reason.
    `other_destinations` are those of further aliases and versions, which are not evaluated.
    """

    function: DeployedFunction
    event_sources: list[EventSourceMapping] = field(default_factory=list)
    statements: list[tuple[Any, Node]] = field(default_factory=list)
    urls: list[FunctionUrl] = field(default_factory=list)
    open_routes: list[OpenRoute] = field(default_factory=list)
    unknown_routes: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    other_destinations: list[str] = field(default_factory=list)

    def add_destinations(self, success: str | None, failure: str | None) -> None:
        """Set the destinations of the function that are not set yet."""
        known = self.function
        pairs = ((known.on_success, success), (known.on_failure, failure))
        self.other_destinations += [new for old, new in pairs if old and new and old != new]
        self.function = replace(known, on_success=known.on_success or success, on_failure=known.on_failure or failure)

    def add_statement(self, data: Any, node: Node) -> None:
        """Add a statement to the function's resource-based policy; `node` is what the template says for it."""
        self.statements.append((data, node))

    def gaps(self, fill_references: Callable[[str], str]) -> Iterator[NotEvaluated]:
        """What is not known of the function: one entry for the routes of an API with the same reason."""
        subject = Subject("function", self.function.name, self.function.arn)
        for (kind, api, reason), routes in self.unknown_routes.items():
            names = ", ".join(f"`{route}`" for route in routes[:_SHOWN_ROUTES])
            more = f" and {len(routes) - _SHOWN_ROUTES} more" if len(routes) > _SHOWN_ROUTES else ""
            what = f"whether the {kind} `{api}` requires authorization for {names}{more}"
            yield NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, what, reason)
        for name in dict.fromkeys(map(fill_references, self.other_destinations)):
            yield NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, *destination_gap(name))
