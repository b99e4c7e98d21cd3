"""The intrinsic functions of CloudFormation, carried out as far as a template tells: texts with holes, unknown values.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import ReadOnlySourceText, SourceText
from iamglue.readers.templates.text_substitution import (
    ResolvedText,
    TextResolver,
    find_references,
    is_single_variable,
    parameter_reference,
    resolve_framework_text,
    resolve_function_text,
    resolve_plain_text,
    resolve_sub_text,
)
from iamglue.readers.text_budget import TextBudget

NO_VALUE = "AWS::NoValue"
_STANDARD_TAG = "tag:yaml.org,"
_PSEUDO_LISTS = frozenset({"AWS::NotificationARNs"})
# Functions whose value is text whatever it is.
_TEXTS = frozenset({"Fn::Base64", "Fn::ToJsonString"})


def parse_intrinsic(node: Node) -> tuple[str, Node] | None:
    """The long name of the function that a node calls, and its argument; None for a plain value."""
    if node.tag is not None and not node.tag.startswith(_STANDARD_TAG):
        name = node.tag.removeprefix("!")
        return name if name in ("Ref", "Condition") else f"Fn::{name}", replace(node, tag=None)
    if node.kind is NodeKind.MAP:
        for key, value in node.pairs:
            if key.text.startswith("Fn::") or (key.text == "Ref" and len(node.pairs) == 1):
                return key.text, value
    return None


def conditional_branches(node: Node) -> Iterator[Node]:
    """The values that a node may have: both branches of Fn::If, without AWS::NoValue; else the node itself."""
    found = parse_intrinsic(node)
    if found is None or found[0] != "Fn::If" or len(found[1].items) != 3 or len(node.pairs) > 1:
        if found is None or not _is_no_value(*found):
            yield node
        return
    for branch in found[1].items[1:]:
        yield from conditional_branches(branch)


def expanded_items(node: Node | None) -> Iterator[Node]:
    """The items of a list of resources' parts, Fn::If expanded; a value that is no list counts as its one item."""
    for value in conditional_branches(node) if node is not None else ():
        for item in value.items if value.kind is NodeKind.LIST and parse_intrinsic(value) is None else (value,):
            yield from conditional_branches(item)


def _is_no_value(name: str, argument: Node) -> bool:
    return name == "Ref" and argument.text == NO_VALUE


class IntrinsicResolver:
    """Carries out the functions in the nodes of one template. Nodes in which there is none are left as they are."""

    def __init__(
        self,
        template: Node | None = None,
        *,
        framework: bool = False,
        texts: TextResolver | None = None,
        budget: TextBudget | None = None,
    ) -> None:
        self._budget = budget or TextBudget()
        self._parameters = _parameters(template)
        self._framework = framework
        self._texts = texts or (resolve_framework_text if framework else resolve_plain_text)
        self._done: dict[int, tuple[Node, Node | None]] = {}
        self._origins: dict[int, SourceText] = {}

    def resolve(self, node: Node) -> Node:
        """The node with its functions carried out; `Shape.UNKNOWN` where a value is not known at all."""
        found = self._value(node)
        return self._unknown(node) if found is None else found

    def resolve_text(self, node: Node | None) -> str:
        """The text of a node, with holes; empty for a value that is no text."""
        found = self._value(node) if node is not None else None
        return found.text if found is not None and found.kind is NodeKind.SCALAR else ""

    def text_resolver(self, node: Node) -> IntrinsicResolver | None:
        """What resolves the texts of a document that `node`, a text or Fn::Sub, holds; None for any other node."""
        called = parse_intrinsic(node)
        if called is None:
            return self._reader(self._texts) if node.kind is NodeKind.SCALAR else None
        if called[0] != "Fn::Sub" or self.unresolved_text(node) is None:
            return None
        named = self._named(called[1])
        return self._reader(lambda text: self._substituted(text, named))

    def _reader(self, texts: TextResolver) -> IntrinsicResolver:
        return IntrinsicResolver(framework=self._framework, texts=texts, budget=self._budget)

    def unresolved_text(self, node: Node) -> Node | None:
        """The text of a scalar, or the one that Fn::Sub is given, as it is written."""
        called = parse_intrinsic(node)
        written = node if called is None else called[1] if called[0] == "Fn::Sub" else None
        if written is not None and written.kind is NodeKind.LIST and written.items:
            written = written.items[0]
        return written if written is not None and written.kind is NodeKind.SCALAR else None

    def _value(self, node: Node) -> Node | None:
        """None for AWS::NoValue. The node is kept beside what it becomes, so that its id stays its own."""
        if id(node) not in self._done:
            self._done[id(node)] = node, self._made(node)
        found = self._done[id(node)][1]
        if found is None or found is node or found.kind is not NodeKind.SCALAR or self._budget.consume(len(found.text)):
            return found
        return self._unknown(node)

    def _made(self, node: Node) -> Node | None:
        called = parse_intrinsic(node)
        if called is not None:
            return self._called(node, *called)
        match node.kind:
            case NodeKind.SCALAR:
                return self._scalar(node)
            case NodeKind.LIST:
                return self._list(node)
            case NodeKind.MAP:
                return self._map(node)
        return node

    def _scalar(self, node: Node) -> Node:
        if is_single_variable(node.text):
            return self._unknown(node, node.text)
        return self._filled(node)

    def _filled(self, node: Node) -> Node:
        text, unknown = self._texts(node.text) if "{" in node.text else (node.text, False)
        if text == node.text and not unknown:
            return node if node.tag is None else replace(node, tag=None)
        return replace(node, text=text, unresolved=unknown, plain=False, tag=None, source=self._read_only(node.source))

    def _list(self, node: Node) -> Node:
        items: list[Node] = []
        moved = False
        for item in node.items:
            written = list(conditional_branches(item))
            moved = moved or len(written) != 1 or written[0] is not item
            items += [value for branch in written if (value := self._value(branch)) is not None]
        if len(items) == len(node.items) and all(map(_is, items, node.items)):
            return node
        return replace(node, items=tuple(items), source=self._read_only(node.source) if moved else node.source)

    def _map(self, node: Node) -> Node:
        pairs = [(self._filled(key), value) for key, of in node.pairs if (value := self._value(of)) is not None]
        if len(pairs) == len(node.pairs) and all(
            key is old and value is of for (key, value), (old, of) in zip(pairs, node.pairs, strict=True)
        ):
            return node
        dropped = len(pairs) != len(node.pairs)
        return replace(node, pairs=tuple(pairs), source=self._read_only(node.source) if dropped else node.source)

    def _called(self, node: Node, name: str, argument: Node) -> Node | None:
        if _is_no_value(name, argument):
            return None
        if len(node.pairs) > 1 and node.tag is None:
            return self._unknown(node)
        if name == "Fn::Sub":
            written = argument.items[0] if argument.kind is NodeKind.LIST and argument.items else argument
            if written.kind is not NodeKind.SCALAR or parse_intrinsic(written) is not None:
                return self._unknown(node)
            text, unknown = self._substituted(written.text, self._named(argument))
            return self._text_node(node, text, holes=unknown and resolve_function_text(text)[1])
        made = self._function(name, argument)
        return (
            self._unknown(node) if made is None else self._text_node(node, made, holes=resolve_function_text(made)[1])
        )

    def _function(self, name: str, argument: Node) -> str | None:
        """The text that a function gives; None where its value is not known to be text."""
        readers: dict[str, Callable[[Node], str | None]] = {
            "Ref": self._referenced,
            "Fn::GetAtt": self._attribute,
            "Fn::Join": self._joined,
            "Fn::Select": self._selected,
            "Fn::ImportValue": lambda of: parameter_reference(self.resolve_text(of) or "Imported"),
            "Fn::FindInMap": lambda of: (
                parameter_reference("".join(map(self.resolve_text, of.items[:3]))) if of.items else None
            ),
        }
        if name in readers:
            return readers[name](argument)
        return parameter_reference(name) if name in _TEXTS else None

    def _referenced(self, argument: Node) -> str | None:
        name = argument.text
        if argument.kind is not NodeKind.SCALAR or not name or name in self._parameters or name in _PSEUDO_LISTS:
            return None
        return f"${{{name}}}" if name.startswith("AWS::") else parameter_reference(name)

    def _attribute(self, argument: Node) -> str | None:
        parts = argument.items or (argument,)
        return (
            parameter_reference("".join(self.resolve_text(part) for part in parts))
            if argument.kind is not NodeKind.MAP
            else None
        )

    def _substituted(self, text: str, named: dict[str, str]) -> ResolvedText:
        """The text of Fn::Sub; its own values stay parameters where they would make it too long."""
        length = sum(len(named.get(each.name.strip(), "")) for each in find_references(text)) if named else 0
        given = named if self._budget.fits(length) and self._budget.consume(length) else {}
        return resolve_sub_text(text, given, framework=self._framework)

    def _named(self, argument: Node) -> dict[str, str]:
        given = argument.items[1] if len(argument.items) > 1 else None
        return {key.text: self._piece(value) for key, value in given.pairs} if given is not None else {}

    def _piece(self, node: Node) -> str:
        """A value as part of a text: a parameter where it is no text."""
        found = self._value(node)
        if found is None:
            return ""
        return found.text if found.kind is NodeKind.SCALAR else parameter_reference(found.text or _described(node))

    def _joined(self, argument: Node) -> str | None:
        if len(argument.items) != 2 or argument.kind is not NodeKind.LIST:
            return None
        delimiter, parts = argument.items
        if (
            parts.kind is not NodeKind.LIST
            or parse_intrinsic(parts) is not None
            or delimiter.kind is not NodeKind.SCALAR
        ):
            return self._piece(parts)
        texts = list(map(self._piece, parts.items))
        length = sum(map(len, texts)) + len(delimiter.text) * len(texts)
        return delimiter.text.join(texts) if self._budget.fits(length) else None

    def _selected(self, argument: Node) -> str | None:
        if len(argument.items) != 2:
            return None
        index, parts = argument.items
        if (
            parts.kind is NodeKind.LIST
            and parse_intrinsic(parts) is None
            and index.text.isdecimal()
            and len(index.text) < 4
        ):
            at = int(index.text)
            return self._piece(parts.items[at]) if at < len(parts.items) else None
        return parameter_reference(f"Select{_described(parts)}")

    def _text_node(self, node: Node, text: str, *, holes: bool) -> Node:
        return Node(NodeKind.SCALAR, self._read_only(node.source), node.start, node.end, text, unresolved=holes)

    def _unknown(self, node: Node, text: str = "") -> Node:
        return Node(NodeKind.UNKNOWN, self._read_only(node.source), node.start, node.end, text or _described(node))

    def _read_only(self, origin: SourceText) -> SourceText:
        if isinstance(origin, ReadOnlySourceText):
            return origin
        return self._origins.setdefault(id(origin), ReadOnlySourceText(origin))


def _is(this: Node, that: Node) -> bool:
    return this is that


def _described(node: Node) -> str:
    """A function in a few words: `!Ref Names`."""
    called = parse_intrinsic(node)
    if called is None:
        return node.text[:60]
    name, argument = called
    return f"!{name.removeprefix('Fn::')} {_first_text(argument)[:60]}".rstrip()


def _first_text(node: Node) -> str:
    if node.kind is NodeKind.SCALAR:
        return node.text
    values = (*node.items, *(value for _, value in node.pairs))
    return next((text for each in values if (text := _first_text(each))), "")


def _parameters(template: Node | None) -> frozenset[str]:
    """The names of the template's parameters that are lists."""
    given = template.get("Parameters") if template is not None else None
    if given is None:
        return frozenset()
    kinds = ((name.text, value.get("Type")) for name, value in given.pairs)
    return frozenset(name for name, kind in kinds if kind is not None and "List" in kind.text)
