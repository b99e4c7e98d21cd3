"""The role can read data from every resource of a type: every bucket's objects, every table's items, every secret.

All policies of the role count together, within its boundary and SCPs. It does not matter how "every resource" is
written: `*`, `arn:aws:s3:::*`, `table/*`, or everything except some names. A condition counts if it restricts what is
read, as one on tags does. A condition that the caller can satisfy, or that only requires TLS, does not count.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.sensitive_violations import sensitive_grant_violations
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.catalog.sensitive_actions import data_read_actions
from iamglue.findings import Severity

RULE = RoleRule(Severity.WARNING, risk=60, breadth=True)


def check(context: RoleContext, audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for the data that the role can read from every resource of a type."""
    yield from sensitive_grant_violations(
        audit.role_access(context),
        data_read_actions,
        "can read",
        "list the buckets, tables, secrets or keys in `Resource`",
    )
