"""The resource types that AWS's reference lists for an action, and whether others are ruled out."""

from __future__ import annotations

from functools import lru_cache

from iamglue.catalog.services import find_action

# Services whose reference agrees with AWS's guides and with AWS's own policies. For other services, AWS itself lists
# resources for actions that support none, or other ones, according to the reference.
_RELIABLE_SERVICES = frozenset(
    {"dynamodb", "firehose", "kinesis", "kms", "lambda", "s3", "secretsmanager", "sns", "sqs", "states"}
)


@lru_cache(maxsize=32768)
def lists_all_resources(action: str) -> bool:
    """Whether an action applies to no other resources than those that AWS's reference lists for it."""
    return action.lower().partition(":")[0] in _RELIABLE_SERVICES


def describe_listed_types(action: str) -> str:
    """A sentence about the resource types for which AWS's reference lists an action."""
    known_action = find_action(action)
    names = [resource_type.name for resource_type in known_action.resource_types] if known_action else []
    if not names:
        return f"AWS's reference lists {action} for no resource type"
    return f"AWS's reference lists {action} only for the resource type{'s' * (len(names) > 1)} {', '.join(names)}"
