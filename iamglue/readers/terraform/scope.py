"""The known values of variables and locals in Terraform expressions, from the file and `--set`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from iamglue.errors import IamglueError, Location
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import MAX_DEPTH, MAX_VALUES, Node, NodeKind
from iamglue.policy.source.source_text import ReadOnlySourceText, SourceText
from iamglue.readers.terraform.string_templates import is_traversal, unresolved_parameter
from iamglue.readers.text_budget import TextBudget

_VARIABLE_OR_LOCAL = re.compile(r"(var|local)\.([A-Za-z_][\w-]*)")
# Locals can be used many times and inside other locals; the limits prevent exponential growth.
_MAX_LOCAL_VALUES = 20_000
_MAX_LOCAL_LEVELS = 50


@dataclass(frozen=True, slots=True)
class Interpolation:
    """The text that replaces an expression in a template; `is_known` if it is the value and not a parameter."""

    text: str
    is_known: bool = False


class TerraformScope:
    """Values by name: `var.x` from `--set`, `local.x` from the file. `problems` are duplicate keys."""

    def __init__(self, settings: ParameterValues) -> None:
        self.locals: dict[str, Callable[[], Node]] = {}
        self.problems: list[IamglueError] = []
        self._settings = settings
        self.budget = TextBudget()
        self._local_cache: dict[str, tuple[Node, int, int] | None] = {}
        self._value_count = 0
        self._depth = 0

    def local_value(self, expression: str) -> Node | None:
        """The value of `local.x`, with its location in the file; None if it is not known, and for other expressions."""
        match = _VARIABLE_OR_LOCAL.fullmatch(expression)
        if match is None or match[1] != "local" or match[2] not in self.locals:
            return None
        name = match[2]
        if name not in self._local_cache and self._depth > _MAX_LOCAL_LEVELS:
            return None
        if name not in self._local_cache:
            self._local_cache[name] = None  # ends the recursion if locals refer to each other
            node = self.locals[name]()
            size = _node_size(node)
            if size is None:
                return None
            self._local_cache[name] = _read_only_node(node), *size  # a fix of one use would also change the other uses
        cached = self._local_cache[name]
        if cached is None or cached[0].kind is NodeKind.UNKNOWN:
            return None
        self._value_count += cached[1]
        return cached[0] if self._value_count <= MAX_VALUES and self.budget.consume(cached[2]) else None

    @contextmanager
    def nested_level(self, source: SourceText, at: int) -> Iterator[None]:
        """Enter a nested value, also of a local; raises IamglueError if the nesting is too deep."""
        if self._depth >= MAX_DEPTH:
            message = f"values are nested more than {MAX_DEPTH} levels deep"
            raise IamglueError(message, location=Location(source.path, *source.line_and_column(at)))
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def known_text(self, expression: str) -> str | None:
        """The text of an expression's value; None if it is not known."""
        interpolation = self.interpolate(expression)
        return interpolation.text if interpolation.is_known else None

    def interpolate(self, expression: str) -> Interpolation:
        """The text that replaces an expression in a template."""
        match = _VARIABLE_OR_LOCAL.fullmatch(expression)
        if match is None:
            return Interpolation(unresolved_parameter(expression))
        if match[1] == "var":
            value = self._settings.value(match[2], expression)
            is_known = value is not None and self.budget.consume(len(value))
            return (
                Interpolation(value, is_known=True)
                if value is not None and is_known
                else Interpolation(unresolved_parameter(expression))
            )
        node = self.local_value(expression)
        if node is not None and node.kind is NodeKind.SCALAR and not node.is_null:
            return Interpolation(node.text, is_known=not node.unresolved)
        cached = self._local_cache.get(match[2])
        is_reference = cached is not None and cached[0].kind is NodeKind.UNKNOWN and is_traversal(cached[0].text)
        return Interpolation(
            unresolved_parameter(cached[0].text if cached is not None and is_reference else expression)
        )

    def used_locals(self) -> frozenset[str]:
        """The names of the locals whose values were used so far."""
        return frozenset(self._local_cache)


def _read_only_node(node: Node) -> Node:
    return replace(
        node,
        source=ReadOnlySourceText(node.source),
        items=tuple(map(_read_only_node, node.items)),
        pairs=tuple((_read_only_node(key), _read_only_node(value)) for key, value in node.pairs),
    )


def _node_size(node: Node) -> tuple[int, int] | None:
    """The number of values in a node and the total length of their texts; None if a limit is exceeded."""
    values, length, level = 0, 0, [node]
    for _ in range(_MAX_LOCAL_LEVELS):
        values += len(level)
        length += sum(len(value.text) for value in level)
        if not level or values > _MAX_LOCAL_VALUES:
            break
        level = [
            child
            for parent in level
            for child in (*parent.items, *(member for pair in parent.pairs for member in pair))
        ]
    return None if level else (values, length)
