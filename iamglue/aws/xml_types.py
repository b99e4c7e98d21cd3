"""Checks that an XML response of the query protocol, or of that of EC2, has the types of botocore's model.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from iamglue.aws.response_validation import InvalidResponseError

_CONTAINER_TYPES = ("structure", "list", "map")
_BOOLEANS = ("true", "false")


def check_xml_types(body: bytes, shape: Any) -> bytes:
    """The body with list items of a wrong type emptied.

    Raises InvalidResponseError for every other value of a wrong type.
    """
    try:
        root = ET.fromstring(body)  # noqa: S314 - botocore parses it in the same way
    except (ET.ParseError, ValueError) as error:
        raise InvalidResponseError("it is not XML") from error
    result = _result_element(root, shape.serialization.get("resultWrapper"))
    changed = False
    for element, member in _members(shape, result):
        if member.type_name != "list":
            _check_type(member, element)
            continue
        _check_container(member, element)
        for item in element:
            if not _has_type(member.member, item):
                item.clear()
                changed = True
    return ET.tostring(root) if changed else body


def _result_element(root: ET.Element, wrapper: str | None) -> ET.Element:
    """The element that contains the members of a response."""
    results = [child for child in root if _tag_name(child) == wrapper]
    if wrapper and not results:
        raise InvalidResponseError(f"{wrapper} is missing")
    return results[0] if wrapper else root


def _members(shape: Any, element: ET.Element) -> Iterator[tuple[ET.Element, Any]]:
    """Yield the child elements of a structure, each with its member in the model."""
    by_name = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    seen = set()
    for child in element:
        name = _tag_name(child)
        if name in seen:
            raise InvalidResponseError(f"{name} is listed twice")
        seen.add(name)
        if name in by_name:
            yield child, by_name[name]


def _has_type(shape: Any, element: ET.Element) -> bool:
    """Whether a list item has the type of its shape."""
    try:
        _check_type(shape, element)
    except InvalidResponseError:
        return False
    return True


def _check_type(shape: Any, element: ET.Element) -> None:
    """Raise InvalidResponseError if an element does not have the type of its shape in the service's model."""
    kind = shape.type_name
    if kind not in _CONTAINER_TYPES:
        if len(element) or (kind == "boolean" and element.text not in _BOOLEANS):
            raise InvalidResponseError(f"{_tag_name(element)} has a wrong type")
        return
    _check_container(shape, element)
    if kind == "structure":
        for child, member in _members(shape, element):
            _check_type(member, child)
    elif kind == "list":
        for item in element:
            _check_type(shape.member, item)


def _check_container(shape: Any, element: ET.Element) -> None:
    """Raise InvalidResponseError when a container has text between its elements, or an item has a wrong name."""
    if any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
        raise InvalidResponseError(f"{_tag_name(element)} has a wrong type")
    expected = {"list": "member", "map": "entry"}.get(shape.type_name)
    if expected == "member":
        expected = shape.member.serialization.get("name", expected)
    if expected and any(_tag_name(child) != expected for child in element):
        raise InvalidResponseError(f"{_tag_name(element)} has a wrong type")


def _tag_name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
