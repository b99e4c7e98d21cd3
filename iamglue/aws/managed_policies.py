"""Managed policies: each document is read once, however many roles have it."""

from __future__ import annotations

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.single_flight import SingleFlight
from iamglue.aws.subject_reader import SubjectReader
from iamglue.model.account import AttachedPolicy
from iamglue.readers.api_documents import document_text, parse_attached_policy, unread_policy

_VERSION = "iam:GetPolicyVersion"


class ManagedPolicies:
    """The documents of managed policies in force, by ARN."""

    def __init__(self, calls: ApiClient) -> None:
        self._calls = calls
        self._found: SingleFlight[AttachedPolicy] = SingleFlight()

    def read(self, arn: str, reader: SubjectReader) -> AttachedPolicy:
        """The managed policy; where it cannot be read, that is a gap of the reader's subject."""
        name = arn.rpartition("/")[2]
        try:
            found = self._found.get(arn, lambda: self._ask(name, arn))
        except ApiError as refused:
            reader.record_not_evaluated(refused.action, f"{arn}: {refused.failure.reason}")
            return unread_policy(name, arn)
        return reader.check_policy(_VERSION, found)

    def _ask(self, name: str, arn: str) -> AttachedPolicy:
        version = self._calls.call("iam:GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
        answer = self._calls.call(_VERSION, PolicyArn=arn, VersionId=version)
        return parse_attached_policy(name, document_text(answer["PolicyVersion"]["Document"]), arn)
