"""Witnesses in the caller's own account, and in its Region if the access has such a request.

Access that a role's own policies grant to a resource of another account takes effect only if that account allows it
too:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, SetOperation, StatementTerm
from iamglue.engine.solve.consistent_requests import consistent_request
from iamglue.engine.solve.proof import prove_empty
from iamglue.policy.arns import Arn, parse_arn
from iamglue.policy.model import Effect, MatchList, Policy, Statement

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-[0-9]+")
# Access in other Regions is also access, so these are tried after the caller's Region.
_OTHER_REGIONS = ("us-east-1", "eu-west-1")


@dataclass(frozen=True, slots=True)
class AccountRegion:
    """The account and the Region of the caller; empty if unknown."""

    account: str
    region: str


def most_named_location(policies: Iterable[Policy]) -> AccountRegion:
    """The account and the Region that the resources of some policies name most often."""
    accounts: Counter[str] = Counter()
    regions: Counter[str] = Counter()
    for policy in policies:
        for statement in policy.statements:
            for text in statement.resources.values if statement.resources else ():
                arn = parse_arn(text)
                if arn is not None:
                    accounts.update([arn.account] if _ACCOUNT.fullmatch(arn.account) else ())
                    regions.update([arn.region] if _REGION.fullmatch(arn.region) else ())
    return AccountRegion(_most_named(accounts), _most_named(regions))


def _most_named(names: Counter[str]) -> str:
    return next((name for name, _ in names.most_common(1)), "")


def foreign_account(request: Request, home: AccountRegion) -> str | None:
    """The other account of a request's resource, which must allow it too; None for the own account and for AWS's."""
    arn = parse_arn(request.resource)
    if arn is None or arn.account == home.account or not _ACCOUNT.fullmatch(arn.account):
        return None
    return arn.account


def find_local_witness(access: Access, witness: Request, home: AccountRegion) -> Request:
    """A request of the access in the account, preferably in its Region; else `witness`."""
    arn = parse_arn(witness.resource)
    if arn is None or not home.account:
        return witness
    for resource in _moved_arns(arn, home, foreign_account(witness, home) is not None):
        moved = consistent_request(access, replace(witness, resource=str(resource)), (witness.principal,))
        if moved is not None:
            return moved
    if foreign_account(witness, home) is None:
        return witness
    local_witness = prove_empty(access & _access_in_account(arn, home, witness.action.partition(":")[0])).witness
    return (
        witness
        if local_witness is None or foreign_account(local_witness, home)
        else find_local_witness(access, local_witness, home)
    )


def _moved_arns(arn: Arn, home: AccountRegion, foreign: bool) -> Iterator[Arn]:
    """The ARN with the caller's account and Regions to try."""
    account = home.account if foreign else arn.account
    regions = (home.region, arn.region, *(_OTHER_REGIONS if foreign else ())) if arn.region else ("",)
    distinct_regions = dict.fromkeys(region for region in regions if region or not arn.region)
    return (replace(arn, account=account, region=region) for region in distinct_regions)


def _access_in_account(arn: Arn, home: AccountRegion, service: str) -> Access:
    """Requests of a service on resources of the account, or of no account."""
    resources = tuple(f"arn:{arn.partition}:{arn.service}:*:{account}:*" for account in (home.account, ""))
    statement = Statement(Effect.ALLOW, MatchList((f"{service}:*",)), MatchList(resources))
    return Access(SetOperation.STATEMENT, term=StatementTerm(statement, StatementRef(0, 0, None), variables=True))
