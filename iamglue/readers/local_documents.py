"""Documents that a file names by a path beside it: included parts, and templates of nested stacks."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.text_files import may_read_files, read_text
from iamglue.policy.document import is_json
from iamglue.policy.source.json_reader import read_json
from iamglue.policy.source.merge_keys import read_yaml_with_merge_keys
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.read_only_sources import ReadOnlySources

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_MAX_SIZE = 1024 * 1024


def local_path(beside: str, location: str) -> str | None:
    """The path of a file that is named relative to another one; None for a URL, and if there is no such file."""
    if not location or _URL.match(location) or "${" in location or "\0" in location or Path(location).is_absolute():
        return None
    path = Path(beside).parent / location
    try:
        return str(path) if may_read_files() and path.is_file() else None
    except OSError:  # a part of the path is too long, or must not be read
        return None


def read_local_document(beside: str, location: str, *, of_any_kind: bool = False) -> Node | None:
    """The first JSON or YAML document of a file that is named relative to another one; None if it cannot be read.

    Unless it may be `of_any_kind`, it must be a map.
    """
    path = local_path(beside, location)
    if path is None:
        return None
    try:
        text = read_text(path)
        reading = read_json(text, path, _MAX_SIZE) if is_json(text, path) else read_yaml_with_merge_keys(text, path)
    except IamglueError:
        return None
    document = reading.documents[0] if reading.documents else None
    return document if document is not None and (of_any_kind or document.kind is NodeKind.MAP) else None


def read_only_copy(node: Node) -> Node:
    """A copy that no fix edits: it is part of another file, or stands in several places."""
    return _copy(node, ReadOnlySources())


def _copy(node: Node, sources: ReadOnlySources) -> Node:
    """The copy of a node and its parts."""
    return replace(
        node,
        source=sources.of(node.source),
        items=tuple(_copy(item, sources) for item in node.items),
        pairs=tuple((_copy(key, sources), _copy(value, sources)) for key, value in node.pairs),
    )
