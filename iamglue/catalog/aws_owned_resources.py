"""Resources that AWS owns.

`data/aws_owned_names.tsv` has those that every account may use, whose ARNs have no account;
`data/aws_owned_changes.tsv` has the changes that AWS refuses whatever policies allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from iamglue.catalog.tables import table_rows
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.wildcards import matches


def is_aws_owned(service: str, resource: str) -> bool:
    """Whether a resource part (`parameter/aws/service/...`) is a name that AWS reserves for its own resources."""
    lower = resource.lower()
    return any(lower.startswith(row["prefix"]) for row in table_rows("aws_owned_names") if row["service"] == service)


def refused_change(action: str, resource: str, key_aliases: Callable[[], Iterable[str]] = tuple) -> str | None:
    """What AWS owns and a request would change, as the object of a sentence; None if AWS does not refuse the change.

    `key_aliases` gives the known aliases of the request's KMS key.
    """
    rows = _refused_changes(action)
    if not rows:
        return None
    fields = split_arn_fields(resource)
    account_and_resource = ":".join(fields[4:]) if len(fields) == ARN_FIELD_COUNT else ""
    texts = {"resource": (account_and_resource,), "key-alias": tuple(key_aliases())}
    return next(
        (row["owned"] for row in rows if any(matches(row["pattern"], text) for text in texts[row["element"]])), None
    )


@lru_cache(maxsize=8192)
def _refused_changes(action: str) -> tuple[dict[str, str], ...]:
    """The rows about changes by an action that AWS refuses."""
    lower = action.lower()
    return tuple(row for row in table_rows("aws_owned_changes") if lower in row["actions"].lower().split())
