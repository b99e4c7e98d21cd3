"""The role can obtain credentials of every role, user or database.

Credentials give all the access of their owner. All policies of the role count together, within its boundary and SCPs.
Name the roles that may be assumed and the users whose access keys may be created.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.sensitive_violations import sensitive_grant_violations
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.catalog.sensitive_actions import credential_actions
from iamglue.findings import Severity

RULE = RoleRule(Severity.WARNING, risk=70, breadth=True)


def check(context: RoleContext, audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for the credentials that the role can obtain from every resource of a type."""
    yield from sensitive_grant_violations(
        audit.role_access(context),
        credential_actions,
        "can obtain",
        "list the resources that the functions need in `Resource`",
    )
