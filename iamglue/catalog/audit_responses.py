"""What the answers to the operations of `audit` always hold, and the errors that say that there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows

MemberPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResponseMember:
    """A member of every answer: the steps of its path, and what it is: `arn`, `document` or nothing special.

    A step is the name of a member, `?` behind it where the member may be missing, and `[]` last where it is a list,
    of whose items the next steps hold.
    """

    path: MemberPath
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AuditResponse:
    """What every answer to an operation holds, and the codes of the errors that say that there is none."""

    required_members: tuple[ResponseMember, ...]
    not_found_codes: frozenset[str]


@cache
def audit_responses() -> dict[str, AuditResponse]:
    """What is known of the answer to each operation, by its action."""
    return {
        row["action"]: AuditResponse(tuple(map(_member, row["always"].split())), frozenset(row["absent"].split()))
        for row in table_rows("audit_answers")
    }


def _member(text: str) -> ResponseMember:
    path, _, kind = text.partition("=")
    return ResponseMember(tuple(path.split(".")), kind)
