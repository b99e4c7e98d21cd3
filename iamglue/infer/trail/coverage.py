"""For which time records are complete enough to say that something was not used.

The period is the last one without a day that has no record at all. Data events count from the first one of the service,
and only for the resources of which one was seen. Where nothing that only reads was seen, or nothing else, the trail may
leave out reads or writes. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedEventSelector.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from iamglue.catalog.recorded_calls import is_reading_call
from iamglue.catalog.services import find_action
from iamglue.infer.trail.aggregation import column_sql, day_condition
from iamglue.infer.trail.database import Database
from iamglue.infer.trail.event_actions import event_actions
from iamglue.model.usage import TrailCoverage

_COLUMNS = ("account", "region", "source", "name", "event_type", "is_data", "day")
# Calls that are data events in any trail, for records that do not say so.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
_DATA_EVENTS = frozenset(
    (f"{service}.amazonaws.com", name)
    for service, names in {
        "s3": "GetObject PutObject DeleteObject DeleteObjects HeadObject CopyObject PostObject HeadBucket "
        "RestoreObject SelectObjectContent GetObjectAttributes GetObjectTorrent GetObjectAcl "
        "PutObjectAcl GetObjectTagging PutObjectTagging DeleteObjectTagging GetObjectRetention "
        "PutObjectRetention GetObjectLegalHold PutObjectLegalHold ListObjects ListObjectsV2 "
        "ListObjectVersions ListParts ListMultipartUploads CreateMultipartUpload UploadPart "
        "UploadPartCopy CompleteMultipartUpload AbortMultipartUpload",
        "lambda": "Invoke InvokeWithResponseStream",
        "dynamodb": "GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem TransactGetItems "
        "TransactWriteItems ExecuteStatement BatchExecuteStatement ExecuteTransaction GetRecords GetShardIterator",
        "sns": "Publish PublishBatch",
        "sqs": "SendMessage SendMessageBatch ReceiveMessage DeleteMessage DeleteMessageBatch ChangeMessageVisibility "
        "ChangeMessageVisibilityBatch",
        "kinesis": "GetRecords GetShardIterator PutRecord PutRecords SubscribeToShard",
    }.items()
    for name in names.split()
)


@dataclass(slots=True)
class _EventPeriod:
    """The first and last time of events."""

    first: str
    last: str

    def extend(self, first: str, last: str) -> None:
        """Extend the period by that of other events."""
        self.first, self.last = min(self.first, first), max(self.last, last)


@dataclass(slots=True)
class _AccountDays:
    """What was recorded of one account on which day: all events, those of each service, and its data events."""

    days: dict[str, _EventPeriod] = field(default_factory=dict)
    services: dict[str, dict[str, _EventPeriod]] = field(default_factory=dict)
    data_events: dict[str, dict[str, _EventPeriod]] = field(default_factory=dict)
    regions: set[str] = field(default_factory=set)
    has_management_events: bool = False
    # Whether calls that only read (True) and others (False) were seen: of management events, of data events by service.
    management_calls: set[bool] = field(default_factory=set)
    data_calls: dict[str, set[bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CoverageResult:
    """The coverage; the days without records, as a text; and the accounts of which only data events were read."""

    coverage: tuple[TrailCoverage, ...]
    gaps: tuple[str, ...]
    data_only: tuple[str, ...]


def trail_coverage(
    database: Database, table: str, since: str | None = None, until: str | None = None
) -> CoverageResult:
    """The coverage of the records in a table of flat rows, of a period of days with both ends included."""
    where = day_condition(since, until)
    keys = ", ".join(map(column_sql, _COLUMNS))
    sql = (
        f'SELECT {keys}, MIN("first"), MAX("last") FROM {table} '  # noqa: S608 - our own names
        f"WHERE \"day\" <> ''{f' AND ({where})' if where else ''} GROUP BY {keys}"
    )
    accounts: dict[str, _AccountDays] = {}
    for account, *row in database.rows(sql):
        _add_group(accounts.setdefault(account, _AccountDays()), row)
    coverage: list[TrailCoverage] = []
    gaps: list[str] = []
    for account, recorded in sorted(accounts.items()):
        runs = _runs(recorded.days)
        gaps += (
            f"{_missing_days(earlier[-1], later[0])}{f' of account {account}' if account else ''}"
            for earlier, later in pairwise(runs)
        )
        coverage += _account_coverage(recorded, runs[-1], account or None)
    return CoverageResult(
        tuple(sorted(coverage, key=lambda item: (item.service, item.account or "", item.start))),
        tuple(gaps),
        tuple(account for account, recorded in sorted(accounts.items()) if not recorded.has_management_events),
    )


def is_data_event(is_data: str, source: str, name: str) -> bool:
    """Whether events are data events, by the column `is_data`, or by their name if the record does not say it."""
    return is_data == "true" or (not is_data and (source, name) in _DATA_EVENTS)


def _add_group(recorded: _AccountDays, row: list[Any]) -> None:
    """Add a row of records: its day, and the services that its actions are of."""
    region, source, name, event_type, is_data, day, first, last = row
    of_data = is_data_event(is_data, source, name)
    recorded.has_management_events |= not of_data
    recorded.regions |= {region} if region else set()
    _extend(recorded.days, day, first, last)
    actions = [action.action for action in event_actions(source, name, event_type).actions]
    kinds = {known for action in actions if (known := _is_reading(action)) is not None}
    if not of_data:
        recorded.management_calls |= kinds
    for service in {action.partition(":")[0] for action in actions}:
        _extend(recorded.services.setdefault(service, {}), day, first, last)
        if of_data:
            _extend(recorded.data_events.setdefault(service, {}), day, first, last)
            recorded.data_calls.setdefault(service, set()).update(kinds)


@cache
def _is_reading(action: str) -> bool | None:
    """Whether calls of an action only read; None if AWS's reference does not have it."""
    known = find_action(action.lower())
    return None if known is None else is_reading_call(known)


def _extend(periods: dict[str, _EventPeriod], day: str, first: str, last: str) -> None:
    """Extend the period of a day, or begin it."""
    if day in periods:
        periods[day].extend(first, last)
    else:
        periods[day] = _EventPeriod(first, last)


def _runs(days: dict[str, _EventPeriod]) -> list[list[str]]:
    """The days in order, in runs without a missing day."""
    runs: list[list[str]] = []
    for day in sorted(days):
        if runs and date.fromisoformat(day) - date.fromisoformat(runs[-1][-1]) == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _missing_days(last: str, following: str) -> str:
    """The days between two that have records, as a text."""
    one = timedelta(days=1)
    first_missing, last_missing = date.fromisoformat(last) + one, date.fromisoformat(following) - one
    return str(first_missing) if first_missing == last_missing else f"{first_missing} to {last_missing}"


def _account_coverage(recorded: _AccountDays, run: list[str], account: str | None) -> Iterator[TrailCoverage]:
    """The coverage of each service with records in the last run of days."""
    start, end = recorded.days[run[0]].first, recorded.days[run[-1]].last
    days = set(run)
    for service, seen in recorded.services.items():
        if days.isdisjoint(seen):
            continue
        data = [period.first for day, period in recorded.data_events.get(service, {}).items() if day in days]
        yield TrailCoverage(
            service,
            min(data) if data else start,
            end,
            bool(data),
            account,
            management_events=recorded.has_management_events,
            regions=tuple(sorted(recorded.regions)),
            missing_reads=tuple(_missing_calls(recorded, service, is_reading=True, has_data=bool(data))),
            missing_writes=tuple(_missing_calls(recorded, service, is_reading=False, has_data=bool(data))),
        )


def _missing_calls(recorded: _AccountDays, service: str, *, is_reading: bool, has_data: bool) -> Iterator[str]:
    """The kinds of events of which no call that only reads was seen, or no other: `management`, `data`."""
    if recorded.has_management_events and is_reading not in recorded.management_calls:
        yield "management"
    if has_data and is_reading not in recorded.data_calls.get(service, ()):
        yield "data"
