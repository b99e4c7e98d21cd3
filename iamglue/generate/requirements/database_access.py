"""Access to databases: the RDS Data API, which signs in with a secret, and IAM sign-in as a database user.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
"""

from __future__ import annotations

import re
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields, whole_arn_parameter
from iamglue.model.spec import AccessEntry, AccessList
from iamglue.policy.patterns.variables import replace_parameters

# An instance's or Aurora cluster's resource ID is in upper case, unlike names; a proxy's has lower-case digits.
_RESOURCE_ID = re.compile(r"(db|cluster)-[A-Z0-9*?]+|prx-[A-Za-z0-9*?]+|.*\*.*")


def data_api_parts(entry: AccessEntry) -> tuple[AccessEntry, ...]:
    """The entry and one that reads its `secret`; `key` is the key of the secret.

    The caller of the Data API reads the secret with its own permissions.
    """
    if entry.secret is None:
        if entry.key is not None:
            raise IamglueError(
                "`key` of an rds-data entry is the KMS key of its secret, but `secret` is missing",
                hint="write `secret` too, or remove `key`",
                location=entry.location,
            )
        return (entry,)
    is_arn = bool(whole_arn_parameter(entry.secret)) or (entry.secret.text or "").startswith("arn:")
    secret = AccessEntry(
        AccessList.READS,
        "secretsmanager",
        entry.secret,
        entry.location,
        key=entry.key,
        account=None if is_arn else entry.account,
        regions=() if is_arn else entry.regions,
        why=entry.why,
    )
    return replace(entry, secret=None, key=None), secret


def database_user_parts(entry: AccessEntry) -> tuple[AccessEntry, ...]:
    """The entry. Raises IamglueError when it names the database by its name instead of its resource id."""
    text = entry.resource.text
    if text is not None and text.startswith("arn:"):
        text = arn_fields(text)[5].removeprefix("dbuser:")
    identifier = entry.resource.get("DbiResourceId") if text is None else text.partition("/")[0]
    if identifier is None or text == "*":
        return (entry,)
    is_literal = replace_parameters(identifier, "") == identifier
    if is_literal and not _RESOURCE_ID.fullmatch(identifier):
        raise IamglueError(
            f"`{identifier}` is not the resource ID of a database: expected db-..., cluster-... (Aurora) or prx-... "
            "(RDS Proxy)",
            hint="AWS checks the sign-in on the ID, not the name: `aws rds describe-db-instances` shows it as "
            "DbiResourceId, `describe-db-clusters` as DbClusterResourceId",
            location=entry.location,
        )
    return (entry,)
