"""The texts of strings, and the keys of objects and classes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iamglue.infer.code.javascript.lowering import Lowering, named
from iamglue.infer.code.javascript.syntax import Expression

if TYPE_CHECKING:
    from tree_sitter import Node

# https://tc39.es/ecma262/#prod-SingleEscapeCharacter
_SINGLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_NUMBERED = re.compile(r"u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})")


def string_text(lowering: Lowering, node: Node) -> str:
    """The text of a string literal."""
    parts = node.named_children
    return "".join(fragment_text(lowering, part) for part in parts)


def fragment_text(lowering: Lowering, node: Node) -> str:
    """The text of a part of a string or template: as written, or an escape sequence."""
    text = lowering.text(node)
    if node.type != "escape_sequence":
        return text
    written = text[1:]
    number = _NUMBERED.fullmatch(written)
    if number is None:
        return _SINGLE.get(written, written)
    code = int(number[1] or number[2] or number[3], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"


def property_key(lowering: Lowering, node: Node) -> str | Expression:
    """The key of a property: its name, or an expression in brackets."""
    if node.type == "string":
        return string_text(lowering, node)
    if node.type == "computed_property_name":
        inner = named(node)
        if inner and inner[0].type == "string":
            return string_text(lowering, inner[0])
        return lowering.expression(inner[0] if inner else None)
    return lowering.text(node)
