"""Expands what a template computes from literal values, Fn::ForEach and Fn::FindInMap, and includes its local files.

Results are in the tree where CloudFormation would put them, with the location of what they come from; fixes cannot edit
them. What depends on a value that only the deployment knows stays a function call.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
"""

from __future__ import annotations

import re
from dataclasses import replace
from operator import is_

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import MAX_VALUES, Node, NodeKind
from iamglue.readers.local_documents import read_local_document, read_only_copy
from iamglue.readers.read_only_sources import ReadOnlySources
from iamglue.readers.templates.condition_expressions import membership_condition
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic, referenced_parameter, written_call
from iamglue.readers.templates.reference_values import set_option_values

_LOOP, _TRANSFORM, _INCLUDE = "Fn::ForEach", "Fn::Transform", "AWS::Include"
_NOT_ALPHANUMERIC = re.compile("[^0-9A-Za-z]+")
# More alternatives of one value would make the policies that they are in too many.
_MAX_ALTERNATIVES = 32
_MAX_DEPTH, _MAX_INCLUDED_FILES = 200, 50


def expand_template(root: Node, settings: ParameterValues) -> Node:
    """The template with its loops and look-ups expanded; the same node if it has none."""
    text = root.source.text
    if not any(word in text for word in (_LOOP, "FindInMap", _INCLUDE)):
        return root
    return _TemplateExpander(root, set_option_values(settings)).expand(root)


class _TemplateExpander:
    """Expands one template. `settings` are the known values of parameters and pseudo parameters."""

    def __init__(self, root: Node, settings: dict[str, str]) -> None:
        self._mappings = root.get("Mappings")
        self._settings = settings
        self._remaining = MAX_VALUES
        self._remaining_files = _MAX_INCLUDED_FILES
        self._read_only = ReadOnlySources().of

    def expand(self, node: Node, depth: int = 0) -> Node:
        """The node with everything in it expanded."""
        if depth > _MAX_DEPTH:
            return node
        if node.kind is NodeKind.LIST:
            items = tuple(self.expand(item, depth + 1) for item in node.items)
            node = node if all(map(is_, items, node.items)) else replace(node, items=items)
        elif node.kind is NodeKind.MAP:
            node = self._expand_map(node, depth)
        intrinsic = parse_intrinsic(node)
        if intrinsic is not None and intrinsic[0] == "Fn::FindInMap":
            return self._look_up(node, intrinsic[1])
        return node

    def _expand_map(self, node: Node, depth: int) -> Node:
        """The map with the pairs of loops and inclusions in place of the keys that make them."""
        pairs: list[tuple[Node, Node]] = []
        for key, value in node.pairs:
            generated = self._generated_pairs(key.text, value, depth)
            if generated is None:
                pairs.append((key, self.expand(value, depth + 1)))
            else:
                pairs += self._expand_map(replace(node, pairs=tuple(generated)), depth + 1).pairs
        is_same = len(pairs) == len(node.pairs) and all(
            key is old and value is child for (key, value), (old, child) in zip(pairs, node.pairs, strict=True)
        )
        return node if is_same else replace(node, pairs=tuple(pairs))

    def _generated_pairs(self, key: str, value: Node, depth: int) -> list[tuple[Node, Node]] | None:
        """The pairs that a loop or an inclusion makes; None for other keys, and if they are not known."""
        if depth > _MAX_DEPTH:
            return None
        if key.startswith(f"{_LOOP}::"):
            return self._loop_pairs(value)
        return self._included_pairs(value) if key in (_TRANSFORM, "Transform") else None

    def _included_pairs(self, transform: Node) -> list[tuple[Node, Node]] | None:
        """The pairs of a local file that AWS::Include includes; None for other transforms, and if it cannot be read."""
        name, parameters = transform.get("Name"), transform.get("Parameters")
        location = parameters.get("Location") if parameters is not None else None
        text = self._literal(location) if location is not None else None
        if name is None or name.text != _INCLUDE or not text or self._remaining_files == 0:
            return None
        self._remaining_files -= 1
        document = read_local_document(transform.path, text)
        return None if document is None else list(read_only_copy(document).pairs)

    def _loop_pairs(self, loop: Node) -> list[tuple[Node, Node]] | None:
        """The pairs that a loop makes; None if its list is not known."""
        if len(loop.items) != 3:
            return None
        identifier, collection, body = loop.items
        values = self._collection(collection)
        if values is None or not identifier.text or body.kind is not NodeKind.MAP:
            return None
        size = len(values) * sum(1 for _ in body.walk())
        if size > self._remaining:
            return None
        self._remaining -= size
        return [pair for value in values for pair in self._iteration(body, identifier.text, value).pairs]

    def _collection(self, collection: Node) -> list[str] | None:
        """The values of a loop's list, or of a parameter that is set; None if they are not known."""
        collection = self.expand(collection)
        intrinsic = parse_intrinsic(collection)
        if intrinsic is not None and intrinsic[0] == "Ref" and intrinsic[1].text in self._settings:
            return [value.strip() for value in self._settings[intrinsic[1].text].split(",")]
        if intrinsic is not None or collection.kind is not NodeKind.LIST:
            return None
        values = [self._literal(item) for item in collection.items]
        return None if None in values else [value for value in values if value is not None]

    def _literal(self, node: Node) -> str | None:
        """The text of a literal, or of a reference to a parameter that is set; None for any other value."""
        node = self.expand(node)
        intrinsic = parse_intrinsic(node)
        if intrinsic is not None:
            return self._settings.get(intrinsic[1].text) if intrinsic[0] == "Ref" else None
        return node.text if node.kind is NodeKind.SCALAR else None

    def _iteration(self, node: Node, identifier: str, value: str) -> Node:
        """The body of a loop with one value; every node is a copy, because each iteration has its own values."""
        intrinsic = parse_intrinsic(node)
        if intrinsic is not None and intrinsic[0] == "Ref" and intrinsic[1].text == identifier:
            return Node(NodeKind.SCALAR, self._read_only(node.source), node.start, node.end, value)
        text = node.text
        if "{" in text:
            text = text.replace(f"${{{identifier}}}", value)
            text = text.replace(f"&{{{identifier}}}", _NOT_ALPHANUMERIC.sub("", value))
        return replace(
            node,
            text=text,
            source=self._read_only(node.source),
            items=tuple(self._iteration(item, identifier, value) for item in node.items),
            pairs=tuple(
                (self._iteration(key, identifier, value), self._iteration(child, identifier, value))
                for key, child in node.pairs
            ),
        )

    def _look_up(self, call: Node, argument: Node) -> Node:
        """The value of Fn::FindInMap; Fn::If with each possible value if there are several; else the call."""
        values = self._possible_values(argument) if len(argument.items) in (3, 4) else {}
        if not 0 < len(values) <= _MAX_ALTERNATIVES:
            return call
        (*_, (last, _)) = values.values()
        result = self._with_location(last, call)
        subject = self._unknown_key(argument) or written_call("Fn::FindInMap", argument)
        for value, keys in reversed(list(values.values())[:-1]):
            condition = membership_condition(subject, keys)
            result = self._alternative(call, condition, self._with_location(value, call), result)
        return result

    def _unknown_key(self, argument: Node) -> str:
        """The name of the parameter that is a look-up's only unknown key; empty if there is no such parameter."""
        unknown = [item for item in argument.items[1:3] if self._literal(item) is None]
        return referenced_parameter(unknown[0]) if len(unknown) == 1 else ""

    def _possible_values(self, argument: Node) -> dict[object, tuple[Node, list[str]]]:
        """The different values that a look-up can have, each with the unknown keys that lead to it."""
        keys = [self._literal(item) for item in argument.items[:3]]
        if keys[0] is None or self._mappings is None:
            return {}
        start = self._mappings.get(keys[0])
        level = [(start, "")] if start is not None else []
        is_complete = bool(level)
        for key in keys[1:]:
            children = [
                (child, path if key is not None else f"{path}/{name.text}".removeprefix("/"))
                for node, path in level
                for name, child in node.pairs
                if key is None or name.text == key
            ]
            is_complete = is_complete and key is not None and len(children) == len(level)
            level = children
        options = argument.items[3] if len(argument.items) == 4 else None
        default = options.get("DefaultValue") if options is not None else None
        if default is not None and not is_complete:
            level.append((default, ""))
        values: dict[object, tuple[Node, list[str]]] = {}
        for node, path in level:
            values.setdefault(_content(node), (node, []))[1].append(path)
        return values

    def _with_location(self, value: Node, call: Node) -> Node:
        """A value with the location of the call, for a text; a list or map keeps its own, for the texts in it."""
        source = self._read_only(value.source if value.kind is not NodeKind.SCALAR else call.source)
        if value.kind is NodeKind.SCALAR:
            return replace(value, source=source, start=call.start, end=call.end)
        return read_only_copy(value)

    def _alternative(self, call: Node, condition: str, value: Node, other: Node) -> Node:
        """The node of an Fn::If that chooses between two values of a look-up."""
        source = self._read_only(call.source)
        span = (source, call.start, call.end)
        branches = Node(NodeKind.LIST, *span, items=(Node(NodeKind.SCALAR, *span, condition), value, other))
        return Node(NodeKind.MAP, *span, pairs=((Node(NodeKind.SCALAR, *span, "Fn::If"), branches),))


def _content(node: Node) -> object:
    """What a node says, without its location, for comparison."""
    pairs = tuple((key.text, _content(value)) for key, value in node.pairs)
    return (
        node.kind,
        node.tag,
        node.text if node.kind is NodeKind.SCALAR else "",
        tuple(map(_content, node.items)),
        pairs,
    )
