"""The intrinsic functions of CloudFormation, carried out as far as a template tells: texts with holes, unknown values.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from iamglue.policy.source.nodes import Node, Shape
from iamglue.policy.source.source_text import Origin, ReadOnlyOrigin
from iamglue.readers.templates.template_texts import (
    Filled,
    Filling,
    framework_text,
    given_text,
    is_one_variable,
    parameter,
    plain_text,
    references,
    substituted,
)
from iamglue.readers.text_budget import TextBudget

NO_VALUE = "AWS::NoValue"
_STANDARD_TAG = "tag:yaml.org,"
_PSEUDO_LISTS = frozenset({"AWS::NotificationARNs"})
# Functions whose value is text whatever it is.
_TEXTS = frozenset({"Fn::Base64", "Fn::ToJsonString"})


def intrinsic(node: Node) -> tuple[str, Node] | None:
    """The long name of the function that a node calls, and its argument; None for a plain value."""
    if node.tag is not None and not node.tag.startswith(_STANDARD_TAG):
        name = node.tag.removeprefix("!")
        return name if name in ("Ref", "Condition") else f"Fn::{name}", replace(node, tag=None)
    if node.shape is Shape.MAP:
        for key, value in node.pairs:
            if key.text.startswith("Fn::") or (key.text == "Ref" and len(node.pairs) == 1):
                return key.text, value
    return None


def branches(node: Node) -> Iterator[Node]:
    """The values that a node may have: both branches of Fn::If, without AWS::NoValue; else the node itself."""
    found = intrinsic(node)
    if found is None or found[0] != "Fn::If" or len(found[1].items) != 3 or len(node.pairs) > 1:
        if found is None or not _is_no_value(*found):
            yield node
        return
    for branch in found[1].items[1:]:
        yield from branches(branch)


def structural_items(node: Node | None) -> Iterator[Node]:
    """The items of a list of resources' parts, Fn::If expanded; a value that is no list counts as its one item."""
    for value in branches(node) if node is not None else ():
        for item in value.items if value.shape is Shape.LIST and intrinsic(value) is None else (value,):
            yield from branches(item)


def _is_no_value(name: str, argument: Node) -> bool:
    return name == "Ref" and argument.text == NO_VALUE


class Resolver:
    """Carries out the functions in the nodes of one template. Nodes in which there is none are left as they are."""

    def __init__(
        self,
        template: Node | None = None,
        *,
        framework: bool = False,
        texts: Filling | None = None,
        budget: TextBudget | None = None,
    ) -> None:
        self._budget = budget or TextBudget()
        self._parameters = _parameters(template)
        self._framework = framework
        self._texts = texts or (framework_text if framework else plain_text)
        self._done: dict[int, tuple[Node, Node | None]] = {}
        self._origins: dict[int, Origin] = {}

    def resolved(self, node: Node) -> Node:
        """The node with its functions carried out; `Shape.UNKNOWN` where a value is not known at all."""
        found = self._value(node)
        return self._unknown(node) if found is None else found

    def text(self, node: Node | None) -> str:
        """The text of a node, with holes; empty for a value that is no text."""
        found = self._value(node) if node is not None else None
        return found.text if found is not None and found.shape is Shape.SCALAR else ""

    def of_text(self, node: Node) -> Resolver | None:
        """What resolves the texts of a document that `node`, a text or Fn::Sub, holds; None for any other node."""
        called = intrinsic(node)
        if called is None:
            return self._reader(self._texts) if node.shape is Shape.SCALAR else None
        if called[0] != "Fn::Sub" or self.raw_text(node) is None:
            return None
        named = self._named(called[1])
        return self._reader(lambda text: self._substituted(text, named))

    def _reader(self, texts: Filling) -> Resolver:
        return Resolver(framework=self._framework, texts=texts, budget=self._budget)

    def raw_text(self, node: Node) -> Node | None:
        """The text of a scalar, or the one that Fn::Sub is given, as it is written."""
        called = intrinsic(node)
        written = node if called is None else called[1] if called[0] == "Fn::Sub" else None
        if written is not None and written.shape is Shape.LIST and written.items:
            written = written.items[0]
        return written if written is not None and written.shape is Shape.SCALAR else None

    def _value(self, node: Node) -> Node | None:
        """None for AWS::NoValue. The node is kept beside what it becomes, so that its id stays its own."""
        if id(node) not in self._done:
            self._done[id(node)] = node, self._made(node)
        found = self._done[id(node)][1]
        if found is None or found is node or found.shape is not Shape.SCALAR or self._budget.takes(len(found.text)):
            return found
        return self._unknown(node)

    def _made(self, node: Node) -> Node | None:
        called = intrinsic(node)
        if called is not None:
            return self._called(node, *called)
        match node.shape:
            case Shape.SCALAR:
                return self._scalar(node)
            case Shape.LIST:
                return self._list(node)
            case Shape.MAP:
                return self._map(node)
        return node

    def _scalar(self, node: Node) -> Node:
        if is_one_variable(node.text):
            return self._unknown(node, node.text)
        return self._filled(node)

    def _filled(self, node: Node) -> Node:
        text, unknown = self._texts(node.text) if "{" in node.text else (node.text, False)
        if text == node.text and not unknown:
            return node if node.tag is None else replace(node, tag=None)
        return replace(node, text=text, holes=unknown, plain=False, tag=None, origin=self._read_only(node.origin))

    def _list(self, node: Node) -> Node:
        items: list[Node] = []
        moved = False
        for item in node.items:
            written = list(branches(item))
            moved = moved or len(written) != 1 or written[0] is not item
            items += [value for branch in written if (value := self._value(branch)) is not None]
        if len(items) == len(node.items) and all(map(_is, items, node.items)):
            return node
        return replace(node, items=tuple(items), origin=self._read_only(node.origin) if moved else node.origin)

    def _map(self, node: Node) -> Node:
        pairs = [(self._filled(key), value) for key, of in node.pairs if (value := self._value(of)) is not None]
        if len(pairs) == len(node.pairs) and all(
            key is old and value is of for (key, value), (old, of) in zip(pairs, node.pairs, strict=True)
        ):
            return node
        dropped = len(pairs) != len(node.pairs)
        return replace(node, pairs=tuple(pairs), origin=self._read_only(node.origin) if dropped else node.origin)

    def _called(self, node: Node, name: str, argument: Node) -> Node | None:
        if _is_no_value(name, argument):
            return None
        if len(node.pairs) > 1 and node.tag is None:
            return self._unknown(node)
        if name == "Fn::Sub":
            written = argument.items[0] if argument.shape is Shape.LIST and argument.items else argument
            if written.shape is not Shape.SCALAR or intrinsic(written) is not None:
                return self._unknown(node)
            text, unknown = self._substituted(written.text, self._named(argument))
            return self._text_node(node, text, holes=unknown and given_text(text)[1])
        made = self._function(name, argument)
        return self._unknown(node) if made is None else self._text_node(node, made, holes=given_text(made)[1])

    def _function(self, name: str, argument: Node) -> str | None:
        """The text that a function gives; None where its value is not known to be text."""
        readers: dict[str, Callable[[Node], str | None]] = {
            "Ref": self._referenced,
            "Fn::GetAtt": self._attribute,
            "Fn::Join": self._joined,
            "Fn::Select": self._selected,
            "Fn::ImportValue": lambda of: parameter(self.text(of) or "Imported"),
            "Fn::FindInMap": lambda of: parameter("".join(map(self.text, of.items[:3]))) if of.items else None,
        }
        if name in readers:
            return readers[name](argument)
        return parameter(name) if name in _TEXTS else None

    def _referenced(self, argument: Node) -> str | None:
        name = argument.text
        if argument.shape is not Shape.SCALAR or not name or name in self._parameters or name in _PSEUDO_LISTS:
            return None
        return f"${{{name}}}" if name.startswith("AWS::") else parameter(name)

    def _attribute(self, argument: Node) -> str | None:
        parts = argument.items or (argument,)
        return parameter("".join(self.text(part) for part in parts)) if argument.shape is not Shape.MAP else None

    def _substituted(self, text: str, named: dict[str, str]) -> Filled:
        """The text of Fn::Sub; its own values stay parameters where they would make it too long."""
        length = sum(len(named.get(each.name.strip(), "")) for each in references(text)) if named else 0
        given = named if self._budget.fits(length) and self._budget.takes(length) else {}
        return substituted(text, given, framework=self._framework)

    def _named(self, argument: Node) -> dict[str, str]:
        given = argument.items[1] if len(argument.items) > 1 else None
        return {key.text: self._piece(value) for key, value in given.pairs} if given is not None else {}

    def _piece(self, node: Node) -> str:
        """A value as part of a text: a parameter where it is no text."""
        found = self._value(node)
        if found is None:
            return ""
        return found.text if found.shape is Shape.SCALAR else parameter(found.text or _described(node))

    def _joined(self, argument: Node) -> str | None:
        if len(argument.items) != 2 or argument.shape is not Shape.LIST:
            return None
        delimiter, parts = argument.items
        if parts.shape is not Shape.LIST or intrinsic(parts) is not None or delimiter.shape is not Shape.SCALAR:
            return self._piece(parts)
        texts = list(map(self._piece, parts.items))
        length = sum(map(len, texts)) + len(delimiter.text) * len(texts)
        return delimiter.text.join(texts) if self._budget.fits(length) else None

    def _selected(self, argument: Node) -> str | None:
        if len(argument.items) != 2:
            return None
        index, parts = argument.items
        if parts.shape is Shape.LIST and intrinsic(parts) is None and index.text.isdecimal() and len(index.text) < 4:
            at = int(index.text)
            return self._piece(parts.items[at]) if at < len(parts.items) else None
        return parameter(f"Select{_described(parts)}")

    def _text_node(self, node: Node, text: str, *, holes: bool) -> Node:
        return Node(Shape.SCALAR, self._read_only(node.origin), node.start, node.end, text, holes=holes)

    def _unknown(self, node: Node, text: str = "") -> Node:
        return Node(Shape.UNKNOWN, self._read_only(node.origin), node.start, node.end, text or _described(node))

    def _read_only(self, origin: Origin) -> Origin:
        if isinstance(origin, ReadOnlyOrigin):
            return origin
        return self._origins.setdefault(id(origin), ReadOnlyOrigin(origin))


def _is(this: Node, that: Node) -> bool:
    return this is that


def _described(node: Node) -> str:
    """A function in a few words: `!Ref Names`."""
    called = intrinsic(node)
    if called is None:
        return node.text[:60]
    name, argument = called
    return f"!{name.removeprefix('Fn::')} {_first_text(argument)[:60]}".rstrip()


def _first_text(node: Node) -> str:
    if node.shape is Shape.SCALAR:
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
