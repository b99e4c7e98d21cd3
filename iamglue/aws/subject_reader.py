"""Reads about one subject: what fails is written down as not evaluated, and the rest goes on."""

from __future__ import annotations

from typing import Any

from iamglue.aws.api_client import ApiClient, ApiError, ApiResponse
from iamglue.aws.failures import FailureKind, sanitize_text
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import AttachedPolicy
from iamglue.readers.api_documents import find_document_error, parse_attached_policy, unread_policy

DELETED_WHILE_READ = "deleted while it was read"


class SubjectDeletedError(Exception):
    """The subject is not there any more."""


class SubjectReader:
    """Asks about one function, role or the like, in one Region; `gaps` is what could not be read."""

    def __init__(self, calls: ApiClient, subject: Subject, region: str | None = None) -> None:
        self.calls = calls
        self.subject = subject
        self.region = region
        self.not_evaluated: list[NotEvaluated] = []

    def fetch(self, action: str, /, *, owned: bool = False, **given: Any) -> ApiResponse | None:
        """The answer; None where there is nothing, or it could not be had. Raises Gone as `missed` does."""
        try:
            return self.calls.call(action, region=self.region, **given)
        except ApiError as refused:
            self.record_failure(refused, owned=owned)
            return None

    def items(self, action: str, key: str, /, *, owned: bool = True, **given: Any) -> list[Any]:
        """The items of a list, as many as could be had. Raises Gone as `missed` does."""
        found: list[Any] = []
        try:
            for item in self.calls.items(action, key, region=self.region, **given):
                found.append(item)  # noqa: PERF402 - one by one: what came before a failure is kept
        except ApiError as refused:
            self.record_failure(refused, owned=owned)
        return found

    def record_failure(self, refused: ApiError, *, owned: bool) -> None:
        """Write down a refusal. What was not found is none, or, where it is `owned`, a part of a subject now Gone."""
        if refused.failure.kind is not FailureKind.NOT_FOUND:
            self.record_not_evaluated(refused.action, refused.failure.reason)
        elif owned:
            raise SubjectDeletedError(refused.action)

    def record_not_evaluated(self, what: str, reason: str, kind: NotEvaluatedKind = NotEvaluatedKind.FAILED) -> None:
        """Write down something that was not read."""
        gap = NotEvaluated(kind, self.subject, what, reason)
        if gap not in self.not_evaluated:
            self.not_evaluated.append(gap)

    def attached_policy(self, action: str, name: str, text: str | None) -> AttachedPolicy:
        """A policy by its text; where that is None it could not be read, which has been written down by then."""
        return unread_policy(name) if text is None else self.check_policy(action, parse_attached_policy(name, text))

    def check_policy(self, action: str, policy: AttachedPolicy) -> AttachedPolicy:
        """The policy; that it is malformed, if it is, is written down."""
        if policy.policy is None:
            self.record_not_evaluated(
                action,
                sanitize_text(
                    f"the document of {policy.arn or policy.name} is malformed: {find_document_error(policy.text)}"
                ),
            )
        return policy
