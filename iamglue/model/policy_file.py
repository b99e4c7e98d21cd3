"""A policy as it was read: where it came from, and where each of its statements stands."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.errors import Location
from iamglue.policy.model import Policy


@dataclass(frozen=True, slots=True)
class StatementSource:
    """Where a statement stands: the file as the user named it, its place among the statements from 0, its Sid."""

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
    """A policy and its file. `places` is empty for a policy that was made rather than read."""

    path: str
    policy: Policy
    statement_locations: tuple[Location, ...] = ()

    def statement_source(self, statement: int) -> StatementSource:
        """Where the statement of this number stands."""
        line = self.statement_locations[statement].line if self.statement_locations else None
        return StatementSource(self.path, statement, self.policy.statements[statement].sid, line)
