"""Whose credentials these are, asked before anything else."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.aws.calls import Calls, Refused
from iamglue.aws.failures import Kind
from iamglue.catalog.partitions import partition_of
from iamglue.errors import NotEvaluatedError
from iamglue.findings import Gap, NotEvaluated, Subject

_HOPELESS = (Kind.EXPIRED, Kind.CREDENTIALS, Kind.NO_CREDENTIALS, Kind.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Caller:
    """The account and partition of the credentials; the account is empty where AWS did not tell."""

    account: str
    partition: str
    gaps: tuple[NotEvaluated, ...] = ()


def read_caller(calls: Calls) -> Caller:
    """Whose credentials these are.

    Raises NotEvaluatedError where there are none or they are good for nothing, or AWS cannot be reached.
    """
    try:
        answer = calls.ask("sts:GetCallerIdentity")
    except Refused as refused:
        if refused.why.kind in _HOPELESS:
            hint = "set up credentials (`aws configure`, --profile, AWS_PROFILE), or see --endpoint-url"
            raise NotEvaluatedError(f"nothing can be read of AWS: {refused.why.reason}", hint=hint) from refused
        gap = NotEvaluated(Gap.FAILED, Subject("account", ""), refused.action, refused.why.reason)
        return Caller("", partition_of(calls.region) or "aws", (gap,))
    return Caller(answer["Account"], answer["Arn"].split(":")[1])
