"""The requests that a rule of a rule file forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from iamglue.catalog.context_keys import is_always_present
from iamglue.engine.evaluate.callers import parse_caller
from iamglue.engine.solve.access import Access
from iamglue.errors import IamglueError
from iamglue.model.own_rules import OwnRule, OwnRuleKind
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import MatchList, Principal, Principals, Statement
from iamglue.policy.patterns.variables import has_parameters, tokenize
from iamglue.policy.patterns.wildcards import covers, has_wildcard, intersects, matches
from iamglue.policy.trust_zone import TrustZone
from iamglue.risk.forbidden_requests import ForbiddenRequests
from iamglue.risk.zone_access import IS_AWS_SERVICE, requests_with, zone_access

_ACCOUNT = re.compile(r"[0-9]{12}")
_CANONICAL_USER = re.compile(r"[0-9a-f]{64}")
_SERVICE = re.compile(r"\.amazonaws\.com(\.cn)?$")
_EVERY_SERVICE = "*.amazonaws.com"
_WEB_IDENTITY = "cognito-identity.amazonaws.com"
_ACCOUNT_FIELD, _RESOURCE_FIELD = 4, 5
_ACCOUNT_ENDS = (":root", ":*")  # of patterns that are about whole accounts
_KINDS_WITH_PRINCIPALS = (
    OwnRuleKind.RESTRICT_RESOURCES,
    OwnRuleKind.ALLOWED_PRINCIPALS,
    OwnRuleKind.ALLOWED_ACCOUNTS,
)


def forbidden_requests(
    rule: OwnRule,
    statements: Sequence[Statement],
    *,
    facts: tuple[Condition, ...] = (),
    of_one_resource: bool = False,
) -> ForbiddenRequests:
    """The requests that the rule forbids, except those of the principals that `without_allowed_principals` leaves out.

    `statements` are those of the policy: what they test matters. `facts` hold in every request of the caller.
    `of_one_resource`: the policy is that of a resource, or of a role.
    """
    match rule.kind:
        case OwnRuleKind.REQUIRE_CONDITIONS:
            permitted: tuple[Access, ...] = (requests_with(MatchList(rule.actions), *rule.conditions),)
            facts = (*facts, *_present_keys(rule, statements, facts))
        case OwnRuleKind.RESTRICT_RESOURCES | OwnRuleKind.ALLOWED_PRINCIPALS:
            permitted = tuple(_allowed_callers(rule))
        case OwnRuleKind.ALLOWED_ACCOUNTS:
            permitted = (_zone(rule, statements),)
        case _:
            permitted = ()
    return ForbiddenRequests(rule.actions, rule.resources, permitted, facts, of_one_resource)


def without_allowed_principals(rule: OwnRule, statement: Statement) -> Statement | None:
    """The statement without the principals that the rule allows; None if it names no others.

    What such a principal covers is allowed as a whole: AWS does not document all requests that a user's ARN matches.
    """
    element = statement.principals
    if rule.kind not in _KINDS_WITH_PRINCIPALS or element is None or element.negated:
        return statement
    others = tuple(item for item in element.values if not _allows_principal(rule, item))
    if len(others) == len(element.values):
        return statement
    return replace(statement, principals=Principals(others)) if others else None


def _allows_principal(rule: OwnRule, principal: Principal) -> bool:
    """Whether the rule allows a principal as a policy names it."""
    if rule.kind is OwnRuleKind.ALLOWED_ACCOUNTS and principal.kind != "AWS":
        return principal.kind in ("Service", "Federated")  # they belong to no account
    fields = split_arn_fields(principal.value)
    account = fields[_ACCOUNT_FIELD] if len(fields) == ARN_FIELD_COUNT else principal.value
    if principal.kind == "AWS" and account in _accounts(rule):
        return True
    is_account = principal.kind == "AWS" and (len(fields) < ARN_FIELD_COUNT or fields[_RESOURCE_FIELD] == "root")
    names = (principal.value, *_role_of_session(principal))
    return any(
        _principal_kind(text) == principal.kind
        and any(matches(text, name) for name in names)
        and (not is_account or text.endswith(_ACCOUNT_ENDS))
        for text in rule.principals
    )


def _role_of_session(principal: Principal) -> tuple[str, ...]:
    """The ARN of the role of a session, without the path that a session's ARN does not have.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if principal.kind != "AWS" or ":assumed-role/" not in principal.value:
        return ()
    with suppress(IamglueError):
        return parse_caller(principal.value).known_keys.get("aws:PrincipalArn", ())
    return ()


def allows_role(rule: OwnRule, arn: str) -> bool | None:
    """Whether a rule's principals or accounts include a role, by its ARN; None if parameters of the ARN decide it."""
    account = split_arn_fields(arn)[_ACCOUNT_FIELD]
    answers = [may_match_arn(pattern, arn) for pattern in rule.principals if pattern.startswith("arn:")]
    answers += [None if has_parameters(account) else account == allowed for allowed in _accounts(rule)]
    return True if True in answers else None if None in answers else False


def may_match_arn(pattern: str, arn: str) -> bool | None:
    """Whether a pattern matches a role's ARN, which may have deployment parameters; None if their values decide it."""
    if not has_parameters(arn) or pattern == "*":
        return matches(pattern, arn)
    # Field by field: a parameter is a part of its field, and has no colon.
    pairs = zip(split_arn_fields(pattern), split_arn_fields(arn), strict=True)
    answers = [_may_match_field(*pair) for pair in pairs]
    return False if False in answers else None if None in answers else True


def _may_match_field(pattern: str, field: str) -> bool | None:
    """Whether a field of an ARN matches the pattern; None if that depends on the value of a parameter in it."""
    widest = "".join("*" if token.is_parameter else token.text for token in tokenize(field))
    if widest == field:
        return matches(pattern, field)
    return True if covers(pattern, widest) else None if intersects(pattern, widest) else False


def _present_keys(rule: OwnRule, statements: Sequence[Statement], facts: Sequence[Condition]) -> Iterator[Condition]:
    """Conditions for the tested keys that every request has."""
    conditions = (*rule.conditions, *(condition for statement in statements for condition in statement.conditions))
    known = {condition.key.lower() for condition in facts}
    for key in sorted({condition.key.lower() for condition in conditions} - known):
        if is_always_present(key):
            yield build_condition("Null", key, "false")


def _accounts(rule: OwnRule) -> tuple[str, ...]:
    """The accounts that a rule names, by their IDs or as `arn:aws:iam::ID:root`."""
    roots = (
        split_arn_fields(text)[_ACCOUNT_FIELD]
        for text in rule.principals
        if text.endswith(":root") and not has_wildcard(text)
    )
    return (*rule.accounts, *(text for text in rule.principals if _ACCOUNT.fullmatch(text)), *roots)


def _zone(rule: OwnRule, statements: Sequence[Statement]) -> Access:
    """The requests of the rule's accounts and organizations, and those of AWS services."""
    paths = tuple(text if text.endswith("/") else f"{text}/" for text in rule.organizations if "/" in text)
    organizations = tuple(text for text in rule.organizations if "/" not in text)
    used = frozenset(condition.key.lower() for statement in statements for condition in statement.conditions)
    return zone_access(TrustZone(_accounts(rule), organizations, paths), MatchList(rule.actions), used)


def _allowed_callers(rule: OwnRule) -> Iterator[Access]:
    """The requests of the principals, accounts and organizations that the rule allows, by their condition keys."""
    actions = MatchList(rule.actions)
    if accounts := _accounts(rule):
        yield requests_with(actions, build_condition("StringEquals", "aws:PrincipalAccount", *accounts))
    if organizations := [text for text in rule.organizations if "/" not in text]:
        yield requests_with(actions, build_condition("StringEquals", "aws:PrincipalOrgID", *organizations))
    if paths := [f"{text.removesuffix('/')}/*" for text in rule.organizations if "/" in text]:
        yield requests_with(actions, build_condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", *paths))
    if arns := [text for text in rule.principals if text.startswith("arn:") and _principal_kind(text) == "AWS"]:
        yield requests_with(actions, build_condition("ArnLike", "aws:PrincipalArn", *arns))
    if services := [text for text in rule.principals if _principal_kind(text) == "Service"]:
        yield requests_with(actions, build_condition("StringLike", "aws:PrincipalServiceName", *services))
    if _EVERY_SERVICE in services:
        yield requests_with(actions, build_condition("Bool", IS_AWS_SERVICE, "true"))


def _principal_kind(text: str) -> str:
    """The kind of a principal of a rule, as a Principal element has it: AWS, Service, Federated or CanonicalUser."""
    if _CANONICAL_USER.fullmatch(text):
        return "CanonicalUser"
    if ":oidc-provider/" in text or ":saml-provider/" in text:
        return "Federated"
    if text.startswith("arn:") or _ACCOUNT.fullmatch(text):
        return "AWS"
    return "Service" if _SERVICE.search(text) and text != _WEB_IDENTITY else "Federated"
