"""A policy as read from a file: its source and the location of each statement."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.errors import Location
from iamglue.policy.model import Policy


@dataclass(frozen=True, slots=True)
class StatementSource:
    """The location of a statement: the file as the user named it, its index from 0, its Sid and its line."""

    path: str
    statement_index: int
    sid: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        sid = f" ({self.sid})" if self.sid else ""
        return f"{self.path}{line}, statement {self.statement_index + 1}{sid}"


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy and its file. `statement_locations` is empty for a policy that was not read from a file.

    `statement_indexes` has the index of each statement in the document, from 0, if the policy lacks some of them.
    """

    path: str
    policy: Policy
    statement_locations: tuple[Location, ...] = ()
    statement_indexes: tuple[int, ...] = ()

    def statement_source(self, statement: int) -> StatementSource:
        """The location of the statement with this index in the policy."""
        line = self.statement_locations[statement].line if self.statement_locations else None
        index = self.statement_indexes[statement] if self.statement_indexes else statement
        return StatementSource(self.path, index, self.policy.statements[statement].sid, line)
