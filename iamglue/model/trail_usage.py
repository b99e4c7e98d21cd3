"""What `infer trail` says of records: a usage, with what was not counted as access."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.model.trail_files import SkippedFile
from iamglue.model.usage import ActionUsage, TrailCoverage


@dataclass(frozen=True, slots=True)
class TrailAccess(ActionUsage):
    """Requests as in ActionUsage, with the account and Region that recorded them.

    `via` is the AWS service that made the requests with the role's permissions (forward access), None for the role
    itself.
    """

    account: str | None = None
    region: str | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class NotAction:
    """Events that are not an access of a role or user, and why."""

    source: str
    name: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class RecordTotals:
    """How many records and files were read, and how many of the records could not be."""

    records: int = 0
    unreadable: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True)
class TrailSummary:
    """All of a usage but its access, of which there may be too much to hold in memory."""

    not_actions: tuple[NotAction, ...]
    coverage: tuple[TrailCoverage, ...]
    totals: RecordTotals
    failed: tuple[SkippedFile, ...] = ()
