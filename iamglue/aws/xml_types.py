"""Whether XML that AWS sent by the query protocol is of the types that its model says.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from iamglue.aws.response_validation import InvalidResponseError

_HOLD_OTHERS = ("structure", "list", "map")
_TRUTH = ("true", "false")


def check_xml_types(body: bytes, shape: Any) -> bytes:
    """The body with each item of its lists that is of another type made empty. Raises AnswerError for all else."""
    try:
        root = ET.fromstring(body)  # noqa: S314 - what botocore, too, does with it
    except (ET.ParseError, ValueError) as error:
        raise InvalidResponseError("it is no XML") from error
    result = _result(root, shape.serialization.get("resultWrapper"))
    changed = False
    for element, member in _members(shape, result):
        if member.type_name != "list":
            _check(member, element)
            continue
        _check_holds(member, element)
        for item in element:
            if not _is(member.member, item):
                item.clear()
                changed = True
    return ET.tostring(root) if changed else body


def _result(root: ET.Element, wrapper: str | None) -> ET.Element:
    """The element that holds the members of an answer."""
    found = [child for child in root if _name(child) == wrapper]
    if wrapper and not found:
        raise InvalidResponseError(f"{wrapper} is missing")
    return found[0] if wrapper else root


def _members(shape: Any, element: ET.Element) -> Iterator[tuple[ET.Element, Any]]:
    """The elements within one that is a structure, each with the member it is."""
    by_name = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    seen = set()
    for child in element:
        name = _name(child)
        if name in seen:
            raise InvalidResponseError(f"{name} stands there twice")
        seen.add(name)
        if name in by_name:
            yield child, by_name[name]


def _is(shape: Any, element: ET.Element) -> bool:
    try:
        _check(shape, element)
    except InvalidResponseError:
        return False
    return True


def _check(shape: Any, element: ET.Element) -> None:
    kind = shape.type_name
    if kind not in _HOLD_OTHERS:
        if len(element) or (kind == "boolean" and element.text not in _TRUTH):
            raise InvalidResponseError(f"{_name(element)} is of another type")
        return
    _check_holds(shape, element)
    if kind == "structure":
        for child, member in _members(shape, element):
            _check(member, child)
    elif kind == "list":
        for item in element:
            _check(shape.member, item)


def _check_holds(shape: Any, element: ET.Element) -> None:
    """Raise AnswerError where there is text between the elements of what holds others, or an item has another name."""
    if any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
        raise InvalidResponseError(f"{_name(element)} is of another type")
    expected = {"list": "member", "map": "entry"}.get(shape.type_name)
    if expected == "member":
        expected = shape.member.serialization.get("name", expected)
    if expected and any(_name(child) != expected for child in element):
        raise InvalidResponseError(f"{_name(element)} is of another type")


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
