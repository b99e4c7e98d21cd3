"""The resource of a policy, its account and its organization, as policies and templates name them.

`${aws:ResourceAccount}` and `${aws:ResourceOrgID}` have one value in all requests for a resource, and so have the
account ID, the Region and the partition that a template takes from its deployment, and the ARN of a resource of the
template. All of them are replaced by values before a policy is analyzed, equal names by equal values; policy variables
only where AWS reads them: in policies of version 2012-10-17, and in Resource elements after the fifth colon.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/caller_identity
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from iamglue.policy.arns import ARN_FIELD_COUNT, parse_arn, split_arn_fields
from iamglue.policy.conditions import Condition
from iamglue.policy.model import VERSION_2012, Effect, MatchList, Policy, Principal, Principals, Statement
from iamglue.policy.patterns.variables import has_parameters
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.policy.trust_zone import TrustZone

OwnKeys = Mapping[str, tuple[str, ...]]
_ACCOUNT = re.compile(r"[0-9]{12}")
_DEPLOYMENT_ACCOUNT = re.compile(
    r"\$\{(AWS::AccountId|data\.aws_caller_identity\.[^{}.]+\.account_id)\}", re.IGNORECASE
)
_OWN_ACCOUNT = re.compile(r"\$\{aws:ResourceAccount\}", re.IGNORECASE)
_PARTITION = re.compile(r"\$\{(AWS::Partition|data\.aws_partition\.[^{}.]+\.partition)\}")
_REGION = re.compile(r"\$\{(AWS::Region|data\.aws_region\.[^{}.]+\.(name|id|region))\}")
_LEADING_PARAMETER = re.compile(r"\$\{[^{}]*\}")
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9]+")
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


def own_resource_assumption(policy: Policy, zone: TrustZone, own_account: str | None = None) -> str | None:
    """What is assumed of the resource's account and organization where the policy refers to them, else None."""
    keys = {condition.key.lower() for statement in policy.statements for condition in statement.conditions}
    texts = [text for statement in policy.statements for text in statement_texts(statement)]
    assumed: list[str] = []
    is_account_known = own_account is not None or zone.includes_own or len(own_accounts(policy)) == 1
    names_account = any(_OWN_ACCOUNT.search(text) or _DEPLOYMENT_ACCOUNT.search(text) for text in texts)
    if not is_account_known and (names_account or "aws:resourceaccount" in keys):
        assumed.append("the account of the resource, which the policy does not say, is trusted; --account names it")
    names_organization = any(map(_OWN_ORGANIZATION.search, texts)) or "aws:resourceorgid" in keys
    if zone.organization_ids and names_organization:
        assumed.append(f"the resource is in {' or '.join(sorted(zone.organization_ids))}")
    return "; ".join(assumed) or None


@dataclass(frozen=True, slots=True)
class ResolvedPolicy:
    """A policy with IDs in place of the names of its own account and organization, and the zone with the account.

    `own_keys` are the condition keys that such a name stands for, with their values: every request for the resource has
    them. `possible_values` are the values that keys of the resource may have, of those whose values are known.
    """

    policy: Policy
    zone: TrustZone
    own_keys: OwnKeys
    possible_values: OwnKeys


def resolve_own_names(policy: Policy, zone: TrustZone, own_account: str | None = None) -> ResolvedPolicy:
    """Replace the names of a policy's own account and organization.

    The account is `own_account`, or the one that the resources name. If it is not known, an account of the zone stands
    for it, or an example ID, and the zone still `includes_own`. A zone with an organization includes the account.
    """
    accounts = own_accounts(policy) if own_account is None else (own_account,)
    texts = {text for statement in policy.statements for text in statement_texts(statement)}
    unused = (account for account in _EXAMPLE_ACCOUNTS if not any(account in text for text in texts))
    is_known = len(accounts) == 1
    account = accounts[0] if is_known else next(iter((*zone.accounts, *unused)), "000000000000")
    organization = zone.organizations[0] if len(zone.organizations) == 1 else _EXAMPLE_ORGANIZATION
    is_in_accounts = bool(zone.accounts) and not (zone.organization_ids or zone.includes_own)
    possible_accounts = (account,) if is_known else zone.accounts if is_in_accounts else ()
    possible = {
        **dict.fromkeys(("aws:ResourceAccount", "s3:ResourceAccount"), possible_accounts),
        "aws:ResourceOrgID": tuple(sorted(zone.organization_ids)),
    }
    possible = {key: values for key, values in possible.items() if values}
    has_variables = policy.version == VERSION_2012
    resolver = _Resolver(account, organization, _service(policy), possible, has_variables=has_variables)
    resolved = replace(policy, statements=tuple(map(resolver.statement, policy.statements)))
    if zone.includes_own or zone.organization_ids:
        zone = replace(zone, accounts=tuple(dict.fromkeys((*zone.accounts, account))))
    zone = replace(zone, includes_own=zone.includes_own and not is_known)
    return ResolvedPolicy(resolved, zone, resolver.own_keys(policy), possible)


def statement_texts(statement: Statement) -> tuple[str, ...]:
    """The texts of a statement's principals, condition values and resources."""
    principals = statement.principals.values if statement.principals else ()
    conditions = (value for condition in statement.conditions for value in condition.values)
    resources = statement.resources.values if statement.resources else ()
    return (*(principal.value for principal in principals), *conditions, *resources)


def _service(policy: Policy) -> str:
    """The service of the policy's actions; `*` if no action says it."""
    prefixes = (text.partition(":")[0].lower() for item in policy.statements for text in item.actions.values)
    return next((prefix for prefix in prefixes if not has_wildcard(prefix)), "*")


@dataclass(frozen=True, slots=True)
class _Resolver:
    """The values that names of a policy's own resource stand for."""

    account: str
    organization: str
    service: str
    possible_values: OwnKeys
    has_variables: bool

    def own_keys(self, policy: Policy) -> OwnKeys:
        """The keys of the resource's account and organization that the policy reads as variables, or compares."""
        if not self.has_variables:
            return {}
        texts = [text for statement in policy.statements for text in statement_texts(statement)]
        conditions = [condition for statement in policy.statements for condition in statement.conditions]
        compared = {
            condition.key.lower() for condition in conditions if self._with_caller_key(condition) is not condition
        }
        return {
            key: (value,)
            for key, name, value in (
                ("aws:ResourceAccount", _OWN_ACCOUNT, self.account),
                ("aws:ResourceOrgID", _OWN_ORGANIZATION, self.organization),
            )
            if key.lower() in compared or any(map(name.search, texts))
        }

    def statement(self, statement: Statement) -> Statement:
        """The statement with values in place of names."""
        principals, resources = statement.principals, statement.resources
        if principals is not None:
            values = tuple(Principal(principal.kind, self._text(principal.value)) for principal in principals.values)
            principals = Principals(values, principals.negated)
        conditions = tuple(
            replace(condition, values=tuple(map(self._text, condition.values)))
            for condition in (
                map(self._with_caller_key, statement.conditions) if self.has_variables else statement.conditions
            )
        )
        resolved = replace(statement, principals=principals, conditions=conditions)
        if resources is None:
            return resolved
        texts = tuple(self._pattern(text) for text in resources.values)
        if resources.negated and statement.effect is Effect.DENY and any(map(has_parameters, resources.values)):
            # It excepts a resource that is known only at deployment. Without actions it denies nothing.
            return replace(resolved, actions=MatchList(()))
        if not resources.negated and statement.effect is Effect.ALLOW:
            texts = tuple("*" if has_parameters(":".join(text.split(":")[:3])) else text for text in texts)
        return replace(resolved, resources=MatchList(texts, resources.negated))

    def _with_caller_key(self, condition: Condition) -> Condition:
        """A condition that compares the resource's account or organization with the caller's, the other way round.

        Both are equal in the same requests; a variable without a value equals nothing, as a missing key does. IDs in a
        list that the resource certainly does not have make no difference.
        """
        if condition.operator.base not in ("StringEquals", "StringNotEquals") or condition.operator.if_exists:
            return condition
        variable = _RESOURCE_KEYS.get(condition.key.lower())
        possible = {key.lower(): values for key, values in self.possible_values.items()}.get(condition.key.lower(), ())
        values = [value for value in condition.values if not possible or "${" in value or value in possible]
        match = _KEY_OF_VARIABLE.fullmatch(values[0]) if variable and len(values) == 1 else None
        return replace(condition, key=match[1], values=(variable,)) if variable and match else condition

    def _text(self, text: str) -> str:
        """A text with values in place of the names that have one value for the resource."""
        return self._without_variables(self._with_deployment_values(text))

    def _with_deployment_values(self, text: str) -> str:
        """A text with values in place of what the deployment names."""
        if "${" not in text:
            return text
        return _REGION.sub("us-east-1", _PARTITION.sub("aws", _DEPLOYMENT_ACCOUNT.sub(self.account, text)))

    def _without_variables(self, text: str) -> str:
        """A text with values in place of the policy variables that have one value for the resource."""
        if not self.has_variables:
            return text
        return _OWN_ORGANIZATION.sub(self.organization, _OWN_ACCOUNT.sub(self.account, text))

    def _pattern(self, text: str) -> str:
        """A Resource pattern with values in place of names."""
        *fields, name = split_arn_fields(self._whole_pattern(text))
        return ":".join((*fields, self._without_variables(name) if len(fields) == ARN_FIELD_COUNT - 1 else name))

    def _whole_pattern(self, text: str) -> str:
        """A Resource pattern, with an ARN of the service in place of a parameter at its beginning."""
        resolved = self._with_deployment_values(text)
        parameter = _LEADING_PARAMETER.match(resolved)
        if parameter is None or not has_parameters(parameter[0]):
            return resolved
        head = "arn:aws:s3:::" if self.service == "s3" else f"arn:aws:{self.service}:us-east-1:{self.account}:"
        return f"{head}{_NOT_A_NAME.sub('-', parameter[0]).strip('-').lower()}{resolved[parameter.end() :]}"
