"""The one door to AWS: every request goes through it, is one of those that only read, and has its failure told."""

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
# What a request may end with: the last is an emulation of AWS in this process that lacks the operation.
_FAILURES = (BotoCoreError, ClientError, OSError, ResponseParserError, NotImplementedError, ValueError)
# So many requests in a row that got no answer, each retried, and nothing like them is asked any more.
_TOO_OFTEN = 3


class ApiError(Exception):
    """A call that brought no answer: the action it needs, and why."""

    def __init__(self, action: str, why: Failure) -> None:
        super().__init__(why.reason)
        self.action = action
        self.failure = why


class ApiClient:
    """Requests to one account, at most `workers` at once. Actions are named as in policies: `lambda:GetPolicy`."""

    def __init__(self, clients: Clients, workers: int) -> None:
        self.clients = clients
        self._room = threading.BoundedSemaphore(max(workers, 1))
        self._lock = threading.Lock()
        self._unreached: dict[str, int] = {}
        self._over: Failure | None = None

    @property
    def region(self) -> str:
        """The Region of requests that name no other."""
        return self.clients.region

    @property
    def is_stopped(self) -> bool:
        """Whether it was given up: no request was made any more."""
        return self._over is not None or any(count >= _TOO_OFTEN for count in self._unreached.values())

    def stop(self, reason: str) -> None:
        """Make no more requests."""
        self._over = self._over or Failure(FailureKind.OTHER, reason)

    def call(self, action: str, /, *, region: str | None = None, **given: Any) -> ApiResponse:
        """The answer to one request. Raises Refused."""
        client, method = self._method(action, region)
        with self._request(action):
            answer: ApiResponse = getattr(client, method)(**given)
            check_response(action, answer)
        return answer

    def items(self, action: str, key: str, /, *, region: str | None = None, **given: Any) -> Iterator[Any]:
        """The items that an answer lists under `key`, of all its pages. Raises Refused, after some items perhaps.

        That some are not as AWS sends them is told once the others of their page have been handed over.
        """
        client, method = self._method(action, region)
        pages = iter(client.get_paginator(method).paginate(**given))
        while True:
            with self._request(action):
                page = next(pages, None)
            if page is None:
                return
            sound, wrong = split_valid_items(action, key, page)
            yield from sound
            if wrong:
                raise ApiError(action, classify_error(wrong, action))

    def _method(self, action: str, region: str | None) -> tuple[Any, str]:
        operation = audit_operations()[action]  # a KeyError is a bug: nothing else may be called
        try:
            return self.clients.get(operation.client, region), xform_name(operation.name)
        except (BotoCoreError, ValueError) as error:  # no such Region, an endpoint that is no URL
            raise ApiError(action, classify_error(error, action)) from error

    @contextmanager
    def _request(self, action: str) -> Iterator[None]:
        with self._room:
            self._check(action)
            try:
                yield
            except AssumeRoleError as error:
                why = Failure(error.kind, error.reason)
                raise self._refused(action, why) from error
            except _FAILURES as error:
                raise self._refused(action, classify_error(error, action)) from error
        self._unreached.pop(action, None)

    def _check(self, action: str) -> None:
        if self._over:
            raise ApiError(action, self._over)
        if self._unreached.get(action, 0) >= _TOO_OFTEN:
            raise ApiError(
                action, Failure(FailureKind.UNREACHABLE, f"AWS did not answer {action} before, and was not asked")
            )

    def _refused(self, action: str, why: Failure) -> ApiError:
        with self._lock:
            if why.kind is FailureKind.UNREACHABLE:
                self._unreached[action] = self._unreached.get(action, 0) + 1
            if why.kind.is_final:
                self._over = self._over or why
        return ApiError(action, why)
