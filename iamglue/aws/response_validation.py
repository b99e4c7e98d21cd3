"""Whether an answer is one of AWS's: it holds what such answers always hold, and is whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from botocore.parsers import ResponseParserError

from iamglue.catalog.audit_responses import ResponseMember, audit_responses
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

_LIST, _MAYBE = "[]", "?"


class InvalidResponseError(ResponseParserError):  # type: ignore[misc] # botocore carries no types
    """An answer that is not as AWS's are: a proxy's page, a text that was cut."""


def check_response(action: str, answer: Any) -> None:
    """Raise AnswerError where the answer to an operation lacks what AWS always sends, or is cut short."""
    fault = _fault(answer, audit_responses()[action].required_members)
    if fault:
        raise fault


def split_valid_items(action: str, key: str, page: Any) -> tuple[list[Any], InvalidResponseError | None]:
    """The sound items that a page lists under `key`; and, where others are not, or the page is not, why."""
    always = audit_responses()[action].required_members
    of_items = [member for member in always if member.path[0] == f"{key}{_LIST}"]
    found: list[Any] = []
    wrong = _fault(page, [member for member in always if member not in of_items])
    items = page.get(key) if isinstance(page, dict) else None
    if not isinstance(items, list):
        return [], InvalidResponseError(f"{key} is missing")
    for item in items:
        fault = _fault(item, of_items, 1)
        wrong = wrong or fault
        found += () if fault else (item,)
    return found, wrong


def _fault(value: Any, members: Iterable[ResponseMember], start: int = 0) -> InvalidResponseError | None:
    """What is wrong with an answer, or with an item of a list, whose members' paths begin at `start`."""
    try:
        for member in members:
            _check(member, member.path[start:], value)
        if not start:
            _check_whole(value)
    except InvalidResponseError as error:
        return error
    return None


def _check_whole(answer: Any) -> None:
    # As IAM tells of further pages: a list without a place to go on from ends there for botocore.
    if isinstance(answer, dict) and answer.get("IsTruncated") and not answer.get("Marker"):
        raise InvalidResponseError("it says that there is more, and not where")


def _check(member: ResponseMember, path: Sequence[str], value: Any) -> None:
    if not path:
        _check_leaf(member, value)
        return
    name = path[0].removesuffix(_LIST).removesuffix(_MAYBE)
    if not isinstance(value, dict):
        raise InvalidResponseError(f"{name} is missing")
    found = value.get(name)
    if found is None and path[0].removesuffix(_LIST).endswith(_MAYBE):
        return
    if found is None:
        raise InvalidResponseError(f"{name} is missing")
    if not path[0].endswith(_LIST):
        _check(member, path[1:], found)
        return
    if not isinstance(found, list):
        raise InvalidResponseError(f"{name} is no list")
    for item in found:
        _check(member, path[1:], item)


def _check_leaf(member: ResponseMember, value: Any) -> None:
    name = member.path[-1]
    if value is None or (value == "" and member.kind != "document"):
        raise InvalidResponseError(f"{name} is empty")
    if member.kind == "arn" and not _is_arn(value):
        raise InvalidResponseError(f"{name} is no ARN")


def _is_arn(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("arn:") and len(split_arn_fields(value)) == ARN_FIELD_COUNT
