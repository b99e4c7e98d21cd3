"""The requests that come from inside a zone of trust.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.fixed_caller_keys import CallerValue, fixed_caller_keys
from iamglue.engine.solve.access import Access, access_of_statement, union
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Effect, MatchList, Principal, Principals, Statement
from iamglue.policy.trust_zone import TrustZone

IS_AWS_SERVICE = "aws:PrincipalIsAWSService"
_ALL = MatchList(("*",))


def zone_access(zone: TrustZone, actions: MatchList, used_keys: frozenset[str]) -> Access:
    """All requests for some actions from inside the zone: from its principals, or by a service for its resources.

    `used_keys` are the condition keys, in lower case, of the policy; others make no difference. Calls of AWS services
    are inside, as for Access Analyzer; whom a service acts for is the matter of the confused-deputy rules.
    """
    parts = [requests_with(actions, build_condition("Bool", IS_AWS_SERVICE, "true"))]
    if zone.accounts:
        parts.append(requests_by(actions, *(Principal("AWS", account) for account in zone.accounts)))
    return union([*parts, *(requests_with(actions, condition) for condition in _zone_conditions(zone, used_keys))])


def _zone_conditions(zone: TrustZone, used_keys: frozenset[str]) -> Iterator[Condition]:
    """The conditions that only requests from inside the zone meet, for each used key."""
    arns = [f"arn:*:*:*:{account}:*" for account in zone.accounts]
    paths = [*(f"{organization}/*" for organization in zone.organizations), *(f"{path}*" for path in zone.paths)]
    for value, operator, values in (
        (CallerValue.ACCOUNT, "StringEquals", zone.accounts),
        (CallerValue.ARN, "ArnLike", arns),
        (CallerValue.ORGANIZATION, "StringEquals", zone.organizations),
        (CallerValue.ORGANIZATION_PATH, "ForAnyValue:StringLike", paths),
    ):
        for key in fixed_caller_keys(value):
            if values and key.lower() in used_keys:
                yield build_condition(operator, key, *values)


def requests_with(actions: MatchList, *conditions: Condition) -> Access:
    """All requests for some actions that meet conditions."""
    return access_of_statement(Statement(Effect.ALLOW, actions, _ALL, conditions))


def requests_by(actions: MatchList, *principals: Principal) -> Access:
    """All requests of some principals for some actions."""
    return access_of_statement(Statement(Effect.ALLOW, actions, _ALL, principals=Principals(principals)))
