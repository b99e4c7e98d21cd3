"""Reads the parts of one subject: a failed request is recorded as not evaluated, and the others continue."""

from __future__ import annotations

from typing import Any

from iamglue.aws.api_client import ApiClient, ApiError, ApiResponse
from iamglue.aws.failures import FailureKind, sanitize_text
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import AttachedPolicy
from iamglue.readers.api_documents import find_document_error, parse_attached_policy, unread_policy

DELETED_WHILE_READ = "deleted while it was read"


class SubjectDeletedError(Exception):
    """The subject was deleted while it was read."""


class SubjectReader:
    """Reads one subject, such as a function or role, in one Region; `not_evaluated` lists what could not be read."""

    def __init__(self, client: ApiClient, subject: Subject, region: str | None = None) -> None:
        self.client = client
        self.subject = subject
        self.region = region
        self.not_evaluated: list[NotEvaluated] = []

    def fetch(self, action: str, /, *, owned: bool = False, **parameters: Any) -> ApiResponse | None:
        """Send a request and return its response; None if nothing was found or the request failed.

        Raises SubjectDeletedError as `record_failure` does.
        """
        try:
            return self.client.call(action, region=self.region, **parameters)
        except ApiError as error:
            self.record_failure(error, owned=owned)
            return None

    def items(
        self, action: str, key: str, /, *, owned: bool = True, of_policies: bool = False, **parameters: Any
    ) -> list[Any]:
        """The items of a list that could be read, with `of_policies` the list of a role's policies.

        Raises SubjectDeletedError as `record_failure` does.
        """
        items: list[Any] = []
        try:
            for item in self.client.items(action, key, region=self.region, **parameters):
                items.append(item)  # noqa: PERF402 - one by one, to keep the items before a failure
        except ApiError as error:
            self.record_failure(error, owned=owned, policies_unknown=of_policies)
        return items

    def record_failure(self, error: ApiError, *, owned: bool, policies_unknown: bool = False) -> None:
        """Record a failed request, except NOT_FOUND: the subject then has no such part.

        With `owned`, the part exists as long as its subject, so NOT_FOUND raises SubjectDeletedError.
        """
        if error.failure.kind is not FailureKind.NOT_FOUND:
            self.record_not_evaluated(error.action, error.failure.reason, policies_unknown=policies_unknown)
        elif owned:
            raise SubjectDeletedError(error.action)

    def record_not_evaluated(
        self,
        what: str,
        reason: str,
        kind: NotEvaluatedKind = NotEvaluatedKind.FAILED,
        *,
        policies_unknown: bool = False,
    ) -> None:
        """Record something that was not read, once."""
        entry = NotEvaluated(kind, self.subject, what, reason, policies_unknown)
        if entry not in self.not_evaluated:
            self.not_evaluated.append(entry)

    def attached_policy(self, action: str, name: str, text: str | None) -> AttachedPolicy:
        """Build a policy from its text. None means that it could not be read, which is already recorded."""
        return unread_policy(name) if text is None else self.check_policy(action, parse_attached_policy(name, text))

    def check_policy(self, action: str, policy: AttachedPolicy) -> AttachedPolicy:
        """The policy, and record it if its document is malformed."""
        if policy.policy is None:
            self.record_not_evaluated(
                action,
                sanitize_text(
                    f"the document of {policy.arn or policy.name} is malformed: {find_document_error(policy.text)}"
                ),
            )
        return policy
