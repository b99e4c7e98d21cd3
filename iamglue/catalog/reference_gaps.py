"""How far AWS's reference is to be believed where it does not list a resource type for an action."""

from __future__ import annotations

from functools import lru_cache

# Services whose reference agrees with AWS's guides and with AWS's own policies. For other services, AWS itself lists
# resources for actions that support none, or other ones, according to the reference.
_RELIABLE_SERVICES = frozenset(
    {"dynamodb", "firehose", "kinesis", "kms", "lambda", "s3", "secretsmanager", "sns", "sqs", "states"}
)


@lru_cache(maxsize=32768)
def lists_all_resources(action: str) -> bool:
    """Whether an action applies to no other resources than those that AWS's reference lists for it."""
    return action.lower().partition(":")[0] in _RELIABLE_SERVICES
