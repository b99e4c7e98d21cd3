"""When roles last used which services and actions, as IAM tracks it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from iamglue.aws.api_client import ApiClient
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.roles import utc_timestamp
from iamglue.aws.session import open_clients
from iamglue.aws.subject_reader import DELETED_WHILE_READ, SubjectDeletedError, SubjectReader
from iamglue.aws.worker_pool import ProgressCallback, WorkerPool
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
    wanted: CollectRequest,
    roles: Sequence[Role],
    reporter: ProgressCallback | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> _Read:
    """The last-accessed data of roles at action level, and what of it could not be had.

    `wanted` says with whose credentials; `reporter` is told how many of how many roles are done. Raises as
    `open_clients` does.
    """
    calls = ApiClient(open_clients(wanted), wanted.workers)
    with ThreadPoolExecutor(max(wanted.workers, 1)) as pool:
        try:
            found = WorkerPool(pool, reporter).map(lambda role: _role(calls, role, sleep), roles)
        except BaseException:
            calls.stop("the run was interrupted")
            pool.shutdown(cancel_futures=True)
            raise
    return tuple(each for data, _ in found for each in data), tuple(gap for _, gaps in found for gap in gaps)


def _role(calls: ApiClient, role: Role, sleep: Callable[[float], None]) -> _Read:
    reader = SubjectReader(calls, Subject("role", role.name, role.arn))
    try:
        return tuple(_accessed(reader, role, sleep)), tuple(reader.not_evaluated)
    except SubjectDeletedError as gone:
        reader.record_not_evaluated(str(gone), DELETED_WHILE_READ)
        return (), tuple(reader.not_evaluated)


def _accessed(reader: SubjectReader, role: Role, sleep: Callable[[float], None]) -> Iterator[LastAccessed]:
    job = reader.fetch(_GENERATE, owned=True, Arn=role.arn, Granularity="ACTION_LEVEL")
    page = _finished(reader, job["JobId"], sleep) if job else None
    while job and page:
        since = _since(page, role)
        if page.get("ServicesLastAccessed") is None:
            reader.record_not_evaluated(_GET, "the report that IAM made lists no services")
        for service in page.get("ServicesLastAccessed") or ():
            yield from _of_service(role, service, since)
        more = page.get("IsTruncated") and page.get("Marker")
        page = reader.fetch(_GET, owned=True, JobId=job["JobId"], Marker=more) if more else None


def _finished(reader: SubjectReader, job: str, sleep: Callable[[float], None]) -> dict[str, Any] | None:
    """The first page of a report once it is ready; None where it never was, which is written down."""
    waited, turn = 0.0, 0
    while waited < _LONGEST_WAIT:
        page = reader.fetch(_GET, owned=True, JobId=job)
        if page is None or page["JobStatus"] == "COMPLETED":
            return page
        if page["JobStatus"] == "FAILED":
            reader.record_not_evaluated(
                _GET, f"IAM could not make the report: {page.get('Error', {}).get('Message', 'no reason given')}"
            )
            return None
        pause = _WAITS[min(turn, len(_WAITS) - 1)]
        sleep(pause)
        waited, turn = waited + pause, turn + 1
    reader.record_not_evaluated(_GET, f"IAM had not made the report after {_LONGEST_WAIT:.0f} seconds")
    return None


def _of_service(role: Role, found: dict[str, Any], since: str | None) -> Iterator[LastAccessed]:
    service = found["ServiceNamespace"]
    yield LastAccessed(role.arn, service, None, utc_timestamp(found.get("LastAuthenticated")), since)
    for action in found.get("TrackedActionsLastAccessed", ()):
        name = f"{service}:{action['ActionName']}"
        yield LastAccessed(role.arn, service, name, utc_timestamp(action.get("LastAccessedTime")), since)


def _since(page: dict[str, Any], role: Role) -> str | None:
    """Since when a use would be known: as far as IAM looks back, and no earlier than the role is there."""
    ended = page.get("JobCompletionDate")
    tracked = utc_timestamp(ended - _TRACKED) if ended else None
    return max((each for each in (tracked, role.created) if each), default=None)
