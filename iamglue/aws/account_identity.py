"""Reads the account and partition of the AWS credentials from AWS STS."""

from __future__ import annotations

from dataclasses import dataclass

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from iamglue.aws.failures import classify_error
from iamglue.aws.response_validation import check_response
from iamglue.aws.strict_session import strict_session
from iamglue.errors import NotEvaluatedError

_ACTION = "sts:GetCallerIdentity"
_CLIENT_CONFIG = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 2})


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """The account and partition that credentials belong to."""

    account: str
    partition: str


def read_account_identity(region: str | None) -> AccountIdentity:
    """Read the account and partition of the current credentials with sts:GetCallerIdentity, which needs no permission.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html

    Raises NotEvaluatedError when there are no credentials, or AWS cannot be reached or denies the request.
    """
    try:
        session = strict_session(region=region)
        # Any Region of the partition works; without a configured Region, assume the commercial partition.
        client = session.client("sts", region_name=session.region_name or "us-east-1", config=_CLIENT_CONFIG)
        response = client.get_caller_identity()
        check_response("sts:GetCallerIdentity", response)
    except (BotoCoreError, ClientError, ResponseParserError, ValueError) as error:
        raise NotEvaluatedError(
            f"--from-aws: the account of the credentials is not known: {classify_error(error, _ACTION).reason}",
            hint="set up credentials (`aws configure`, AWS_PROFILE), or give the account with --account",
        ) from error
    return AccountIdentity(response["Account"], response["Arn"].split(":")[1])
