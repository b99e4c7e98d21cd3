"""What constructs of the AWS CDK grant to functions and roles of their own: `data/cdk_grants.tsv`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class CdkGrant:
    """A grant of a construct, and what an app can do instead.

    An inline policy is known by the beginning of its logical ID and its actions, an AWS managed policy by its name and
    the end of the path of the role that it is attached to.
    """

    construct: str
    logical_id: str
    actions: tuple[str, ...]
    path: str
    policy: str
    alternative: str


@cache
def cdk_grants() -> tuple[CdkGrant, ...]:
    """All grants."""
    return tuple(
        CdkGrant(
            row["construct"],
            row["logical_id"],
            tuple(row["actions"].split()),
            row["path"],
            row["policy"],
            row["instead"],
        )
        for row in table_rows("cdk_grants")
    )
