"""Terraform expressions as nodes: what is literal with its place, what only the deployment knows as unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, Shape
from iamglue.policy.source.source_text import Origin, ReadOnlyOrigin
from iamglue.readers.terraform.hcl_text import Tree, inner, name, named, span, trees
from iamglue.readers.terraform.scope import Put, Scope
from iamglue.readers.terraform.templates import PieceKind, hole, is_traversal, pieces, shown, unescaped

# Functions that give the values of their lists, in another order or fewer of them.
_SAME_VALUES = frozenset({"toset", "tolist", "tomap", "compact", "distinct", "sort", "flatten", "reverse", "sensitive"})


class Values:
    """Reads expressions of one text."""

    def __init__(self, origin: Origin, scope: Scope) -> None:
        self.origin = origin
        self.scope = scope

    def value(self, tree: Tree) -> Node:
        """The node of an expression."""
        tree = inner(tree)
        start, _ = span(tree)
        with self.scope.deeper(self.origin, start):
            return self._value(tree)

    def _value(self, tree: Tree) -> Node:
        match tree.data:
            case "string":
                found = self._string(tree)
            case "heredoc_template" | "heredoc_template_trim":
                found = self._heredoc(tree)
            case "int_lit" | "float_lit" | "literal_value":
                found = Node(Shape.SCALAR, self.origin, *span(tree), self._source(tree), plain=True)
            case "tuple":
                items = (as_item(self.value(each)) for each in trees(tree))
                found = Node(Shape.LIST, self.origin, *span(tree), items=tuple(items))
            case "object":
                found = self._object(tree)
            case "conditional":
                found = self._either(tree, [self.value(each) for each in trees(tree)[1:]])
            case "function_call":
                found = self._call(tree)
            case _:
                found = self._named(tree)
        return found

    def _source(self, tree: Tree) -> str:
        start, end = span(tree)
        return self.origin.text[start:end].strip()

    def unknown(self, tree: Tree) -> Node:
        """A value that is not known before deployment."""
        return Node(Shape.UNKNOWN, self.origin, *span(tree), text=shown(self._source(tree)))

    def _named(self, tree: Tree) -> Node:
        source = self._source(tree)
        found = self.scope.local(source)
        if found is not None:
            return found
        text = self.scope.text(source)
        return self.unknown(tree) if text is None else made(self.origin, text, *span(tree))

    def _string(self, tree: Tree) -> Node:
        parts = named(tree, "string_part")
        if len(parts) == 1 and named(parts[0], "interpolation"):
            only = self.value(trees(named(parts[0], "interpolation")[0])[0])
            return replace(only, start=span(tree)[0], end=span(tree)[1]) if only.shape is Shape.UNKNOWN else only
        start, end = span(tree)
        return templated(self.origin, (start, end), (start + 1, end - 1), self.scope, quoted=True)

    def _heredoc(self, tree: Tree) -> Node:
        start, end = span(tree)
        text = self.origin.text
        end = text.rfind("\n", start, end) if text.endswith("\n", start, end) else end  # the line's end is not its
        body = text.find("\n", start, end) + 1
        stop = max(body, text.rfind("\n", start, end) + 1)
        return templated(self.origin, (start, end), (body, stop), self.scope, quoted=False)

    def _object(self, tree: Tree) -> Node:
        pairs: list[tuple[Node, Node]] = []
        for element in named(tree, "object_elem"):
            of, *values = trees(element)
            key = self._key(of)
            pairs.append((key, as_element(self.value(values[-1]))))
        self._check_keys(pairs)
        start, end = span(tree)
        return Node(Shape.MAP, self.origin, start, end, pairs=tuple(pairs))

    def _key(self, tree: Tree) -> Node:
        found = inner(tree)
        if found.data in ("identifier", "keyword", "literal_value", "object_elem_key"):
            return Node(Shape.SCALAR, self.origin, *span(found), self._source(found), plain=True)
        node = self.value(found)
        if node.shape is Shape.SCALAR:
            return node
        return Node(Shape.SCALAR, self.origin, *span(found), hole(self._source(found)), holes=True)

    def _check_keys(self, pairs: Iterable[tuple[Node, Node]]) -> None:
        seen: dict[str, Node] = {}
        for key, _ in pairs:
            first = seen.setdefault(key.text, key)
            if first is not key and not key.holes:
                message = f"the key `{key.text}` stands here twice; the first is on line {first.line}"
                self.scope.problems.append(IamglueError(message, location=key.location))

    def _call(self, tree: Tree) -> Node:
        function = name(tree)
        lists = named(tree, "arguments")
        arguments = [self.value(each) for each in (trees(lists[0]) if lists else ())]
        if function == "jsonencode" and len(arguments) == 1:
            return arguments[0]
        if function == "concat" or (function in ("setunion", "coalescelist") and arguments):
            return self._joined(tree, arguments)
        if function in _SAME_VALUES and len(arguments) == 1 and arguments[0].shape is Shape.LIST:
            return self._joined(tree, map(_as_list, arguments[0].items)) if function == "flatten" else arguments[0]
        if function == "format" and arguments:
            return self._formatted(tree, arguments)
        return self.unknown(tree)

    def _formatted(self, tree: Tree, arguments: Sequence[Node]) -> Node:
        first, *others = arguments
        parts = first.text.split("%s")
        if first.shape is not Shape.SCALAR or len(parts) != len(others) + 1 or "%" in "".join(parts):
            return self.unknown(tree)
        texts = [each.text if each.shape is Shape.SCALAR else hole(each.text) for each in others]
        text = parts[0] + "".join(a + b for a, b in zip(texts, parts[1:], strict=True))
        if not self.scope.budget.fits(len(text)):
            return self.unknown(tree)
        holes = any(each.holes or each.shape is not Shape.SCALAR for each in arguments)
        return replace(made(self.origin, text, *span(tree)), holes=holes)

    def _either(self, tree: Tree, branches: Sequence[Node]) -> Node:
        """Lists that are taken or not: what is literal in them, and a part that is not known."""
        if not any(each.shape is Shape.LIST for each in branches):
            return self.unknown(tree)
        found = self._joined(tree, branches)
        return replace(found, items=(*found.items, self.unknown(tree)))

    def _joined(self, tree: Tree, lists: Iterable[Node]) -> Node:
        items: list[Node] = []
        for each in lists:
            items += each.items if each.shape is Shape.LIST else (each,)
        return gathered(self.origin, span(tree), items)


def gathered(origin: Origin, place: tuple[int, int], items: Iterable[Node]) -> Node:
    """A list whose items stand in several places, so that none can be cut out of it."""
    return Node(Shape.LIST, ReadOnlyOrigin(origin), *place, items=tuple(items))


def made(origin: Origin, text: str, start: int, end: int, *, holes: bool = False) -> Node:
    """A scalar whose text does not stand at its place letter for letter, so that it cannot be rewritten."""
    return Node(Shape.SCALAR, ReadOnlyOrigin(origin), start, end, text, holes=holes)


def templated(
    origin: Origin,
    place: tuple[int, int],
    body: tuple[int, int],
    scope: Scope,
    *,
    quoted: bool,
    text: str | None = None,
) -> Node:
    """The scalar at `place` whose template stands in `body`, or is `text`."""
    found = list(pieces(origin.text, *body)) if text is None else list(pieces(text))
    if any(each.kind is PieceKind.DIRECTIVE for each in found):
        return Node(Shape.UNKNOWN, origin, *place, text="a template with directives")
    only = [each for each in found if each.kind is PieceKind.EXPRESSION]
    if len(only) == 1 and not "".join(each.text for each in found if each is not only[0]).strip() and not quoted:
        return Node(Shape.UNKNOWN, origin, *place, text=shown(only[0].text))
    written, length, holes, put = "", 0, False, False
    for each in found:
        if each.kind is PieceKind.LITERAL:
            written += unescaped(each.text) if quoted else each.text
            continue
        value = scope.put(each.text)
        length += len(value.text)
        if value.known and not scope.budget.fits(length):
            value = Put(hole(each.text))
        written += value.text
        holes, put = holes or not value.known, put or value.known
    if put and (quoted or text is not None):
        return made(origin, written, *place, holes=holes)
    return Node(Shape.SCALAR, origin, *place, written, holes=holes)


def as_item(node: Node) -> Node:
    """An item of a list: what only names something is one text that is not known."""
    if node.shape is Shape.UNKNOWN and is_traversal(node.text):
        return replace(node, shape=Shape.SCALAR, text=hole(node.text), holes=True)
    return node


def _as_list(node: Node) -> Node:
    """An item of a list of lists: what only names something is not known to be one text."""
    written = node.origin.text[node.start : node.end]
    return (
        replace(node, shape=Shape.UNKNOWN, text=written, holes=False) if node.holes and is_traversal(written) else node
    )


def as_element(node: Node) -> Node:
    """A value of a map: an ARN is one text; any other name may stand for a list as well."""
    return as_item(node) if node.text.endswith(".arn") else node


def from_json(node: Node, scope: Scope) -> Node:
    """A value of a .tf.json file: its texts are templates."""
    with scope.deeper(node.origin, node.start):
        if node.shape is Shape.LIST:
            return replace(node, items=tuple(as_item(from_json(each, scope)) for each in node.items))
        if node.shape is Shape.MAP:
            pairs = [(from_json(key, scope), as_element(from_json(value, scope))) for key, value in node.pairs]
            return replace(node, pairs=tuple(pairs))
        return _json_scalar(node, scope)


def _json_scalar(node: Node, scope: Scope) -> Node:
    if node.plain or ("${" not in node.text and "%{" not in node.text):
        return node
    place = (node.start, node.end)
    found = templated(node.origin, place, place, scope, quoted=False, text=node.text)
    return _followed(found, scope) if found.shape is Shape.UNKNOWN else found


def _followed(node: Node, scope: Scope) -> Node:
    known = scope.local(node.text)
    if known is not None:
        return known
    text = scope.text(node.text)
    return node if text is None else made(node.origin, text, node.start, node.end)
