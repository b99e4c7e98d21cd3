"""The period of `infer trail`: --since and --until."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import click

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MIDNIGHT = "T00:00:00Z"


@dataclass(frozen=True, slots=True)
class PeriodDays:
    """The first and the last day, as dates."""

    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The days, by which prefixes and stored rows are chosen, and the exact times for records that are read."""

    days: PeriodDays
    since: str | None = None
    until: str | None = None


def parse_period(since: str | None, until: str | None, *, is_stored: bool) -> Period:
    """The period. A store has days: with one, a time other than midnight is an error. Raises UsageError."""
    start = None if since is None else _time(since, "--since", following=False)
    end = None if until is None else _time(until, "--until", following=True)
    if start and end and start >= end:
        raise click.UsageError("--until must be later than --since")
    for time, option in ((start, "--since"), (end, "--until")):
        if is_stored and time is not None and not time.endswith(_MIDNIGHT):
            raise click.UsageError(f"{option}: a store counts by days; give a date, such as 2026-01-31, or no --store")
    last = None if end is None else _last_day(end)
    days = PeriodDays(start and start[:10], last)
    return Period(days) if is_stored else Period(days, start, end)


def _time(text: str, option: str, *, following: bool) -> str:
    """The time as CloudTrail writes it; of a date its start, or that of the `following` day."""
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text) + timedelta(days=1 if following else 0)
            return f"{day}{_MIDNIGHT}"
        return _utc_text(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        message = f"{option}: `{text}` is neither a date, such as 2026-01-31, nor a time, such as 2026-01-31T12:00:00Z"
        raise click.UsageError(message) from error


def _utc_text(time: datetime) -> str:
    utc = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return f"{utc.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _last_day(end: str) -> str:
    """The last day before a time."""
    day = date.fromisoformat(end[:10])
    return str(day - timedelta(days=1)) if end.endswith(_MIDNIGHT) else str(day)
