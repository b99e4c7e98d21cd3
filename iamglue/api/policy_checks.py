"""The functions of the Python API that answer the questions of Access Analyzer's custom policy checks, offline.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.api.arguments import check_arguments
from iamglue.errors import IamglueError
from iamglue.model.external_report import names_no_principal
from iamglue.model.grant_check import GrantCheck
from iamglue.model.policy_file import PolicyFile
from iamglue.not_granted import check_not_granted, parse_grant_pattern
from iamglue.policy.model import Policy
from iamglue.policy.trust_zone import parse_trust_zone
from iamglue.risk import external_access
from iamglue.risk.external_access import ExternalGrant


@check_arguments
def check_access_not_granted(
    policies: Policy | Sequence[Policy],
    never: str | Sequence[str],
    *,
    boundary: Policy | None = None,
    scps: Sequence[Policy] = (),
) -> tuple[GrantCheck, ...]:
    """For each pattern of `never`, whether the policies together may allow a request that matches it, with a witness.

    A pattern is `ACTION`, `ACTION@ARN` or `@ARN`, with wildcards in both parts. The policies are those of a principal,
    or resource-based policies; only the former have a boundary and service control policies. `answer` is "unknown"
    where it cannot be decided, with the reason in `proof`. Raises IamglueError for a pattern that is not valid.
    """
    limits = {"permissions boundary": boundary} if boundary else {}
    limits |= {f"SCP {level}": policy for level, policy in enumerate(scps, start=1)}
    together = (policies,) if isinstance(policies, Policy) else policies
    return check_not_granted(
        tuple(PolicyFile("policy", policy) for policy in together),
        [parse_grant_pattern(text) for text in ((never,) if isinstance(never, str) else never)],
        [(PolicyFile(name, limit),) for name, limit in limits.items()],
    )


@check_arguments
def find_external_access(
    policy: Policy, trust: str | Sequence[str], *, account: str | None = None
) -> tuple[ExternalGrant, ...]:
    """What a resource-based policy or trust policy allows outside a zone of trust, with a request for each grant.

    `trust` has account IDs, organization IDs, paths of an organization, and "self" for the account of the resource,
    which is `account` or the one in the policy's resources. `kind` is "public", "cross-account", "cross-organization"
    or "unknown". Without a grant, it is proved that the policy allows nothing outside. Raises IamglueError for a zone
    that is not valid, and for a policy that is not resource-based.
    """
    zone = parse_trust_zone((trust,) if isinstance(trust, str) else trust)
    if names_no_principal(policy.statements):
        raise IamglueError("a statement has no Principal, so it is not a resource-based policy or trust policy")
    return external_access.find_external_access(policy, zone, account)
