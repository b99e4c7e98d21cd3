"""Reads managed policies; each document is read once, even if several roles have it."""

from __future__ import annotations

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.single_flight import SingleFlight
from iamglue.aws.subject_reader import SubjectReader
from iamglue.model.account import AttachedPolicy
from iamglue.readers.api_documents import document_text, parse_attached_policy, unread_policy

_VERSION = "iam:GetPolicyVersion"


class ManagedPolicies:
    """The managed policies by ARN, in their default version."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._policies: SingleFlight[AttachedPolicy] = SingleFlight()

    def read(self, arn: str, reader: SubjectReader) -> AttachedPolicy:
        """The managed policy; if it cannot be read, that is recorded for the reader's subject."""
        name = arn.rpartition("/")[2]
        try:
            policy = self._policies.get(arn, lambda: self._fetch(name, arn))
        except ApiError as error:
            reader.record_not_evaluated(error.action, f"{arn}: {error.failure.reason}")
            return unread_policy(name, arn)
        return reader.check_policy(_VERSION, policy)

    def _fetch(self, name: str, arn: str) -> AttachedPolicy:
        """Read a policy in its default version. Raises ApiError."""
        version = self._client.call("iam:GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
        response = self._client.call(_VERSION, PolicyArn=arn, VersionId=version)
        return parse_attached_policy(name, document_text(response["PolicyVersion"]["Document"]), arn)
