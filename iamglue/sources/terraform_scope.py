"""What the names in Terraform expressions stand for, as far as the file and `--set` say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.iam.nodes import Node, Shape
from iamglue.iam.origins import ReadOnlyOrigin
from iamglue.subjects.written_policy import Settings

_NAMED = re.compile(r"(var|local)\.([A-Za-z_][\w-]*)")
# A local may stand in many places, and in other locals: what all of them come to is limited.
_MOST_VALUES = 20_000


class Scope:
    """Values by name: `var.x` from `--set`, `local.x` from the file. `problems` are keys that stand twice."""

    def __init__(self, settings: Settings) -> None:
        self.locals: dict[str, Callable[[], Node]] = {}
        self.problems: list[IamglueError] = []
        self._settings = settings
        self._known: dict[str, tuple[Node, int] | None] = {}
        self._values = 0

    def local(self, expression: str) -> Node | None:
        """The value of `local.x`, where it stands; None for all else and for what is not known."""
        named = _NAMED.fullmatch(expression)
        if named is None or named[1] != "local" or named[2] not in self.locals:
            return None
        name = named[2]
        if name not in self._known:
            self._known[name] = None  # while it is being read, so that a circle ends
            node = _read_only(self.locals[name]())  # a fix of one use would change the others as well
            self._known[name] = (node, sum(1 for _ in node.walk()))
        found = self._known[name]
        if found is None or found[0].shape is Shape.UNKNOWN:
            return None
        self._values += found[1]
        return found[0] if self._values <= _MOST_VALUES else None

    def text(self, expression: str) -> str | None:
        """The text that an expression stands for; None where it is not known."""
        named = _NAMED.fullmatch(expression)
        if named is None:
            return None
        if named[1] == "var":
            return self._settings.value(named[2], expression)
        node = self.local(expression)
        known = node is not None and node.shape is Shape.SCALAR and not node.holes and not node.is_null
        return node.text if node is not None and known else None


def _read_only(node: Node) -> Node:
    return replace(
        node,
        origin=ReadOnlyOrigin(node.origin),
        items=tuple(map(_read_only, node.items)),
        pairs=tuple((_read_only(key), _read_only(of)) for key, of in node.pairs),
    )
