"""What `infer trail` says of records: a usage, with what was not counted as access."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from iamglue.model.trail_files import SkippedFile
from iamglue.model.usage import TrailCoverage


# A tuple: there may be millions, and a frozen dataclass takes several times as long to create.
class TrailAccess(NamedTuple):
    """Requests for one action on one resource by a role and function, as recorded in an account and Region.

    A text is empty if the records do not say it. `via` is the AWS service that made the requests with the role's
    permissions (forward access), empty for the role itself. `resource` is "*" if the records do not contain it;
    `denied` is the number of denied requests among `count`. `first` and `last` are ISO 8601.
    """

    role: str
    function: str
    account: str
    region: str
    action: str
    resource: str
    via: str
    count: int  # type: ignore[assignment]  # the key of the format; nothing calls tuple.count
    denied: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class NotAction:
    """Events that are not an access of a role or user, and why.

    `role` is who made the requests if it is not known which actions they were, else "".
    """

    source: str
    name: str
    count: int
    why: str
    role: str = ""


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
