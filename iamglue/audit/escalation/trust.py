"""The services and roles that a role's trust policy allows to assume it; conditions are treated as satisfied."""

from __future__ import annotations

from functools import lru_cache

from iamglue.engine.evaluate.principals import principal_test
from iamglue.engine.evaluate.request import Request
from iamglue.model.account import Role
from iamglue.policy.model import Effect, Principal

_ASSUME = "sts:AssumeRole"


@lru_cache(maxsize=65536)
def _names_service(values: tuple[Principal, ...], service: str) -> bool:
    return any(
        principal.value == "*" or (principal.kind == "Service" and principal.value == service) for principal in values
    )


def trusts_service(role: Role, service: str) -> bool:
    """Whether a service may assume the role; an unread trust policy counts as trusting it."""
    if role.trust.policy is None:
        return True
    for statement in role.trust.policy.statements:
        named = statement.principals
        if statement.effect is not Effect.ALLOW or named is None:
            continue
        if _names_service(named.values, service) is not named.negated:
            return True
    return False


def trusts_role(role: Role, assuming: Role) -> bool:
    """Whether the role `other`, or its account, may assume the role."""
    if role.trust.policy is None:
        return True
    request = Request(_ASSUME, role.arn, {}, assuming.arn)
    for statement in role.trust.policy.statements:
        if statement.effect is not Effect.ALLOW or statement.principals is None:
            continue
        if principal_test(statement.principals)(request) is not False:
            return True
    return False


def may_trust_roles(role: Role) -> bool:
    """Whether a trust policy names principals other than services; fast, and never wrongly False."""
    if role.trust.policy is None:
        return True
    elements = [statement.principals for statement in role.trust.policy.statements if statement.effect is Effect.ALLOW]
    return any(
        statement and (statement.negated or not all(map(_is_service, statement.values))) for statement in elements
    )


def _is_service(named: Principal) -> bool:
    return named.kind == "Service" and ":" not in named.value and not named.value.isdecimal()
