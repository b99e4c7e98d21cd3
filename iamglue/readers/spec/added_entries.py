"""Adds entries to the lists of a spec's text; comments, quotes and layout of the rest are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from iamglue.errors import IamglueError
from iamglue.policy.source.edits import Edit, apply_edits
from iamglue.policy.source.nodes import Node
from iamglue.policy.source.yaml_reader import read_single_document
from iamglue.readers.spec.reader import parse_spec

_INDENT = "  "


def with_added_entries(
    text: str, path: str, function: str, entries: Mapping[str, Iterable[tuple[str, Mapping[str, Any]]]]
) -> str:
    """The text with entries at the end of their lists: of each the lines of a list item, and the value in JSON terms.

    Raises IamglueError if the text is no valid spec, before or after.
    """
    parse_spec(text, path)
    root = read_single_document(text, path).documents[0]
    functions = root.get("functions")
    body = (functions.get(function) if functions is not None else None) or root
    edits = [edit for name, items in entries.items() if (edit := _list_edit(body, name, tuple(items)))]
    result = apply_edits(text.removeprefix("\ufeff"), _joined(edits))
    try:
        parse_spec(result, path)
    except IamglueError as error:
        raise IamglueError(
            f"the entries cannot be added to the spec: {error.message}",
            hint="add them by hand",
            location=error.location or body.location,
        ) from error
    return result


def _joined(edits: Iterable[Edit]) -> set[Edit]:
    """The edits, those at one place as one, in their order."""
    by_place: dict[tuple[int, int], str] = {}
    for edit in edits:
        key = (edit.start, edit.end)
        by_place[key] = by_place.get(key, "") + edit.text
    return {Edit(start, end, text) for (start, end), text in by_place.items()}


def _list_edit(body: Node, name: str, items: tuple[tuple[str, Mapping[str, Any]], ...]) -> Edit | None:
    if not items:
        return None
    pair = next(((key, value) for key, value in body.pairs if key.text == name), None)
    if pair is None:
        indent = " " * (body.pairs[0][0].column - 1)
        lines = [f"{name}:", *(f"{_INDENT}{line}" for item, _ in items for line in item.splitlines())]
        return _after(body.pairs[-1][1], indent, lines)
    value = pair[1]
    if value.items and value.source.text[value.start] != "[":
        lines = [line for item, _ in items for line in item.splitlines()]
        return _after(value.items[-1], _dash_indent(value.items[-1]), lines)
    if value.items:
        at = value.source.file_offset(value.items[-1].end)
        return Edit(at, at, "".join(f", {json.dumps(data)}" for _, data in items))
    start, end = value.source.file_offset(value.start), value.source.file_offset(value.end)
    return Edit(start, end, json.dumps([data for _, data in items]))


def _after(node: Node, indent: str, lines: list[str]) -> Edit:
    """Insert lines below the last line of a node."""
    text = node.source.text
    end = max(node.start, node.end)
    while end > node.start and text[end - 1].isspace():
        end -= 1
    newline = text.find("\n", end)
    at = len(text) if newline < 0 else newline
    written = "".join(f"\n{indent}{line}" for line in lines)
    offset = node.source.file_offset(at)
    return Edit(offset, offset, written)


def _dash_indent(item: Node) -> str:
    """The white space before the dash of a list's item."""
    text = item.source.text
    dash = text.rindex("-", 0, item.start)
    line = text.rfind("\n", 0, dash) + 1
    return " " * (dash - line)
