"""Managed policies: each document is read once, however many roles have it."""

from __future__ import annotations

from iamglue.aws.calls import Calls, Refused
from iamglue.aws.once import Once
from iamglue.aws.reader import Reader
from iamglue.model.account import AttachedPolicy
from iamglue.readers.api_documents import attached, iam_text, unread

_VERSION = "iam:GetPolicyVersion"


class ManagedPolicies:
    """The documents of managed policies in force, by ARN."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._found: Once[AttachedPolicy] = Once()

    def read(self, arn: str, reader: Reader) -> AttachedPolicy:
        """The managed policy; where it cannot be read, that is a gap of the reader's subject."""
        name = arn.rpartition("/")[2]
        try:
            found = self._found.get(arn, lambda: self._ask(name, arn))
        except Refused as refused:
            reader.gap(refused.action, f"{arn}: {refused.why.reason}")
            return unread(name, arn)
        return reader.sound(_VERSION, found)

    def _ask(self, name: str, arn: str) -> AttachedPolicy:
        version = self._calls.ask("iam:GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
        answer = self._calls.ask(_VERSION, PolicyArn=arn, VersionId=version)
        return attached(name, iam_text(answer["PolicyVersion"]["Document"]), arn)
