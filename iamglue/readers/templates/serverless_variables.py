"""Resolves the variables of a serverless.yml whose values are in the file itself, or in files beside it.

Options, stages, environment variables and values in AWS are not known before deployment, also if they have a default:
a command line can set them. Variables with such a value stay as they are.

https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

import re
from dataclasses import replace

from iamglue.policy.source.nodes import MAX_VALUES, Node, NodeKind
from iamglue.readers.local_documents import read_local_document, read_only_copy
from iamglue.readers.read_only_sources import ReadOnlySources
from iamglue.readers.templates.text_substitution import find_references, is_single_variable

_SELF = re.compile(r"self:([A-Za-z0-9_.-]+)")
_FILE = re.compile(r"file\(([^()$]+)\)(?::([A-Za-z0-9_.-]+))?")
# Values of these addresses can be overridden on the command line.
_OPTIONS = frozenset({"provider.stage", "provider.region", "provider.profile"})
_MAX_DEPTH, _MAX_FILES = 100, 50


def resolve_serverless_variables(root: Node) -> Node:
    """The document with its known variables resolved; the same node if it has none."""
    return root if "${" not in root.source.text else _VariableResolver(root).resolve(root)


class _VariableResolver:
    """Resolves the variables of one file. Values that come from elsewhere are copies that no fix edits."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._files: dict[str, Node | None] = {}
        self._remaining = MAX_VALUES
        self._read_only = ReadOnlySources().of

    def resolve(self, node: Node, depth: int = 0) -> Node:
        """The node with the variables in it resolved."""
        if depth > _MAX_DEPTH:
            return node
        if node.kind is NodeKind.SCALAR:
            return self._resolve_text(node, depth) if "${" in node.text else node
        items = tuple(self.resolve(item, depth + 1) for item in node.items)
        pairs = tuple((key, self.resolve(value, depth + 1)) for key, value in node.pairs)
        unchanged = all(item is old for item, old in zip(items, node.items, strict=True)) and all(
            value is old for (_, value), (_, old) in zip(pairs, node.pairs, strict=True)
        )
        return node if unchanged else replace(node, items=items, pairs=pairs)

    def _resolve_text(self, node: Node, depth: int) -> Node:
        """The value of a single variable, of any kind, or the text with the known texts of its variables."""
        if is_single_variable(node.text):
            value = self._value(node, node.text[2:-1].strip(), depth)
            return node if value is None else value
        pieces: list[str] = []
        offset = 0
        for reference in find_references(node.text):
            value = self._value(node, reference.name.strip(), depth) if reference.preceding_character == "$" else None
            if value is not None and value.kind is NodeKind.SCALAR and value.tag is None:
                pieces += (node.text[offset : reference.start], value.text)
                offset = reference.end
        if not pieces:
            return node
        return replace(node, text="".join([*pieces, node.text[offset:]]), source=self._read_only(node.source))

    def _value(self, variable: Node, expression: str, depth: int) -> Node | None:
        """The value of a variable: of its first address that exists; None if that is not known."""
        for address in expression.split(","):
            own, file = _SELF.fullmatch(address.strip()), _FILE.fullmatch(address.strip())
            if own is not None and own[1] not in _OPTIONS:
                value = _node_at(self._root, own[1])
            elif file is not None:
                document = self._document(variable.path, file[1].strip())
                if document is None:
                    return None
                value = _node_at(document, file[2]) if file[2] else document
            else:
                return None
            if value is not None and not value.is_null:
                self._remaining -= sum(1 for _ in value.walk())
                return self.resolve(read_only_copy(value), depth + 1) if self._remaining > 0 else None
        return None

    def _document(self, beside: str, location: str) -> Node | None:
        """The content of a file beside the one that names it; None if it cannot be read, or too many are named."""
        if location not in self._files and len(self._files) < _MAX_FILES:
            self._files[location] = read_local_document(beside, location, of_any_kind=True)
        return self._files.get(location)


def _node_at(node: Node, address: str) -> Node | None:
    """The node at a path of keys and list indexes, separated by dots."""
    current: Node | None = node
    for name in address.split("."):
        if current is None:
            return None
        is_index = name.isdecimal() and int(name) < len(current.items)
        current = current.items[int(name)] if is_index else current.get(name)
    return current
