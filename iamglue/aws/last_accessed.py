"""Reads IAM last-accessed data: when roles last used services and actions.

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
# How far IAM tracks access back.
_TRACKING_PERIOD = timedelta(days=400)
# In seconds: how long to wait for a report, and the pauses between requests.
_MAX_WAIT = 120.0
_WAITS = (0.5, 1.0, 2.0, 4.0)

_Read = tuple[tuple[LastAccessed, ...], tuple[NotEvaluated, ...]]


def collect_last_accessed(
    request: CollectRequest,
    roles: Sequence[Role],
    reporter: ProgressCallback | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> _Read:
    """Read the last-accessed data of roles at action level; returns it, and what could not be read.

    `request` has the credentials; `reporter` is called with the numbers of completed and of all roles. Raises the same
    errors as `open_clients`.
    """
    client = ApiClient(open_clients(request), request.workers)
    with ThreadPoolExecutor(max(request.workers, 1)) as pool:
        try:
            results = WorkerPool(pool, reporter).map(lambda role: _read_role(client, role, sleep), roles)
        except BaseException:
            client.stop("the run was interrupted")
            pool.shutdown(cancel_futures=True)
            raise
    return tuple(record for data, _ in results for record in data), tuple(
        entry for _, not_evaluated in results for entry in not_evaluated
    )


def _read_role(client: ApiClient, role: Role, sleep: Callable[[float], None]) -> _Read:
    """The records of one role, and what could not be read of it; none for a role that was deleted meanwhile."""
    reader = SubjectReader(client, Subject("role", role.name, role.arn))
    try:
        return tuple(_read_records(reader, role, sleep)), tuple(reader.not_evaluated)
    except SubjectDeletedError as error:
        reader.record_not_evaluated(str(error), DELETED_WHILE_READ)
        return (), tuple(reader.not_evaluated)


def _read_records(reader: SubjectReader, role: Role, sleep: Callable[[float], None]) -> Iterator[LastAccessed]:
    """Yield the records of all pages of a report; a failure is recorded, and ends it."""
    job = reader.fetch(_GENERATE, owned=True, Arn=role.arn, Granularity="ACTION_LEVEL")
    page = _wait_for_report(reader, job["JobId"], sleep) if job else None
    while job and page:
        since = _tracked_since(page, role)
        if page.get("ServicesLastAccessed") is None:
            reader.record_not_evaluated(_GET, "the report of IAM lists no services")
        for service in page.get("ServicesLastAccessed") or ():
            yield from _service_records(role, service, since)
        marker = page.get("IsTruncated") and page.get("Marker")
        page = reader.fetch(_GET, owned=True, JobId=job["JobId"], Marker=marker) if marker else None


def _wait_for_report(reader: SubjectReader, job: str, sleep: Callable[[float], None]) -> dict[str, Any] | None:
    """Wait for a report and return its first page; None if it failed or took too long, which is recorded."""
    waited, attempt = 0.0, 0
    while waited < _MAX_WAIT:
        page = reader.fetch(_GET, owned=True, JobId=job)
        if page is None or page["JobStatus"] == "COMPLETED":
            return page
        if page["JobStatus"] == "FAILED":
            reader.record_not_evaluated(
                _GET, f"IAM could not create the report: {page.get('Error', {}).get('Message', 'no reason given')}"
            )
            return None
        pause = _WAITS[min(attempt, len(_WAITS) - 1)]
        sleep(pause)
        waited, attempt = waited + pause, attempt + 1
    reader.record_not_evaluated(_GET, f"IAM did not complete the report within {_MAX_WAIT:.0f} seconds")
    return None


def _service_records(role: Role, service_data: dict[str, Any], since: str | None) -> Iterator[LastAccessed]:
    """Yield the last use of a service, then of each of its actions that IAM tracks."""
    service = service_data["ServiceNamespace"]
    yield LastAccessed(role.arn, service, None, utc_timestamp(service_data.get("LastAuthenticated")), since)
    for action in service_data.get("TrackedActionsLastAccessed", ()):
        name = f"{service}:{action['ActionName']}"
        yield LastAccessed(role.arn, service, name, utc_timestamp(action.get("LastAccessedTime")), since)


def _tracked_since(page: dict[str, Any], role: Role) -> str | None:
    """The start of the tracking period: that of IAM, or the creation of the role if it is later."""
    completed = page.get("JobCompletionDate")
    tracked = utc_timestamp(completed - _TRACKING_PERIOD) if completed else None
    return max((time for time in (tracked, role.created) if time), default=None)
