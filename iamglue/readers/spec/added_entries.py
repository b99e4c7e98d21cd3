"""Adds entries to the lists of a spec's text; comments, quotes and layout of the rest are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from iamglue.errors import IamglueError, Location
from iamglue.model.spec import Spec, SpecFunction
from iamglue.policy.source.edits import Edit, apply_edits
from iamglue.policy.source.nodes import Node
from iamglue.policy.source.yaml_reader import read_single_document
from iamglue.readers.spec.reader import parse_spec

_INDENT = "  "
# A list item's lines, and its value in JSON terms.
_Item = tuple[str, Mapping[str, Any]]


def with_added_entries(text: str, path: str, function: str, entries: Mapping[str, Iterable[_Item]]) -> str:
    """The text with entries at the end of their lists: of each the lines of a list item, and the value in JSON terms.

    Raises IamglueError if the text is not a valid spec, or if nothing but these entries can be added to this function
    alone: the list may be an anchor that another function has as well.
    """
    before = parse_spec(text, path)
    root = read_single_document(text, path).documents[0]
    functions = root.get("functions")
    body = (functions.get(function) if functions is not None else None) or root
    added = {name: tuple(items) for name, items in entries.items()}
    result = apply_edits(text, _join_edits(_edits(body, added)))
    try:
        after = parse_spec(result, path)
    except IamglueError as error:
        raise _not_added(f": {error.message}", body) from error
    if not _has_only_added(before, after, function, sum(map(len, added.values()))):
        raise _not_added(" of this function alone", body)
    return result


def _not_added(reason: str, body: Node) -> IamglueError:
    """The error of entries that cannot be added; `reason` follows its message."""
    return IamglueError(
        f"the entries cannot be added to the spec{reason}", hint="add them by hand", location=body.location
    )


def _has_only_added(before: Spec, after: Spec, function: str, count: int) -> bool:
    """Whether the function has all that it had and `count` more entries, and all other functions are the same."""
    if [item.name for item in before.functions] != [item.name for item in after.functions]:
        return False
    for old, new in zip(before.functions, after.functions, strict=True):
        more = count if old.name == function else 0
        if values_without_entries(old) != values_without_entries(new) or len(new.entries) != len(old.entries) + more:
            return False
        entries = [content_of(entry) for entry in new.entries]
        if any(content_of(entry) not in entries for entry in old.entries):
            return False
    return True


def values_without_entries(function: SpecFunction) -> dict[str, Any]:
    """Everything of a function but its entries, without locations, for comparison."""
    names = {field.name for field in fields(function)} - {"entries"}
    return {name: content_of(getattr(function, name)) for name in names}


def content_of(value: Any) -> Any:
    """A value of a spec without the locations in it."""
    if isinstance(value, Location):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value), *(content_of(getattr(value, field.name)) for field in fields(value) if field.compare))
    return tuple(map(content_of, value)) if isinstance(value, tuple) else value


def _edits(body: Node, added: Mapping[str, tuple[_Item, ...]]) -> list[Edit]:
    """The edits; those of lists that exist come first, as a new list follows the last of them."""
    lists = {key.text: value for key, value in body.pairs}
    edits = [_list_edit(lists[name], items) for name, items in added.items() if name in lists]
    new = {name: items for name, items in added.items() if name not in lists}
    return [*edits, *_new_lists(body, new)]


def _join_edits(edits: Iterable[Edit]) -> set[Edit]:
    """The edits, those at one place as one, in their order."""
    by_place: dict[tuple[int, int], str] = {}
    for edit in edits:
        key = (edit.start, edit.end)
        by_place[key] = by_place.get(key, "") + edit.text
    return {Edit(start, end, text) for (start, end), text in by_place.items()}


def _new_lists(body: Node, lists: Mapping[str, tuple[_Item, ...]]) -> Iterable[Edit]:
    """The edits that add lists to the body of a function."""
    if not lists:
        return
    if is_flow(body):
        at = body.source.file_offset(body.pairs[-1][1].end if body.pairs else body.start + 1)
        members = [f"{json.dumps(name)}: {json.dumps([data for _, data in items])}" for name, items in lists.items()]
        yield Edit(at, at, "".join(f", {member}" for member in members) if body.pairs else ", ".join(members))
        return
    indent = " " * (body.pairs[0][0].column - 1)
    for name, items in lists.items():
        lines = [f"{name}:", *(f"{_INDENT}{line}" for item, _ in items for line in item.splitlines())]
        yield _after(body, indent, lines)


def _list_edit(value: Node, items: tuple[_Item, ...]) -> Edit:
    """The edit that adds items to a list."""
    if not is_flow(value):
        return _after(value, _dash_indent(value.items[-1]), [line for item, _ in items for line in item.splitlines()])
    at = value.source.file_offset(value.items[-1].end if value.items else value.start + 1)
    members = [json.dumps(data) for _, data in items]
    return Edit(at, at, "".join(f", {member}" for member in members) if value.items else ", ".join(members))


def is_flow(node: Node) -> bool:
    """Whether a list or map is written in brackets."""
    return node.source.text[node.start] in "[{"


def _after(node: Node, indent: str, lines: list[str]) -> Edit:
    """Insert lines below the last line of a node, above comments that follow it."""
    text = node.source.text
    newline = text.find("\n", content_end(node))
    line_end = "\r\n" if "\r\n" in text else "\n"
    written = [f"{indent}{line}" for line in lines]
    offset = node.source.file_offset(len(text) if newline < 0 else newline + 1)
    new_text = "".join(f"{line_end}{line}" if newline < 0 else f"{line}{line_end}" for line in written)
    return Edit(offset, offset, new_text)


def content_end(node: Node) -> int:
    """The end of what the node contains: a block's own end is where the next value begins, after comments."""
    while not is_flow(node) and (node.items or node.pairs):
        node = node.items[-1] if node.items else node.pairs[-1][1]
    text = node.source.text[node.start : node.end]
    if not text.startswith(("|", ">")):
        return node.start + len(text.rstrip())
    lines = text.splitlines(keepends=True)
    first = next((line for line in lines[1:] if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())] or " "
    while len(lines) > 1 and not lines[-1].startswith(margin):
        lines.pop()
    return node.start + len("".join(lines).rstrip())


def _dash_indent(item: Node) -> str:
    """The white space before the dash of a list's item."""
    text = item.source.text
    dash = text.rindex("-", 0, item.start)
    line = text.rfind("\n", 0, dash) + 1
    return " " * (dash - line)
