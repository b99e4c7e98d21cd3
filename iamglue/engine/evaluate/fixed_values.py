"""When the value of a condition key is fixed, so that it does not leave open who calls.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (The meaning of "public")
https://aws.amazon.com/blogs/storage/understanding-s3-block-public-access/ (ARNs with wildcards)
"""

from __future__ import annotations

import re
from ipaddress import ip_network

from iamglue.engine.evaluate.truth import Truth
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.wildcards import has_wildcard

# Operators that are false for a request without the key, or with another value of it.
LIMITING_OPERATORS = frozenset(
    {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress", "Bool"}
)
# S3 considers a range with a shorter prefix public.
_MIN_PREFIX_LENGTH = {4: 8, 6: 32}
_ACCOUNT = re.compile(r"[0-9]{12}")
_ACCOUNT_FIELD = 4


def is_narrow_range(text: str) -> Truth:
    """Whether an IP range is narrow enough for S3 not to be the whole internet. None for a text that is not a range."""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return network.prefixlen >= _MIN_PREFIX_LENGTH[network.version]


def is_fixed_arn(text: str, operator: str) -> bool:
    """Whether an ARN is fixed: it has no wildcard, or its account is fixed, as AWS's storage blog says.

    Under StringLike, a wildcard before the account may match colons as well, so it leaves the account open.
    """
    if "${" in text or not has_wildcard(text):
        return "${" not in text
    fields = split_arn_fields(text)
    if len(fields) != ARN_FIELD_COUNT or not _ACCOUNT.fullmatch(fields[_ACCOUNT_FIELD]):
        return False
    return operator != "StringLike" or not any(map(has_wildcard, fields[:_ACCOUNT_FIELD]))
