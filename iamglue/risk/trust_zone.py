"""The zone of trust: the accounts and organizations whose principals are not outsiders.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iamglue.catalog.fixed_caller_keys import CallerValue, fixed_caller_keys
from iamglue.engine.solve.access import Access, access_of_statement, union
from iamglue.errors import IamglueError
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Effect, MatchList, Principal, Principals, Statement

SELF = "self"
IS_AWS_SERVICE = "aws:PrincipalIsAWSService"
_ALL = MatchList(("*",))
_ACCOUNT = re.compile(r"[0-9]{12}")
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_PATH = re.compile(r"o-[a-z0-9]{10,32}/r-[0-9a-z]{4,32}(/ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})*/?")


@dataclass(frozen=True, slots=True)
class TrustZone:
    """Account IDs, organization IDs, and paths of organizational units (`o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`).

    `includes_own`: the account of the policy's resource is in the zone as well.
    """

    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    includes_own: bool = False

    @property
    def organization_ids(self) -> frozenset[str]:
        """The organizations of the zone, whole or in part: an account that the zone does not list may be in one."""
        return frozenset((*self.organizations, *(path.partition("/")[0] for path in self.paths)))


def parse_trust_zone(texts: Iterable[str]) -> TrustZone:
    """Parse the values of `--trust`: account IDs, organization IDs, paths of an organization, and `self`.

    Raises IamglueError for any other text.
    """
    accounts, organizations, paths, includes_own = [], [], [], False
    for text in texts:
        if text == SELF:
            includes_own = True
        elif _ACCOUNT.fullmatch(text):
            accounts.append(text)
        elif _ORGANIZATION.fullmatch(text):
            organizations.append(text)
        elif _PATH.fullmatch(text):
            paths.append(text if text.endswith("/") else f"{text}/")
        else:
            raise IamglueError(
                f"--trust `{text}`: expected an account ID of 12 digits, an organization ID (o-...), a path of an"
                " organization (o-.../r-.../ou-...), or self"
            )
    return TrustZone(tuple(accounts), tuple(organizations), tuple(paths), includes_own)


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
