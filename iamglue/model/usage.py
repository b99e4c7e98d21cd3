"""What roles did: recorded requests, and the period for which requests would have been recorded."""

from __future__ import annotations

from dataclasses import dataclass

ANY_ROLE = "*"


@dataclass(frozen=True, slots=True)
class ActionUsage:
    """Requests for one action on one resource by a role (and function, if known). Timestamps are ISO 8601.

    `resource` is an ARN, or "*" if the record does not contain it; `denied` is the number of denied requests among
    `count`.
    """

    role: str
    action: str
    resource: str = "*"
    function: str | None = None
    count: int = 1
    denied: int = 0
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class TrailCoverage:
    """A service whose management events were recorded from `start` to `end`; `data_events`: its data events too.

    `account` is the account whose events were recorded, None for the account of any role. `management_events` is false
    if only data events were. `role` (name or ARN) and `function` are set if the requests of no others were kept.
    `regions` are the Regions whose events were recorded, () if that is not said. `data_resources` has the resources
    whose data events were recorded, each with the time of its first one; None for all resources. `missing_reads` are
    the kinds of events (`management`, `data`) of which none that only reads was seen, `missing_writes` those of which
    only such were seen: a trail may leave out reads or writes.
    """

    service: str
    start: str
    end: str
    data_events: bool = False
    account: str | None = None
    management_events: bool = True
    role: str | None = None
    function: str | None = None
    regions: tuple[str, ...] = ()
    data_resources: tuple[tuple[str, str], ...] | None = None
    missing_reads: tuple[str, ...] = ()
    missing_writes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownRequests:
    """Requests of a role to a service whose actions are not known: any action of the service may have been used.

    `source` is the service as CloudTrail names it (`s3.amazonaws.com`), `name` that of the event. `role` is ANY_ROLE if
    the record does not name the role.
    """

    role: str
    source: str
    name: str


@dataclass(frozen=True, slots=True)
class LastAccessed:
    """IAM's last-accessed data for a role (its ARN); `last` is None if never accessed.

    `action` is as policies spell it (`iam:CreateUser`), None for a whole service. IAM has data from `since`; it tracks
    actions for some services only, the others by service.
    """

    role: str
    service: str
    action: str | None
    last: str | None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class UsageGap:
    """Records that could not be read, or a file or listing of them, and why: the access in them is not known."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Everything that is known about what roles did."""

    access: tuple[ActionUsage, ...] = ()
    coverage: tuple[TrailCoverage, ...] = ()
    last_accessed: tuple[LastAccessed, ...] = ()
    gaps: tuple[UsageGap, ...] = ()
    unknown_requests: tuple[UnknownRequests, ...] = ()
