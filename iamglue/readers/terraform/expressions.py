"""Terraform expressions as nodes: what is literal with its place, what only the deployment knows as unknown."""

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

# Functions that give the values of their lists, in another order or fewer of them.
_SAME_VALUES = frozenset({"toset", "tolist", "tomap", "compact", "distinct", "sort", "flatten", "reverse", "sensitive"})


class ExpressionReader:
    """Reads expressions of one text."""

    def __init__(self, origin: SourceText, scope: TerraformScope) -> None:
        self.origin = origin
        self.scope = scope

    def read(self, tree: HclTree) -> Node:
        """The node of an expression."""
        tree = without_parentheses(tree)
        start, _ = tree_span(tree)
        with self.scope.nested_level(self.origin, start):
            return self._value(tree)

    def _value(self, tree: HclTree) -> Node:
        match tree.data:
            case "string":
                found = self._string(tree)
            case "heredoc_template" | "heredoc_template_trim":
                found = self._heredoc(tree)
            case "int_lit" | "float_lit" | "literal_value":
                found = Node(NodeKind.SCALAR, self.origin, *tree_span(tree), self._source(tree), plain=True)
            case "tuple":
                items = (list_item_node(self.read(each)) for each in child_trees(tree))
                found = Node(NodeKind.LIST, self.origin, *tree_span(tree), items=tuple(items))
            case "object":
                found = self._object(tree)
            case "conditional":
                found = self._either(tree, [self.read(each) for each in child_trees(tree)[1:]])
            case "function_call":
                found = self._call(tree)
            case _:
                found = self._named(tree)
        return found

    def _source(self, tree: HclTree) -> str:
        start, end = tree_span(tree)
        return self.origin.text[start:end].strip()

    def unknown_node(self, tree: HclTree) -> Node:
        """A value that is not known before deployment."""
        return Node(NodeKind.UNKNOWN, self.origin, *tree_span(tree), text=expression_text(self._source(tree)))

    def _named(self, tree: HclTree) -> Node:
        source = self._source(tree)
        found = self.scope.local_value(source)
        if found is not None:
            return found
        text = self.scope.known_text(source)
        return self.unknown_node(tree) if text is None else build_scalar_node(self.origin, text, *tree_span(tree))

    def _string(self, tree: HclTree) -> Node:
        parts = child_trees_by_rule(tree, "string_part")
        if len(parts) == 1 and child_trees_by_rule(parts[0], "interpolation"):
            only = self.read(child_trees(child_trees_by_rule(parts[0], "interpolation")[0])[0])
            return (
                replace(only, start=tree_span(tree)[0], end=tree_span(tree)[1])
                if only.kind is NodeKind.UNKNOWN
                else only
            )
        start, end = tree_span(tree)
        return build_template_node(self.origin, (start, end), (start + 1, end - 1), self.scope, quoted=True)

    def _heredoc(self, tree: HclTree) -> Node:
        start, end = tree_span(tree)
        text = self.origin.text
        end = text.rfind("\n", start, end) if text.endswith("\n", start, end) else end  # the line's end is not its
        body = text.find("\n", start, end) + 1
        stop = max(body, text.rfind("\n", start, end) + 1)
        return build_template_node(self.origin, (start, end), (body, stop), self.scope, quoted=False)

    def _object(self, tree: HclTree) -> Node:
        pairs: list[tuple[Node, Node]] = []
        for element in child_trees_by_rule(tree, "object_elem"):
            of, *values = child_trees(element)
            key = self._key(of)
            pairs.append((key, map_value_node(self.read(values[-1]))))
        self._check_keys(pairs)
        start, end = tree_span(tree)
        return Node(NodeKind.MAP, self.origin, start, end, pairs=tuple(pairs))

    def _key(self, tree: HclTree) -> Node:
        found = without_parentheses(tree)
        if found.data in ("identifier", "keyword", "literal_value", "object_elem_key"):
            return Node(NodeKind.SCALAR, self.origin, *tree_span(found), self._source(found), plain=True)
        node = self.read(found)
        if node.kind is NodeKind.SCALAR:
            return node
        return Node(
            NodeKind.SCALAR, self.origin, *tree_span(found), unresolved_parameter(self._source(found)), unresolved=True
        )

    def _check_keys(self, pairs: Iterable[tuple[Node, Node]]) -> None:
        seen: dict[str, Node] = {}
        for key, _ in pairs:
            first = seen.setdefault(key.text, key)
            if first is not key and not key.unresolved:
                message = f"the key `{key.text}` stands here twice; the first is on line {first.line}"
                self.scope.problems.append(IamglueError(message, location=key.location))

    def _call(self, tree: HclTree) -> Node:
        function = first_identifier(tree)
        lists = child_trees_by_rule(tree, "arguments")
        arguments = [self.read(each) for each in (child_trees(lists[0]) if lists else ())]
        if function == "jsonencode" and len(arguments) == 1:
            return arguments[0]
        if function == "concat" or (function in ("setunion", "coalescelist") and arguments):
            return self._joined(tree, arguments)
        if function in _SAME_VALUES and len(arguments) == 1 and arguments[0].kind is NodeKind.LIST:
            return self._joined(tree, map(_as_list, arguments[0].items)) if function == "flatten" else arguments[0]
        if function == "format" and arguments:
            return self._formatted(tree, arguments)
        return self.unknown_node(tree)

    def _formatted(self, tree: HclTree, arguments: Sequence[Node]) -> Node:
        first, *others = arguments
        parts = first.text.split("%s")
        if first.kind is not NodeKind.SCALAR or len(parts) != len(others) + 1 or "%" in "".join(parts):
            return self.unknown_node(tree)
        texts = [each.text if each.kind is NodeKind.SCALAR else unresolved_parameter(each.text) for each in others]
        text = parts[0] + "".join(a + b for a, b in zip(texts, parts[1:], strict=True))
        if not self.scope.budget.fits(len(text)):
            return self.unknown_node(tree)
        holes = any(each.unresolved or each.kind is not NodeKind.SCALAR for each in arguments)
        return replace(build_scalar_node(self.origin, text, *tree_span(tree)), unresolved=holes)

    def _either(self, tree: HclTree, branches: Sequence[Node]) -> Node:
        """Lists that are taken or not: what is literal in them, and a part that is not known."""
        if not any(each.kind is NodeKind.LIST for each in branches):
            return self.unknown_node(tree)
        found = self._joined(tree, branches)
        return replace(found, items=(*found.items, self.unknown_node(tree)))

    def _joined(self, tree: HclTree, lists: Iterable[Node]) -> Node:
        items: list[Node] = []
        for each in lists:
            items += each.items if each.kind is NodeKind.LIST else (each,)
        return build_list_node(self.origin, tree_span(tree), items)


def build_list_node(origin: SourceText, place: tuple[int, int], items: Iterable[Node]) -> Node:
    """A list whose items stand in several places, so that none can be cut out of it."""
    return Node(NodeKind.LIST, ReadOnlySourceText(origin), *place, items=tuple(items))


def build_scalar_node(origin: SourceText, text: str, start: int, end: int, *, holes: bool = False) -> Node:
    """A scalar whose text does not stand at its place letter for letter, so that it cannot be rewritten."""
    return Node(NodeKind.SCALAR, ReadOnlySourceText(origin), start, end, text, unresolved=holes)


def build_template_node(
    origin: SourceText,
    place: tuple[int, int],
    body: tuple[int, int],
    scope: TerraformScope,
    *,
    quoted: bool,
    text: str | None = None,
) -> Node:
    """The scalar at `place` whose template stands in `body`, or is `text`."""
    found = list(template_pieces(origin.text, *body)) if text is None else list(template_pieces(text))
    if any(each.kind is TemplatePieceKind.DIRECTIVE for each in found):
        return Node(NodeKind.UNKNOWN, origin, *place, text="a template with directives")
    only = [each for each in found if each.kind is TemplatePieceKind.EXPRESSION]
    if len(only) == 1 and not "".join(each.text for each in found if each is not only[0]).strip() and not quoted:
        return Node(NodeKind.UNKNOWN, origin, *place, text=expression_text(only[0].text))
    written, length, holes, put = "", 0, False, False
    for each in found:
        if each.kind is TemplatePieceKind.LITERAL:
            written += unescape_literal(each.text) if quoted else each.text
            continue
        value = scope.interpolate(each.text)
        length += len(value.text)
        if value.is_known and not scope.budget.fits(length):
            value = Interpolation(unresolved_parameter(each.text))
        written += value.text
        holes, put = holes or not value.is_known, put or value.is_known
    if put and (quoted or text is not None):
        return build_scalar_node(origin, written, *place, holes=holes)
    return Node(NodeKind.SCALAR, origin, *place, written, unresolved=holes)


def list_item_node(node: Node) -> Node:
    """An item of a list: what only names something is one text that is not known."""
    if node.kind is NodeKind.UNKNOWN and is_traversal(node.text):
        return replace(node, kind=NodeKind.SCALAR, text=unresolved_parameter(node.text), unresolved=True)
    return node


def _as_list(node: Node) -> Node:
    """An item of a list of lists: what only names something is not known to be one text."""
    written = node.source.text[node.start : node.end]
    return (
        replace(node, kind=NodeKind.UNKNOWN, text=written, unresolved=False)
        if node.unresolved and is_traversal(written)
        else node
    )


def map_value_node(node: Node) -> Node:
    """A value of a map: an ARN is one text; any other name may stand for a list as well."""
    return list_item_node(node) if node.text.endswith(".arn") else node


def json_value_node(node: Node, scope: TerraformScope) -> Node:
    """A value of a .tf.json file: its texts are templates."""
    with scope.nested_level(node.source, node.start):
        if node.kind is NodeKind.LIST:
            return replace(node, items=tuple(list_item_node(json_value_node(each, scope)) for each in node.items))
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
    place = (node.start, node.end)
    found = build_template_node(node.source, place, place, scope, quoted=False, text=node.text)
    return _followed(found, scope) if found.kind is NodeKind.UNKNOWN else found


def _followed(node: Node, scope: TerraformScope) -> Node:
    known = scope.local_value(node.text)
    if known is not None:
        return known
    text = scope.known_text(node.text)
    return node if text is None else build_scalar_node(node.source, text, node.start, node.end)
