"""From a syntax tree to the interpreter's nodes: the state that all kinds of nodes share, and the choice by type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iamglue.infer.code.javascript.syntax import (
    Expression,
    FunctionInfo,
    LexicalScope,
    Opaque,
    Pattern,
    Position,
    Sequence,
    VariablePattern,
)

if TYPE_CHECKING:
    from tree_sitter import Node

# Each level of nesting takes a few calls of Python functions, of which 1000 are possible.
MAX_DEPTH = 100

ExpressionReader = Callable[["Lowering", "Node"], Expression]
PatternReader = Callable[["Lowering", "Node"], Pattern]

# By type of node; the modules `lower_*` fill them.
EXPRESSIONS: dict[str, ExpressionReader] = {}
PATTERNS: dict[str, PatternReader] = {}


@dataclass(slots=True)
class SourceFile:
    """A parsed file; `too_deep` are the positions of what is nested too deeply to be read."""

    path: str
    source: bytes
    too_deep: list[Position] = field(default_factory=list)

    def text(self, node: Node) -> str:
        """The text of a node."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")


class Lowering:
    """Reads the nodes of one function. `scope` is that of the block that is being read."""

    def __init__(self, file: SourceFile, owner: FunctionInfo, scope: LexicalScope) -> None:
        self.file = file
        self.owner = owner
        self.scope = scope
        self.function_scope = scope
        self.depth = 0
        self.late: list[Expression] = []  # exports, which are done after the module's other code

    def text(self, node: Node) -> str:
        """The text of a node."""
        return self.file.text(node)

    def expression(self, node: Node | None) -> Expression:
        """An expression or a statement; one without a value for None."""
        if node is None:
            return Sequence((0, 0), ())
        if self.depth >= MAX_DEPTH:
            self.file.too_deep.append(position(node))
            return Opaque(position(node), ())
        self.depth += 1
        try:
            reader = EXPRESSIONS.get(node.type)
            return reader(self, node) if reader else self.opaque(node)
        finally:
            self.depth -= 1

    def pattern(self, node: Node) -> Pattern:
        """What is assigned to. Names in it are variables that are declared already."""
        self.depth += 1
        try:
            reader = PATTERNS.get(node.type)
            if reader and self.depth < MAX_DEPTH:
                return reader(self, node)
            return VariablePattern(position(node), self.scope, "")
        finally:
            self.depth -= 1

    def opaque(self, node: Node) -> Expression:
        """An expression of a kind that is not followed, with its parts."""
        return Opaque(position(node), tuple(self.expression(child) for child in named(node)))

    def block(self, nodes: list[Node], at: Position) -> Sequence:
        """The statements of a block, with a scope of their own; function declarations are moved to its start."""
        outer, self.scope = self.scope, LexicalScope(self.owner, self.scope)
        try:
            return self.statements(nodes, at)
        finally:
            self.scope = outer

    def statements(self, nodes: list[Node], at: Position) -> Sequence:
        """Statements in the present scope, in which their names are declared first."""
        for node in nodes:
            declare_names(self, node)
        hoisted = [node for node in nodes if node.type == "import_statement" or _is_function(node)]
        others = [node for node in nodes if node.type != "import_statement" and not _is_function(node)]
        return Sequence(at, tuple(self.expression(node) for node in (*hoisted, *others)))


def declare_names(lowering: Lowering, node: Node) -> None:
    """Declare what a statement declares in its block: functions, classes, enumerations, `let`, `const`, imports."""
    if node.type in ("export_statement", "ambient_declaration"):
        node = node.child_by_field_name("declaration") or node
    if node.type == "lexical_declaration":
        for declarator in named(node):
            name = declarator.child_by_field_name("name")
            if name is not None:
                _declare_pattern(lowering, name)
    elif node.type in _NAMED:
        name = node.child_by_field_name("name")
        if name is not None:
            lowering.scope.declare(lowering.text(name))


def _declare_pattern(lowering: Lowering, node: Node) -> None:
    for name in pattern_names(node):
        lowering.scope.declare(lowering.text(name))


def pattern_names(node: Node) -> Iterator[Node]:
    """The names that a pattern assigns."""
    stack = [node]
    while stack:
        part = stack.pop()
        if part.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield part
        elif part.type == "pair_pattern":
            stack += [value for value in [part.child_by_field_name("value")] if value is not None]
        elif part.type in ("assignment_pattern", "object_assignment_pattern"):
            stack += [left for left in [part.child_by_field_name("left")] if left is not None]
        elif part.type in ("object_pattern", "array_pattern", "rest_pattern"):
            stack += named(part)


_NAMED = {
    "function_declaration",
    "generator_function_declaration",
    "class_declaration",
    "abstract_class_declaration",
    "enum_declaration",
    "internal_module",
    "module",
}


def _is_function(node: Node) -> bool:
    """Whether a statement declares a function, exported or not: these are moved to the start of their block."""
    if node.type == "export_statement":
        declared = node.child_by_field_name("declaration")
        return declared is not None and _is_function(declared)
    return node.type in ("function_declaration", "generator_function_declaration")


def named(node: Node) -> list[Node]:
    """The children of a node that are not punctuation, keywords or comments."""
    return [child for child in node.named_children if not child.is_extra]


def position(node: Node) -> Position:
    """Where a node begins."""
    row, column = node.start_point
    return row, column
