"""Sends every request of an audit to AWS: only read operations, with limited concurrency and classified failures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from iamglue.aws.failures import Failure, FailureKind, classify_error
from iamglue.aws.response_validation import check_response, split_valid_items
from iamglue.aws.session import AssumeRoleError, Clients
from iamglue.catalog.audit_operations import audit_operations

ApiResponse = dict[str, Any]
# Errors of a request. NotImplementedError: an AWS emulation in this process does not implement the operation.
_REQUEST_ERRORS = (BotoCoreError, ClientError, OSError, ResponseParserError, NotImplementedError, ValueError)
# After this many consecutive requests for an action without a response, each retried, the action is not tried again.
_MAX_UNREACHABLE = 3


class ApiError(Exception):
    """A request failed; `action` is the permission it needs, `failure` is the reason."""

    def __init__(self, action: str, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.action = action
        self.failure = failure


class ApiClient:
    """Sends requests for one account, at most `workers` at once. Actions have policy names: `lambda:GetPolicy`."""

    def __init__(self, clients: Clients, workers: int) -> None:
        self.clients = clients
        self._semaphore = threading.BoundedSemaphore(max(workers, 1))
        self._lock = threading.Lock()
        self._unreachable_counts: dict[str, int] = {}
        self._stop_failure: Failure | None = None

    @property
    def region(self) -> str:
        """The default Region of requests."""
        return self.clients.region

    @property
    def is_stopped(self) -> bool:
        """Whether requests were stopped, for all actions or for one of them."""
        return self._stop_failure is not None or any(
            count >= _MAX_UNREACHABLE for count in self._unreachable_counts.values()
        )

    def stop(self, reason: str) -> None:
        """Stop: every further request fails with this reason."""
        self._stop_failure = self._stop_failure or Failure(FailureKind.OTHER, reason)

    def call(self, action: str, /, *, region: str | None = None, **parameters: Any) -> ApiResponse:
        """Send one request and return its response. Raises ApiError."""
        client, method = self._method(action, region)
        with self._request(action):
            response: ApiResponse = getattr(client, method)(**parameters)
            check_response(action, response)
        return response

    def items(self, action: str, key: str, /, *, region: str | None = None, **parameters: Any) -> Iterator[Any]:
        """Yield the items under `key` of all pages of a response. Raises ApiError, possibly after some items.

        If a page contains items that are not valid, its valid items are yielded before the error is raised.
        """
        client, method = self._method(action, region)
        pages = iter(client.get_paginator(method).paginate(**parameters))
        while True:
            with self._request(action):
                page = next(pages, None)
            if page is None:
                return
            valid_items, problem = split_valid_items(action, key, page)
            yield from valid_items
            if problem:
                raise ApiError(action, classify_error(problem, action))

    def _method(self, action: str, region: str | None) -> tuple[Any, str]:
        """The client and the method of an action."""
        operation = audit_operations()[action]  # a KeyError is a bug: only listed read operations may be called
        try:
            return self.clients.get(operation.client, region), xform_name(operation.name)
        except (BotoCoreError, ValueError) as error:  # an unknown Region, or an endpoint that is not a URL
            raise ApiError(action, classify_error(error, action)) from error

    @contextmanager
    def _request(self, action: str) -> Iterator[None]:
        """Run one request: wait for a free worker, and convert errors to ApiError."""
        with self._semaphore:
            self._check_not_stopped(action)
            try:
                yield
            except AssumeRoleError as error:
                failure = Failure(error.kind, error.reason)
                raise self._record_failure(action, failure) from error
            except _REQUEST_ERRORS as error:
                raise self._record_failure(action, classify_error(error, action)) from error
        self._unreachable_counts.pop(action, None)

    def _check_not_stopped(self, action: str) -> None:
        """Raise ApiError without a request: requests were stopped, or AWS sends no responses for the action."""
        if self._stop_failure:
            raise ApiError(action, self._stop_failure)
        if self._unreachable_counts.get(action, 0) >= _MAX_UNREACHABLE:
            raise ApiError(
                action,
                Failure(
                    FailureKind.UNREACHABLE, f"earlier requests for {action} got no response, so it was not sent again"
                ),
            )

    def _record_failure(self, action: str, failure: Failure) -> ApiError:
        """Count the failure, stop further requests if it is final, and return the error to raise."""
        with self._lock:
            if failure.kind is FailureKind.UNREACHABLE:
                self._unreachable_counts[action] = self._unreachable_counts.get(action, 0) + 1
            if failure.kind.is_final:
                self._stop_failure = self._stop_failure or failure
        return ApiError(action, failure)
