"""A role that reads what is stored, whichever it is: every bucket's objects, every table's items, every secret.

All policies of the role count together, within its boundary and SCPs. Every resource of a type is meant, however that
is written: `*`, `arn:aws:s3:::*`, `table/*`, everything but some. A condition counts if it narrows what is read, as one
on tags does; one that whoever asks can meet, or that only asks for TLS, does not.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.sensitive_grants import sensitive_grant_violations
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.catalog.sensitive_actions import data_read_actions
from iamglue.findings import Severity

RULE = RoleRule(Severity.WARNING, risk=60, breadth=True)


def check(case: RoleContext, audit: AuditContext) -> Iterator[RoleViolation]:
    """What the role reads of every resource of a type."""
    yield from sensitive_grant_violations(
        audit.role_access(case), data_read_actions, "reads", "name the buckets, tables, secrets or keys that are needed"
    )
