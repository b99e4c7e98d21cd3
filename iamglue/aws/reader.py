"""Reads about one subject: what fails is written down as not evaluated, and the rest goes on."""

from __future__ import annotations

from typing import Any

from iamglue.aws.calls import Answer, Calls, Refused
from iamglue.aws.failures import Kind, clean
from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.model.account import AttachedPolicy
from iamglue.readers.api_documents import attached, fault, unread

GONE = "deleted while it was read"


class Gone(Exception):
    """The subject is not there any more."""


class Reader:
    """Asks about one function, role or the like, in one Region; `gaps` is what could not be read."""

    def __init__(self, calls: Calls, subject: Subject, region: str | None = None) -> None:
        self.calls = calls
        self.subject = subject
        self.region = region
        self.gaps: list[NotEvaluated] = []

    def answer(self, action: str, /, *, owned: bool = False, **given: Any) -> Answer | None:
        """The answer; None where there is nothing, or it could not be had. Raises Gone as `missed` does."""
        try:
            return self.calls.ask(action, region=self.region, **given)
        except Refused as refused:
            self.missed(refused, owned=owned)
            return None

    def items(self, action: str, key: str, /, *, owned: bool = True, **given: Any) -> list[Any]:
        """The items of a list, as many as could be had. Raises Gone as `missed` does."""
        found: list[Any] = []
        try:
            for item in self.calls.items(action, key, region=self.region, **given):
                found.append(item)  # noqa: PERF402 - one by one: what came before a failure is kept
        except Refused as refused:
            self.missed(refused, owned=owned)
        return found

    def missed(self, refused: Refused, *, owned: bool) -> None:
        """Write down a refusal. What was not found is none, or, where it is `owned`, a part of a subject now Gone."""
        if refused.why.kind is not Kind.ABSENT:
            self.gap(refused.action, refused.why.reason)
        elif owned:
            raise Gone(refused.action)

    def gap(self, what: str, reason: str, kind: Gap = Gap.FAILED) -> None:
        """Write down something that was not read."""
        gap = NotEvaluated(kind, self.subject, what, reason)
        if gap not in self.gaps:
            self.gaps.append(gap)

    def policy(self, action: str, name: str, text: str | None) -> AttachedPolicy:
        """A policy by its text; where that is None it could not be read, which has been written down by then."""
        return unread(name) if text is None else self.sound(action, attached(name, text))

    def sound(self, action: str, policy: AttachedPolicy) -> AttachedPolicy:
        """The policy; that it is malformed, if it is, is written down."""
        if policy.policy is None:
            self.gap(action, clean(f"the document of {policy.arn or policy.name} is malformed: {fault(policy.text)}"))
        return policy
