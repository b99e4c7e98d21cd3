"""The account and the organization of a policy's own resource, as policies and templates name them.

`${aws:ResourceAccount}` and `${aws:ResourceOrgID}` have one value in all requests for a resource, and so has the
account ID that a template takes from its deployment. All of them are replaced by IDs before a policy is analyzed.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/caller_identity
"""

from __future__ import annotations

import re
from dataclasses import replace

from iamglue.policy.arns import parse_arn
from iamglue.policy.conditions import Condition
from iamglue.policy.model import MatchList, Policy, Principal, Principals, Statement
from iamglue.risk.trust_zone import TrustZone

_ACCOUNT = re.compile(r"[0-9]{12}")
_OWN_ACCOUNT = re.compile(
    r"\$\{(aws:ResourceAccount|AWS::AccountId|data\.aws_caller_identity\.[^{}.]+\.account_id)\}", re.IGNORECASE
)
_OWN_ORGANIZATION = re.compile(r"\$\{aws:ResourceOrgID\}", re.IGNORECASE)
_KEY_OF_VARIABLE = re.compile(r"\$\{(aws:(?:Principal|Source|Vpce)(?:Account|OrgID))\}", re.IGNORECASE)
_RESOURCE_KEYS = {"aws:resourceaccount": "${aws:ResourceAccount}", "aws:resourceorgid": "${aws:ResourceOrgID}"}
# IDs that AWS's documentation uses as examples, for IDs that are not known.
_EXAMPLE_ACCOUNTS = ("111122223333", "123456789012", "444455556666", "777788889999", "111111111111", "222222222222")
_EXAMPLE_ORGANIZATION = "o-exampleorgid"


def own_accounts(policy: Policy) -> tuple[str, ...]:
    """The account IDs in the policy's own resources, each once."""
    return tuple(
        dict.fromkeys(
            arn.account
            for statement in policy.statements
            if statement.resources is not None and not statement.resources.negated
            for text in statement.resources.values
            if (arn := parse_arn(text)) is not None and _ACCOUNT.fullmatch(arn.account)
        )
    )


def resolve_own_names(policy: Policy, zone: TrustZone, own_account: str | None = None) -> tuple[Policy, TrustZone]:
    """The policy with IDs in place of the names of its own account and organization, and the zone with the account.

    The account is `own_account`, or the one that the resources name. If it is not known, an example ID stands for it,
    and the zone still `includes_own`. A zone with an organization includes the account of the resource.
    """
    accounts = own_accounts(policy) if own_account is None else (own_account,)
    texts = {text for statement in policy.statements for text in _texts(statement)}
    unused = (account for account in _EXAMPLE_ACCOUNTS if not any(account in text for text in texts))
    is_known = len(accounts) == 1
    account = accounts[0] if is_known else next(unused, "000000000000")
    organization = zone.organizations[0] if len(zone.organizations) == 1 else _EXAMPLE_ORGANIZATION
    resolved = replace(
        policy, statements=tuple(_resolve_statement(item, account, organization) for item in policy.statements)
    )
    if zone.includes_own or zone.organization_ids:
        zone = replace(zone, accounts=tuple(dict.fromkeys((*zone.accounts, account))))
    return resolved, replace(zone, includes_own=zone.includes_own and not is_known)


def _texts(statement: Statement) -> tuple[str, ...]:
    principals = statement.principals.values if statement.principals else ()
    conditions = (value for condition in statement.conditions for value in condition.values)
    resources = statement.resources.values if statement.resources else ()
    return (*(principal.value for principal in principals), *conditions, *resources)


def _resolve_statement(statement: Statement, account: str, organization: str) -> Statement:
    def resolve(text: str) -> str:
        return _OWN_ORGANIZATION.sub(organization, _OWN_ACCOUNT.sub(account, text)) if "${" in text else text

    principals, resources = statement.principals, statement.resources
    if principals is not None:
        values = tuple(Principal(principal.kind, resolve(principal.value)) for principal in principals.values)
        principals = Principals(values, principals.negated)
    if resources is not None:
        resources = MatchList(tuple(map(resolve, resources.values)), resources.negated)
    conditions = tuple(
        replace(condition, values=tuple(map(resolve, condition.values)))
        for condition in map(_with_caller_key, statement.conditions)
    )
    return replace(statement, principals=principals, resources=resources, conditions=conditions)


def _with_caller_key(condition: Condition) -> Condition:
    """A condition that compares the resource's account or organization with the caller's, the other way round.

    Both are equal in the same requests; a variable without a value equals nothing, as a missing key does.
    """
    if condition.operator.base not in ("StringEquals", "StringNotEquals") or condition.operator.if_exists:
        return condition
    variable = _RESOURCE_KEYS.get(condition.key.lower())
    match = _KEY_OF_VARIABLE.fullmatch(condition.values[0]) if variable and len(condition.values) == 1 else None
    return replace(condition, key=match[1], values=(variable,)) if variable and match else condition
