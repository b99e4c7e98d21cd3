"""Whose credentials these are, asked before anything else."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.failures import FailureKind
from iamglue.catalog.partitions import infer_partition
from iamglue.errors import NotEvaluatedError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject

_HOPELESS = (FailureKind.EXPIRED, FailureKind.INVALID_CREDENTIALS, FailureKind.NO_CREDENTIALS, FailureKind.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """The account and partition of the credentials; the account is empty where AWS did not tell."""

    account: str
    partition: str
    not_evaluated: tuple[NotEvaluated, ...] = ()


def read_caller_identity(calls: ApiClient) -> CallerIdentity:
    """Whose credentials these are.

    Raises NotEvaluatedError where there are none or they are good for nothing, or AWS cannot be reached.
    """
    try:
        answer = calls.call("sts:GetCallerIdentity")
    except ApiError as refused:
        if refused.failure.kind in _HOPELESS:
            hint = "set up credentials (`aws configure`, --profile, AWS_PROFILE), or see --endpoint-url"
            raise NotEvaluatedError(f"nothing can be read of AWS: {refused.failure.reason}", hint=hint) from refused
        gap = NotEvaluated(NotEvaluatedKind.FAILED, Subject("account", ""), refused.action, refused.failure.reason)
        return CallerIdentity("", infer_partition(calls.region) or "aws", (gap,))
    return CallerIdentity(answer["Account"], answer["Arn"].split(":")[1])
