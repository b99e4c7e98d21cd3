"""What the answers to the operations of `audit` always hold, and the errors that say that there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import rows

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of every answer: the steps of its path, and what it is: `arn`, `document` or nothing special.

    A step is the name of a member, `?` behind it where the member may be missing, and `[]` last where it is a list,
    of whose items the next steps hold.
    """

    path: Path
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AuditAnswer:
    """What every answer to an operation holds, and the codes of the errors that say that there is none."""

    always: tuple[Member, ...]
    absent: frozenset[str]


@cache
def audit_answers() -> dict[str, AuditAnswer]:
    """What is known of the answer to each operation, by its action."""
    return {
        row["action"]: AuditAnswer(tuple(map(_member, row["always"].split())), frozenset(row["absent"].split()))
        for row in rows("audit_answers")
    }


def _member(text: str) -> Member:
    path, _, kind = text.partition("=")
    return Member(tuple(path.split(".")), kind)
