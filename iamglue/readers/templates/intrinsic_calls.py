"""Calls of intrinsic functions in the nodes of a template, and what they say where their values are not known."""

from __future__ import annotations

from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind

_STANDARD_TAG = "tag:yaml.org,"


def parse_intrinsic(node: Node) -> tuple[str, Node] | None:
    """The full name and the argument of the intrinsic function in a node; None for a plain value."""
    if node.tag is not None and not node.tag.startswith(_STANDARD_TAG):
        name = node.tag.removeprefix("!")
        return name if name in ("Ref", "Condition") else f"Fn::{name}", replace(node, tag=None)
    if node.kind is NodeKind.MAP:
        for key, value in node.pairs:
            if key.text.startswith("Fn::") or (key.text == "Ref" and len(node.pairs) == 1):
                return key.text, value
    return None


def referenced_resource(node: Node | None) -> str:
    """The logical ID that `Ref` or `Fn::GetAtt` refers to; empty for any other value."""
    name, argument = (parse_intrinsic(node) if node is not None else None) or ("", node)
    if argument is None or name not in ("Ref", "Fn::GetAtt"):
        return ""
    return (argument.items[0].text if argument.items else argument.text).partition(".")[0]


def referenced_parameter(node: Node) -> str:
    """The name that `Ref` refers to; empty for any other node."""
    intrinsic = parse_intrinsic(node)
    return intrinsic[1].text if intrinsic is not None and intrinsic[0] == "Ref" else ""


def call_expression(node: Node) -> str:
    """What a node without a known value says, for its parameter: the name of a `Ref`, otherwise the whole text."""
    intrinsic = parse_intrinsic(node)
    if intrinsic is not None and intrinsic[0] == "Ref":
        return intrinsic[1].text
    return written_call(node.text, node) if intrinsic is None else written_call(*intrinsic)


def written_call(name: str, argument: Node) -> str:
    """A function call as it is written, with its blanks joined; the short form has its name in the argument's text."""
    text = " ".join(argument.source.text[argument.start : argument.end].split())
    return text if text.startswith("!") else f"{name} {text}"


def call_text(node: Node) -> str:
    """A short form of a function call: `!Ref Names`."""
    intrinsic = parse_intrinsic(node)
    if intrinsic is None:
        return node.text[:60]
    name, argument = intrinsic
    return f"!{name.removeprefix('Fn::')} {_first_text(argument)[:60]}".rstrip()


def _first_text(node: Node) -> str:
    """The first text in a node or its parts that is not empty; empty if there is none."""
    if node.kind is NodeKind.SCALAR:
        return node.text
    values = (*node.items, *(value for _, value in node.pairs))
    return next((text for value in values if (text := _first_text(value))), "")
