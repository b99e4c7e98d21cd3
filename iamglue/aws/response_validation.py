"""Checks that a response comes from AWS and is complete: it contains all members that AWS always sends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from botocore.parsers import ResponseParserError

from iamglue.catalog.audit_responses import ResponseMember, audit_responses
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

_LIST, _OPTIONAL = "[]", "?"


class InvalidResponseError(ResponseParserError):  # type: ignore[misc] # botocore carries no types
    """A response is not a valid AWS response: for example a proxy's page or a truncated text."""


def check_response(action: str, response: Any) -> None:
    """Raise InvalidResponseError when the response has not all members that AWS always sends, or is truncated."""
    problem = _find_problem(response, audit_responses()[action].required_members)
    if problem:
        raise problem


def split_valid_items(action: str, key: str, page: Any) -> tuple[list[Any], InvalidResponseError | None]:
    """The valid items that a page lists under `key`, and the first problem of the other items or the page."""
    required = audit_responses()[action].required_members
    item_members = [member for member in required if member.path[0] == f"{key}{_LIST}"]
    valid_items: list[Any] = []
    problem = _find_problem(page, [member for member in required if member not in item_members])
    items = page.get(key) if isinstance(page, dict) else None
    if not isinstance(items, list):
        return [], InvalidResponseError(f"{key} is missing")
    for item in items:
        item_problem = _find_problem(item, item_members, 1)
        problem = problem or item_problem
        valid_items += () if item_problem else (item,)
    return valid_items, problem


def _find_problem(value: Any, members: Iterable[ResponseMember], start: int = 0) -> InvalidResponseError | None:
    """The problem of a response, or None. For a list item, `start` is the number of path steps to skip."""
    try:
        for member in members:
            _check_member(member, member.path[start:], value)
        if not start:
            _check_complete(value)
    except InvalidResponseError as error:
        return error
    return None


def _check_complete(response: Any) -> None:
    """Raise InvalidResponseError for a page of a list that does not say where the next one begins."""
    # IAM marks further pages with IsTruncated and Marker; without Marker, botocore would silently stop here.
    if isinstance(response, dict) and response.get("IsTruncated") and not response.get("Marker"):
        raise InvalidResponseError("IsTruncated is true, but Marker is missing")


def _check_member(member: ResponseMember, path: Sequence[str], value: Any) -> None:
    """Raise InvalidResponseError if a member that AWS always sends is missing, below the rest of its path."""
    if not path:
        _check_value(member, value)
        return
    name = path[0].removesuffix(_LIST).removesuffix(_OPTIONAL)
    if not isinstance(value, dict):
        raise InvalidResponseError(f"{name} is missing")
    member_value = value.get(name)
    if member_value is None and path[0].removesuffix(_LIST).endswith(_OPTIONAL):
        return
    if member_value is None:
        raise InvalidResponseError(f"{name} is missing")
    if not path[0].endswith(_LIST):
        _check_member(member, path[1:], member_value)
        return
    if not isinstance(member_value, list):
        raise InvalidResponseError(f"{name} is not a list")
    for item in member_value:
        _check_member(member, path[1:], item)


def _check_value(member: ResponseMember, value: Any) -> None:
    """Raise InvalidResponseError for an empty value, and for one of kind `arn` that is not an ARN."""
    name = member.path[-1]
    if value is None or (value == "" and member.kind != "document"):
        raise InvalidResponseError(f"{name} is empty")
    if member.kind == "arn" and not _is_arn(value):
        raise InvalidResponseError(f"{name} is not an ARN")


def _is_arn(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("arn:") and len(split_arn_fields(value)) == ARN_FIELD_COUNT
