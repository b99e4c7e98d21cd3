"""What the names in Terraform expressions stand for, as far as the file and `--set` say."""

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

_NAMED = re.compile(r"(var|local)\.([A-Za-z_][\w-]*)")
# A local may stand in many places, and in other locals: what all of them come to is limited.
_MOST_VALUES = 20_000
_MOST_LEVELS = 50


@dataclass(frozen=True, slots=True)
class Interpolation:
    """A text that an expression puts into another one; `known`: it is the value, and no hole."""

    text: str
    is_known: bool = False


class TerraformScope:
    """Values by name: `var.x` from `--set`, `local.x` from the file. `problems` are keys that stand twice."""

    def __init__(self, settings: ParameterValues) -> None:
        self.locals: dict[str, Callable[[], Node]] = {}
        self.problems: list[IamglueError] = []
        self._settings = settings
        self.budget = TextBudget()
        self._known: dict[str, tuple[Node, int, int] | None] = {}
        self._values = 0
        self._depth = 0

    def local_value(self, expression: str) -> Node | None:
        """The value of `local.x`, where it stands; None for all else and for what is not known."""
        named = _NAMED.fullmatch(expression)
        if named is None or named[1] != "local" or named[2] not in self.locals:
            return None
        name = named[2]
        if name not in self._known and self._depth > _MOST_LEVELS:
            return None
        if name not in self._known:
            self._known[name] = None  # while it is being read, so that a circle ends
            found = self.locals[name]()
            size = _size(found)
            if size is None:
                return None
            self._known[name] = _read_only(found), *size  # a fix of one use would change the others as well
        known = self._known[name]
        if known is None or known[0].kind is NodeKind.UNKNOWN:
            return None
        self._values += known[1]
        return known[0] if self._values <= MAX_VALUES and self.budget.consume(known[2]) else None

    @contextmanager
    def nested_level(self, origin: SourceText, at: int) -> Iterator[None]:
        """One level deeper into the values, those of locals included; raises IamglueError for too many."""
        if self._depth >= MAX_DEPTH:
            message = f"values stand more than {MAX_DEPTH} levels deep in each other"
            raise IamglueError(message, location=Location(origin.path, *origin.line_and_column(at)))
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def known_text(self, expression: str) -> str | None:
        """The text that an expression stands for; None where it is not known."""
        found = self.interpolate(expression)
        return found.text if found.is_known else None

    def interpolate(self, expression: str) -> Interpolation:
        """What an expression puts into a text."""
        named = _NAMED.fullmatch(expression)
        if named is None:
            return Interpolation(unresolved_parameter(expression))
        if named[1] == "var":
            value = self._settings.value(named[2], expression)
            is_known = value is not None and self.budget.consume(len(value))
            return (
                Interpolation(value, is_known=True)
                if value is not None and is_known
                else Interpolation(unresolved_parameter(expression))
            )
        node = self.local_value(expression)
        if node is not None and node.kind is NodeKind.SCALAR and not node.is_null:
            return Interpolation(node.text, is_known=not node.unresolved)
        other = self._known.get(named[2])
        is_other_name = other is not None and other[0].kind is NodeKind.UNKNOWN and is_traversal(other[0].text)
        return Interpolation(unresolved_parameter(other[0].text if other is not None and is_other_name else expression))

    def used_locals(self) -> frozenset[str]:
        """The names of the locals that something stands for so far."""
        return frozenset(self._known)


def _read_only(node: Node) -> Node:
    return replace(
        node,
        source=ReadOnlySourceText(node.source),
        items=tuple(map(_read_only, node.items)),
        pairs=tuple((_read_only(key), _read_only(of)) for key, of in node.pairs),
    )


def _size(node: Node) -> tuple[int, int] | None:
    """How many values there are in a node, and the length of their texts; None past the limits."""
    values, length, level = 0, 0, [node]
    for _ in range(_MOST_LEVELS):
        values += len(level)
        length += sum(len(each.text) for each in level)
        if not level or values > _MOST_VALUES:
            break
        level = [each for one in level for each in (*one.items, *(each for pair in one.pairs for each in pair))]
    return None if level else (values, length)
