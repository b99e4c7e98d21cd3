"""Converts Terraform expressions to nodes: literal values with their locations, other values as UNKNOWN."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import ReadOnlySourceText, SourceText
from iamglue.readers.terraform.hcl_tree import (
    HclTree,
    child_trees,
    child_trees_by_rule,
    first_identifier,
    tree_span,
    without_parentheses,
)
from iamglue.readers.terraform.scope import Interpolation, TerraformScope
from iamglue.readers.terraform.string_templates import (
    TemplatePieceKind,
    expression_text,
    is_traversal,
    template_pieces,
    unescape_literal,
    unresolved_parameter,
)

# Functions whose result has the values of their list argument, possibly in another order or fewer of them.
_VALUE_PRESERVING_FUNCTIONS = frozenset(
    {"toset", "tolist", "tomap", "compact", "distinct", "sort", "flatten", "reverse", "sensitive"}
)


class ExpressionReader:
    """Reads the expressions of one source text."""

    def __init__(self, source: SourceText, scope: TerraformScope) -> None:
        self.source = source
        self.scope = scope

    def read(self, tree: HclTree) -> Node:
        """The node of an expression."""
        tree = without_parentheses(tree)
        start, _ = tree_span(tree)
        with self.scope.nested_level(self.source, start):
            return self._read_node(tree)

    def _read_node(self, tree: HclTree) -> Node:
        match tree.data:
            case "string":
                node = self._read_string(tree)
            case "heredoc_template" | "heredoc_template_trim":
                node = self._read_heredoc(tree)
            case "int_lit" | "float_lit" | "literal_value":
                node = Node(NodeKind.SCALAR, self.source, *tree_span(tree), self._tree_text(tree), plain=True)
            case "tuple":
                items = (list_item_node(self.read(child)) for child in child_trees(tree))
                node = Node(NodeKind.LIST, self.source, *tree_span(tree), items=tuple(items))
            case "object":
                node = self._read_object(tree)
            case "conditional":
                node = self._conditional_node(tree, [self.read(child) for child in child_trees(tree)[1:]])
            case "function_call":
                node = self._read_call(tree)
            case _:
                node = self._read_reference(tree)
        return node

    def _tree_text(self, tree: HclTree) -> str:
        start, end = tree_span(tree)
        return self.source.text[start:end].strip()

    def unknown_node(self, tree: HclTree) -> Node:
        """A value that is not known before deployment."""
        return Node(NodeKind.UNKNOWN, self.source, *tree_span(tree), text=expression_text(self._tree_text(tree)))

    def _read_reference(self, tree: HclTree) -> Node:
        """The value of a variable or local if it is known, else an UNKNOWN node."""
        source = self._tree_text(tree)
        node = self.scope.local_value(source)
        if node is not None:
            return node
        text = self.scope.known_text(source)
        return self.unknown_node(tree) if text is None else build_scalar_node(self.source, text, *tree_span(tree))

    def _read_string(self, tree: HclTree) -> Node:
        """A quoted string; a string with only an interpolation has the value of its expression."""
        parts = child_trees_by_rule(tree, "string_part")
        if len(parts) == 1 and child_trees_by_rule(parts[0], "interpolation"):
            single_value = self.read(child_trees(child_trees_by_rule(parts[0], "interpolation")[0])[0])
            return (
                replace(single_value, start=tree_span(tree)[0], end=tree_span(tree)[1])
                if single_value.kind is NodeKind.UNKNOWN
                else single_value
            )
        start, end = tree_span(tree)
        return build_template_node(self.source, (start, end), (start + 1, end - 1), self.scope, quoted=True)

    def _read_heredoc(self, tree: HclTree) -> Node:
        start, end = tree_span(tree)
        text = self.source.text
        if text.endswith("\n", start, end):  # the tree includes the line end after the heredoc
            end = text.rfind("\n", start, end)
        body = text.find("\n", start, end) + 1
        stop = max(body, text.rfind("\n", start, end) + 1)
        return build_template_node(self.source, (start, end), (body, stop), self.scope, quoted=False)

    def _read_object(self, tree: HclTree) -> Node:
        pairs: list[tuple[Node, Node]] = []
        for element in child_trees_by_rule(tree, "object_elem"):
            key_tree, *values = child_trees(element)
            key = self._read_key(key_tree)
            pairs.append((key, map_value_node(self.read(values[-1]))))
        self._check_keys(pairs)
        start, end = tree_span(tree)
        return Node(NodeKind.MAP, self.source, start, end, pairs=tuple(pairs))

    def _read_key(self, tree: HclTree) -> Node:
        """The key of an object: an identifier is literal, an unknown expression becomes a parameter."""
        key_tree = without_parentheses(tree)
        if key_tree.data in ("identifier", "keyword", "literal_value", "object_elem_key"):
            return Node(NodeKind.SCALAR, self.source, *tree_span(key_tree), self._tree_text(key_tree), plain=True)
        node = self.read(key_tree)
        if node.kind is NodeKind.SCALAR:
            return node
        return Node(
            NodeKind.SCALAR,
            self.source,
            *tree_span(key_tree),
            unresolved_parameter(self._tree_text(key_tree)),
            unresolved=True,
        )

    def _check_keys(self, pairs: Iterable[tuple[Node, Node]]) -> None:
        """Record a problem in `scope` for each duplicate key."""
        seen: dict[str, Node] = {}
        for key, _ in pairs:
            first = seen.setdefault(key.text, key)
            if first is not key and not key.unresolved:
                message = f"the key `{key.text}` is listed twice; the first is on line {first.line}"
                self.scope.problems.append(IamglueError(message, location=key.location))

    def _read_call(self, tree: HclTree) -> Node:
        """The result of a function; UNKNOWN for functions other than those for lists, JSON and formatting."""
        function = first_identifier(tree)
        lists = child_trees_by_rule(tree, "arguments")
        arguments = [self.read(argument) for argument in (child_trees(lists[0]) if lists else ())]
        if function == "jsonencode" and len(arguments) == 1:
            return arguments[0]
        if function == "concat" or (function in ("setunion", "coalescelist") and arguments):
            return self._join_lists(tree, arguments)
        if function in _VALUE_PRESERVING_FUNCTIONS and len(arguments) == 1 and arguments[0].kind is NodeKind.LIST:
            return self._join_lists(tree, map(_as_list, arguments[0].items)) if function == "flatten" else arguments[0]
        if function == "format" and arguments:
            return self._format_node(tree, arguments)
        return self.unknown_node(tree)

    def _format_node(self, tree: HclTree, arguments: Sequence[Node]) -> Node:
        """The result of the function `format` if its only verbs are `%s`."""
        first, *values = arguments
        parts = first.text.split("%s")
        if first.kind is not NodeKind.SCALAR or len(parts) != len(values) + 1 or "%" in "".join(parts):
            return self.unknown_node(tree)
        texts = [
            argument.text if argument.kind is NodeKind.SCALAR else unresolved_parameter(argument.text)
            for argument in values
        ]
        text = parts[0] + "".join(value + literal for value, literal in zip(texts, parts[1:], strict=True))
        if not self.scope.budget.fits(len(text)):
            return self.unknown_node(tree)
        unresolved = any(argument.unresolved or argument.kind is not NodeKind.SCALAR for argument in arguments)
        return replace(build_scalar_node(self.source, text, *tree_span(tree)), unresolved=unresolved)

    def _conditional_node(self, tree: HclTree, branches: Sequence[Node]) -> Node:
        """The value of a conditional: for lists the literal items of both branches and an unknown item."""
        if not any(branch.kind is NodeKind.LIST for branch in branches):
            return self.unknown_node(tree)
        node = self._join_lists(tree, branches)
        return replace(node, items=(*node.items, self.unknown_node(tree)))

    def _join_lists(self, tree: HclTree, lists: Iterable[Node]) -> Node:
        items: list[Node] = []
        for node in lists:
            items += node.items if node.kind is NodeKind.LIST else (node,)
        return build_list_node(self.source, tree_span(tree), items)


def build_list_node(source: SourceText, span: tuple[int, int], items: Iterable[Node]) -> Node:
    """A list whose items come from several locations, so that fixes cannot remove an item."""
    return Node(NodeKind.LIST, ReadOnlySourceText(source), *span, items=tuple(items))


def build_scalar_node(source: SourceText, text: str, start: int, end: int, *, unresolved: bool = False) -> Node:
    """A scalar whose text differs from the source at its location, so that fixes cannot edit it."""
    return Node(NodeKind.SCALAR, ReadOnlySourceText(source), start, end, text, unresolved=unresolved)


def build_template_node(
    source: SourceText,
    span: tuple[int, int],
    body: tuple[int, int],
    scope: TerraformScope,
    *,
    quoted: bool,
    text: str | None = None,
) -> Node:
    """The scalar at `span` for the template in the span `body`, or for the template `text`."""
    pieces = list(template_pieces(source.text, *body)) if text is None else list(template_pieces(text))
    if any(piece.kind is TemplatePieceKind.DIRECTIVE for piece in pieces):
        return Node(NodeKind.UNKNOWN, source, *span, text="a template with directives")
    expressions = [piece for piece in pieces if piece.kind is TemplatePieceKind.EXPRESSION]
    if (
        len(expressions) == 1
        and not "".join(piece.text for piece in pieces if piece is not expressions[0]).strip()
        and not quoted
    ):
        return Node(NodeKind.UNKNOWN, source, *span, text=expression_text(expressions[0].text))
    result, length, unresolved, has_values = "", 0, False, False
    for piece in pieces:
        if piece.kind is TemplatePieceKind.LITERAL:
            result += unescape_literal(piece.text) if quoted else piece.text
            continue
        value = scope.interpolate(piece.text)
        length += len(value.text)
        if value.is_known and not scope.budget.fits(length):
            value = Interpolation(unresolved_parameter(piece.text))
        result += value.text
        unresolved, has_values = unresolved or not value.is_known, has_values or value.is_known
    if has_values and (quoted or text is not None):
        return build_scalar_node(source, result, *span, unresolved=unresolved)
    return Node(NodeKind.SCALAR, source, *span, result, unresolved=unresolved)


def list_item_node(node: Node) -> Node:
    """An item of a list: a reference is one text with an unknown value."""
    if node.kind is NodeKind.UNKNOWN and is_traversal(node.text):
        return replace(node, kind=NodeKind.SCALAR, text=unresolved_parameter(node.text), unresolved=True)
    return node


def _as_list(node: Node) -> Node:
    """An item of a list of lists: a reference may be a list, so it is UNKNOWN."""
    expression = node.source.text[node.start : node.end]
    return (
        replace(node, kind=NodeKind.UNKNOWN, text=expression, unresolved=False)
        if node.unresolved and is_traversal(expression)
        else node
    )


def map_value_node(node: Node) -> Node:
    """A value of a map: a reference to an ARN is one text; any other reference may be a list."""
    return list_item_node(node) if node.text.endswith(".arn") else node


def json_value_node(node: Node, scope: TerraformScope) -> Node:
    """A value of a .tf.json file, with its texts interpreted as templates."""
    with scope.nested_level(node.source, node.start):
        if node.kind is NodeKind.LIST:
            return replace(node, items=tuple(list_item_node(json_value_node(item, scope)) for item in node.items))
        if node.kind is NodeKind.MAP:
            pairs = [
                (json_value_node(key, scope), map_value_node(json_value_node(value, scope)))
                for key, value in node.pairs
            ]
            return replace(node, pairs=tuple(pairs))
        return _json_scalar(node, scope)


def _json_scalar(node: Node, scope: TerraformScope) -> Node:
    if node.plain or ("${" not in node.text and "%{" not in node.text):
        return node
    span = (node.start, node.end)
    template_node = build_template_node(node.source, span, span, scope, quoted=False, text=node.text)
    return _resolve_reference(template_node, scope) if template_node.kind is NodeKind.UNKNOWN else template_node


def _resolve_reference(node: Node, scope: TerraformScope) -> Node:
    """The value of an UNKNOWN node if `scope` knows its expression, else the node."""
    value = scope.local_value(node.text)
    if value is not None:
        return value
    text = scope.known_text(node.text)
    return node if text is None else build_scalar_node(node.source, text, node.start, node.end)
