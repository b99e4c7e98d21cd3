"""Removes entries from the lists of a spec's text; comments, quotes and layout of the rest are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from iamglue.errors import IamglueError, Location
from iamglue.model.spec import AccessList, Spec
from iamglue.policy.source.edits import Edit, apply_edits
from iamglue.policy.source.nodes import Node
from iamglue.policy.source.yaml_reader import read_single_document
from iamglue.readers.spec.added_entries import content_end, content_of, is_flow, values_without_entries
from iamglue.readers.spec.reader import parse_spec


def without_entries(text: str, path: str, function: str, entries: Collection[Location]) -> str:
    """The text without the entries of a function at these locations; a list that becomes empty goes with its key.

    Raises IamglueError if the text is no valid spec, or if nothing but these entries can be removed from this function
    alone: the list may be an anchor that another function has as well.
    """
    before = parse_spec(text, path)
    root = read_single_document(text, path).documents[0]
    functions = root.get("functions")
    body = (functions.get(function) if functions is not None else None) or root
    places = {(place.line, place.column) for place in entries}
    result = apply_edits(text, set(_edits(body, places)))
    try:
        after = parse_spec(result, path)
    except IamglueError as error:
        raise _not_removed(f": {error.message}", body) from error
    if not _has_only_removed(before, after, function, entries):
        raise _not_removed(" of this function alone", body)
    return result


def _not_removed(reason: str, body: Node) -> IamglueError:
    """The error of entries that cannot be removed; `reason` follows its message."""
    return IamglueError(
        f"the entries cannot be removed from the spec{reason}", hint="remove them by hand", location=body.location
    )


def _has_only_removed(before: Spec, after: Spec, function: str, entries: Collection[Location]) -> bool:
    """Whether the function has all that it had but these entries, and all other functions are the same."""
    if [item.name for item in before.functions] != [item.name for item in after.functions]:
        return False
    for old, new in zip(before.functions, after.functions, strict=True):
        removed = entries if old.name == function else ()
        retained: Counter[Any] = Counter(content_of(entry) for entry in old.entries if entry.location not in removed)
        same = Counter(content_of(entry) for entry in new.entries) == retained
        if not same or values_without_entries(old) != values_without_entries(new):
            return False
    return True


def _edits(body: Node, places: set[tuple[int | None, int | None]]) -> Iterator[Edit]:
    """The edits that remove the items at these places; a block list that becomes empty goes with its key."""
    names = set(AccessList)
    for key, value in body.pairs:
        if key.text not in names:
            continue
        removed = [number for number, item in enumerate(value.items) if not places.isdisjoint(_positions(item))]
        if not removed:
            continue
        if is_flow(value):
            yield from _flow_edits(value, removed)
        elif len(removed) == len(value.items):
            yield _line_edit(value, key.start, value.items[-1])
        else:
            for number in removed:
                item = value.items[number]
                yield _line_edit(value, item.source.text.rindex("-", 0, item.start), item)


def _positions(item: Node) -> set[tuple[int, int]]:
    """The positions of an item of a list and of its keys: that of its service is the entry's location."""
    return {(item.line, item.column), *((key.line, key.column) for key, _ in item.pairs)}


def _line_edit(value: Node, start: int, last: Node) -> Edit:
    """The edit that removes whole lines, from that of an offset to the last of a node's content."""
    text, offset = value.source.text, value.source.file_offset
    line_end = text.find("\n", content_end(last))
    end = len(text) if line_end < 0 else line_end + 1
    return Edit(offset(text.rfind("\n", 0, start) + 1), offset(end), "")


def _flow_edits(value: Node, removed: list[int]) -> Iterator[Edit]:
    """The edits that remove items in brackets: all, or each with the comma that separates it."""
    offset, items = value.source.file_offset, value.items
    retained = [number for number in range(len(items)) if number not in removed]
    if not retained:
        yield Edit(offset(value.start), offset(value.end), "[]")
        return
    for number in removed:
        if number > retained[0]:
            yield Edit(offset(items[number - 1].end), offset(items[number].end), "")
        else:
            yield Edit(offset(items[number].start), offset(items[number + 1].start), "")
