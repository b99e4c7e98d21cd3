"""The principals of a statement in a trust or resource policy, and the conditions that restrict them.

policyuniverse parses principals that are not in the usual form of an ARN or account ID.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from iamglue.catalog.restricting_condition_keys import CallerRestriction, caller_restriction
from iamglue.catalog.service_principals import base_service_principal
from iamglue.lint.analysis.caller_restrictions import is_unrestricted_value
from iamglue.model.account import Account
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Effect, Policy, Principal, Statement
from iamglue.policy.patterns.variables import has_parameters

_POSITIVE = frozenset(
    {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress", "Bool"}
)
EXTERNAL_ID = "sts:externalid"
_SOURCE_ARN = "aws:sourcearn"
_ARN_KEYS = frozenset({"aws:principalarn", _SOURCE_ARN})
_ACCOUNT_KEYS = frozenset({"aws:principalaccount", "aws:sourceaccount", "kms:calleraccount"})
_ORGANIZATION_KEYS = frozenset({"aws:principalorgid", "aws:sourceorgid", "aws:principalorgpaths", "aws:sourceorgpaths"})
LAMBDA_SERVICES = frozenset({"lambda.amazonaws.com", "edgelambda.amazonaws.com"})
_LONGEST = 2048
# For these the result of policyuniverse is the account; importing it takes longer than matching all of them.
_USUAL = re.compile("arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):.+|([0-9]{12})")


class PrincipalKind(Enum):
    """The kind of a principal."""

    EVERYONE = "everyone"
    ACCOUNT = "a whole account"
    IDENTITY = "a user, role or session"
    SERVICE = "a service"
    FEDERATED = "users of an identity provider"
    OTHER = "something else"


@dataclass(frozen=True, slots=True)
class ClassifiedPrincipal:
    """A principal of a statement: `text` as written, `account` of an account, user, role or provider."""

    kind: PrincipalKind
    text: str
    account: str | None = None


def classified_principals(statement: Statement) -> Iterator[ClassifiedPrincipal]:
    """The principals of a statement, in order. NotPrincipal counts as everyone, as it excludes only a few."""
    if statement.principals is None:
        return
    if statement.principals.negated:
        yield ClassifiedPrincipal(PrincipalKind.EVERYONE, "NotPrincipal")
        return
    for principal in statement.principals.values:
        yield classify_principal(principal)


@lru_cache(maxsize=4096)
def classify_principal(principal: Principal) -> ClassifiedPrincipal:
    """Classify one principal."""
    text = principal.value
    if text == "*" and principal.kind in ("*", "AWS"):
        return ClassifiedPrincipal(PrincipalKind.EVERYONE, text)
    if principal.kind == "Service":
        return ClassifiedPrincipal(PrincipalKind.SERVICE, text)
    if principal.kind == "Federated":
        return ClassifiedPrincipal(PrincipalKind.FEDERATED, text, _account(text))
    account = _account(text) if principal.kind == "AWS" else None
    if account is None:
        return ClassifiedPrincipal(PrincipalKind.OTHER, text)
    whole = text == account or text.endswith(":root")
    return ClassifiedPrincipal(PrincipalKind.ACCOUNT if whole else PrincipalKind.IDENTITY, text, account)


def _account(text: str) -> str | None:
    """The account ID in a principal that is an ID or an ARN; None if there is none."""
    if len(text) > _LONGEST:  # no valid principal is longer, and matching takes quadratic time
        return None
    if usual := _USUAL.fullmatch(text):
        return usual[1] or usual[2]
    from policyuniverse.arn import ARN  # noqa: PLC0415 - startup: its package reads tables of its own

    arn = ARN(text)
    return None if arn.error else arn.account_number or None


@dataclass(frozen=True, slots=True)
class PrincipalConstraints:
    """Restrictions on callers by the conditions of a statement: keys (in lower case), and what each condition allows.

    `organization_sets` and `account_sets` have the organizations or accounts that one condition names; all apply.
    """

    keys: frozenset[str] = frozenset()
    organization_sets: frozenset[frozenset[str]] = frozenset()
    account_sets: frozenset[frozenset[str]] = frozenset()

    @property
    def organizations(self) -> frozenset[str]:
        """The organizations that the conditions name."""
        return frozenset().union(*self.organization_sets)

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that the conditions name, as IDs, patterns, or ARNs whose account is not known."""
        return frozenset().union(*self.account_sets)

    def has_key_of(self, *kinds: CallerRestriction) -> bool:
        """Whether a key of these kinds restricts callers."""
        return any(caller_restriction(key) in kinds for key in self.keys)

    def outside_accounts(self, account: Account) -> tuple[str, ...]:
        """The accounts other than this one that the conditions let in, sorted.

        Empty if a condition restricts callers to the account or its organization, or if a deployment parameter decides.
        """
        if self.is_within(account) or has_parameters(account.id):
            return ()
        return tuple(sorted(name for name in self.accounts - {account.id} if not has_parameters(name)))

    def is_within(self, account: Account) -> bool:
        """Whether callers are restricted to the account or its organization."""
        return frozenset({account.id}) in self.account_sets or frozenset({account.organization}) in (
            self.organization_sets
        )


def format_outside_source(constraints: PrincipalConstraints, account: Account) -> str:
    """The resources of other accounts that a condition on the source lets a service act for, as text; empty if none."""
    if not constraints.has_key_of(CallerRestriction.SOURCE) or constraints.has_key_of(CallerRestriction.CALLER):
        return ""
    outside = constraints.outside_accounts(account)
    named = ", ".join(f"`{name}`" for name in outside)
    return f"resources of {named}, outside this account" if named else ""


def is_principal_denied(principal: ClassifiedPrincipal, statement: Statement, policy: Policy) -> bool:
    """Whether a Deny of the policy blocks everything that the statement allows a principal."""
    return any(
        deny.effect is Effect.DENY
        and not deny.conditions
        and any(denied.text in ("*", principal.text) for denied in classified_principals(deny))
        and _denies_all_actions(deny, statement)
        for deny in policy.statements
    )


def principal_constraints(statement: Statement, policy: Policy) -> PrincipalConstraints:
    """The restrictions on callers by the statement and by the policy's Deny statements.

    A Deny for everyone except the values of a key restricts callers as a condition of the Allow does.
    """
    conditions = [condition for condition in statement.conditions if requires_key(condition)]
    for deny in policy.statements:
        if deny.effect is Effect.DENY and _is_for_everyone(deny) and _denies_all_actions(deny, statement):
            conditions += (
                [condition for condition in deny.conditions if _denies_other_values(condition)]
                if len(deny.conditions) == 1
                else []
            )
    return _constraints(conditions)


def _constraints(conditions: list[Condition]) -> PrincipalConstraints:
    """How conditions restrict the caller: the keys that do, and the organizations and accounts that they name."""
    keys: set[str] = set()
    organizations: set[frozenset[str]] = set()
    accounts: set[frozenset[str]] = set()
    for condition in conditions:
        key = condition.key.lower()
        if any(is_unrestricted_value(key, value) for value in condition.values) or not condition.values:
            continue
        if caller_restriction(key) is not None or key == EXTERNAL_ID:
            keys.add(key)
        if key in _ORGANIZATION_KEYS:
            organizations.add(frozenset(value.partition("/")[0] for value in condition.values))
        if key in _ACCOUNT_KEYS:
            accounts.add(frozenset(condition.values))
        if key in _ARN_KEYS:
            accounts.add(frozenset(account for value in condition.values if (account := _arn_account(key, value))))
    return PrincipalConstraints(frozenset(keys), frozenset(organizations), frozenset(accounts - {frozenset()}))


def _arn_account(key: str, text: str) -> str:
    """The account of an ARN, which may be a pattern, or the text if it may match ARNs of any account.

    Empty for the ARN of a source without an account, such as a bucket.
    """
    fields = split_arn_fields(text)
    if len(fields) == ARN_FIELD_COUNT and (fields[4] or key == _SOURCE_ARN):
        return fields[4]
    return text


def requires_key(condition: Condition) -> bool:
    """Whether the condition requires the key to be present, with one of its values."""
    operator = condition.operator
    return operator.base in _POSITIVE and not operator.if_exists and operator.quantifier != "ForAllValues"


def _denies_other_values(condition: Condition) -> bool:
    """Whether a Deny with this condition denies requests without the key or with another value."""
    return "Not" in condition.operator.base and condition.operator.quantifier != "ForAnyValue"


def _is_for_everyone(statement: Statement) -> bool:
    """Whether a statement names `*`; everyone except some, of `NotPrincipal`, does not count."""
    return any(
        principal.kind is PrincipalKind.EVERYONE and principal.text == "*"
        for principal in classified_principals(statement)
    )


def _denies_all_actions(deny: Statement, allow: Statement) -> bool:
    """Whether a Deny matches all actions of an Allow. Resources do not matter: both are in one resource's policy."""
    from iamglue.engine.solve.action_bitsets import element_bitset  # noqa: PLC0415 - startup: only where there is such a Deny

    return not element_bitset(allow.actions) & ~element_bitset(deny.actions)


def trusts_lambda(policy: Policy) -> bool:
    """Whether a trust policy names the service Lambda or Lambda@Edge, in any statement."""
    return any(
        principal.kind is PrincipalKind.SERVICE and base_service_principal(principal.text) in LAMBDA_SERVICES
        for statement in policy.statements
        for principal in classified_principals(statement)
    )
