"""What roles did: requests that were made, and what would have been seen had others been made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionUsage:
    """Requests of one action on one resource by a role (and function, where it is known). Instants are ISO 8601.

    `resource` is an ARN, or "*" where the record does not tell; `denied` counts those among `count` that were refused.
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
    """A service whose management events were recorded from `start` to `end`; `data_events`: its data events too."""

    service: str
    start: str
    end: str
    data_events: bool = False


@dataclass(frozen=True, slots=True)
class LastAccessed:
    """What IAM's last-accessed data says of a role (its ARN): `last` is None for never.

    `action` is as policies have it (`iam:CreateUser`), None for a whole service.
    IAM looks back `since`; actions are tracked for some services only, the others are known by service.
    """

    role: str
    service: str
    action: str | None
    last: str | None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """All that is known of what roles did."""

    access: tuple[ActionUsage, ...] = ()
    coverage: tuple[TrailCoverage, ...] = ()
    last_accessed: tuple[LastAccessed, ...] = ()
