"""The required members of responses to `audit` operations, and the error codes that mean "not found"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows

MemberPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResponseMember:
    """A member of every response: its path, and its kind: `arn`, `document` or empty.

    A step of the path is the name of a member, followed by `?` if the member is optional, and by `[]` if it is a list;
    the next steps then apply to its items.
    """

    path: MemberPath
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AuditResponse:
    """The required members of every response of an operation, and the error codes that mean "not found"."""

    required_members: tuple[ResponseMember, ...]
    not_found_codes: frozenset[str]


@cache
def audit_responses() -> dict[str, AuditResponse]:
    """The known facts about the response to each operation, by action."""
    return {
        row["action"]: AuditResponse(tuple(map(_parse_member, row["always"].split())), frozenset(row["absent"].split()))
        for row in table_rows("audit_responses")
    }


def _parse_member(text: str) -> ResponseMember:
    """Parse `STEP.STEP=KIND`."""
    path, _, kind = text.partition("=")
    return ResponseMember(tuple(path.split(".")), kind)
