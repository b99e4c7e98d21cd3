"""When roles last used which services and actions, as IAM tracks it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from iamglue.aws.calls import Calls
from iamglue.aws.crew import Crew, Reporter
from iamglue.aws.reader import GONE, Gone, Reader
from iamglue.aws.roles import instant
from iamglue.aws.session import open_clients
from iamglue.aws.wanted import Wanted
from iamglue.findings import NotEvaluated, Subject
from iamglue.model.account import Role
from iamglue.model.usage import LastAccessed

_GENERATE = "iam:GenerateServiceLastAccessedDetails"
_GET = "iam:GetServiceLastAccessedDetails"
# How far IAM looks back, and how long it may take over a report.
_TRACKED = timedelta(days=400)
_LONGEST_WAIT = 120.0
_WAITS = (0.5, 1.0, 2.0, 4.0)

_Read = tuple[tuple[LastAccessed, ...], tuple[NotEvaluated, ...]]


def collect_last_accessed(
    wanted: Wanted,
    roles: Sequence[Role],
    reporter: Reporter | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> _Read:
    """The last-accessed data of roles at action level, and what of it could not be had.

    `wanted` says with whose credentials; `reporter` is told how many of how many roles are done. Raises as
    `open_clients` does.
    """
    calls = Calls(open_clients(wanted), wanted.workers)
    with ThreadPoolExecutor(max(wanted.workers, 1)) as pool:
        try:
            found = Crew(pool, reporter).each(lambda role: _role(calls, role, sleep), roles)
        except BaseException:
            calls.stop("the run was interrupted")
            pool.shutdown(cancel_futures=True)
            raise
    return tuple(each for data, _ in found for each in data), tuple(gap for _, gaps in found for gap in gaps)


def _role(calls: Calls, role: Role, sleep: Callable[[float], None]) -> _Read:
    reader = Reader(calls, Subject("role", role.name, role.arn))
    try:
        return tuple(_accessed(reader, role, sleep)), tuple(reader.gaps)
    except Gone as gone:
        reader.gap(str(gone), GONE)
        return (), tuple(reader.gaps)


def _accessed(reader: Reader, role: Role, sleep: Callable[[float], None]) -> Iterator[LastAccessed]:
    job = reader.answer(_GENERATE, owned=True, Arn=role.arn, Granularity="ACTION_LEVEL")
    page = _finished(reader, job["JobId"], sleep) if job else None
    while job and page:
        since = _since(page, role)
        if page.get("ServicesLastAccessed") is None:
            reader.gap(_GET, "the report that IAM made lists no services")
        for service in page.get("ServicesLastAccessed") or ():
            yield from _of_service(role, service, since)
        more = page.get("IsTruncated") and page.get("Marker")
        page = reader.answer(_GET, owned=True, JobId=job["JobId"], Marker=more) if more else None


def _finished(reader: Reader, job: str, sleep: Callable[[float], None]) -> dict[str, Any] | None:
    """The first page of a report once it is ready; None where it never was, which is written down."""
    waited, turn = 0.0, 0
    while waited < _LONGEST_WAIT:
        page = reader.answer(_GET, owned=True, JobId=job)
        if page is None or page["JobStatus"] == "COMPLETED":
            return page
        if page["JobStatus"] == "FAILED":
            reader.gap(
                _GET, f"IAM could not make the report: {page.get('Error', {}).get('Message', 'no reason given')}"
            )
            return None
        pause = _WAITS[min(turn, len(_WAITS) - 1)]
        sleep(pause)
        waited, turn = waited + pause, turn + 1
    reader.gap(_GET, f"IAM had not made the report after {_LONGEST_WAIT:.0f} seconds")
    return None


def _of_service(role: Role, found: dict[str, Any], since: str | None) -> Iterator[LastAccessed]:
    service = found["ServiceNamespace"]
    yield LastAccessed(role.arn, service, None, instant(found.get("LastAuthenticated")), since)
    for action in found.get("TrackedActionsLastAccessed", ()):
        name = f"{service}:{action['ActionName']}"
        yield LastAccessed(role.arn, service, name, instant(action.get("LastAccessedTime")), since)


def _since(page: dict[str, Any], role: Role) -> str | None:
    """Since when a use would be known: as far as IAM looks back, and no earlier than the role is there."""
    ended = page.get("JobCompletionDate")
    tracked = instant(ended - _TRACKED) if ended else None
    return max((each for each in (tracked, role.created) if each), default=None)
