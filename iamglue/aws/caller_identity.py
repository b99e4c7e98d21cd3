"""Reads the account and partition of the credentials, before all other requests of an audit."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.failures import FailureKind
from iamglue.catalog.partitions import infer_partition
from iamglue.errors import NotEvaluatedError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject

_FATAL_KINDS = (
    FailureKind.EXPIRED,
    FailureKind.INVALID_CREDENTIALS,
    FailureKind.NO_CREDENTIALS,
    FailureKind.UNREACHABLE,
)


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """The account and partition of the credentials; the account is empty if it could not be read."""

    account: str
    partition: str
    not_evaluated: tuple[NotEvaluated, ...] = ()


def read_caller_identity(client: ApiClient) -> CallerIdentity:
    """Read the account and partition of the credentials.

    Raises NotEvaluatedError when there are no credentials, AWS rejects them, or AWS cannot be reached.
    """
    try:
        response = client.call("sts:GetCallerIdentity")
    except ApiError as error:
        if error.failure.kind in _FATAL_KINDS:
            hint = "set up credentials (`aws configure`, --profile, AWS_PROFILE), or see --endpoint-url"
            raise NotEvaluatedError(f"nothing can be read from AWS: {error.failure.reason}", hint=hint) from error
        not_evaluated = NotEvaluated(
            NotEvaluatedKind.FAILED, Subject("account", ""), error.action, error.failure.reason
        )
        return CallerIdentity("", infer_partition(client.region) or "aws", (not_evaluated,))
    return CallerIdentity(response["Account"], response["Arn"].split(":")[1])
