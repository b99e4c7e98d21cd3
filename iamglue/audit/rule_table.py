"""Every audit rule by its slug: a literal table, in the order of the documentation.

A rule is a module of the same name with `_` for `-`. It is imported only if its precondition holds: in an export of IAM
alone, half of the rules cannot find anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache
from importlib import import_module

from iamglue.audit.rule import RoleContext, RoleRuleModule


class RoleRulePrecondition(Enum):
    """What a role context must have for a rule to apply."""

    ANY_ROLE = "any role"
    FUNCTIONS = "functions that run as the role, or declared requirements"
    USAGE = "usage data of the role"


RULE_PRECONDITIONS: dict[str, RoleRulePrecondition] = {
    "one-click-policy": RoleRulePrecondition.ANY_ROLE,
    "privilege-escalation": RoleRulePrecondition.ANY_ROLE,
    "data-exposure": RoleRulePrecondition.ANY_ROLE,
    "credential-exposure": RoleRulePrecondition.ANY_ROLE,
    "broad-access": RoleRulePrecondition.ANY_ROLE,
    "excess-access": RoleRulePrecondition.FUNCTIONS,
    "missing-access": RoleRulePrecondition.FUNCTIONS,
    "unused-access": RoleRulePrecondition.USAGE,
    "shared-role": RoleRulePrecondition.FUNCTIONS,
    "broad-trust": RoleRulePrecondition.ANY_ROLE,
    "role-without-function": RoleRulePrecondition.ANY_ROLE,
    "foreign-layer": RoleRulePrecondition.FUNCTIONS,
    "shared-layer": RoleRulePrecondition.FUNCTIONS,
    "public-invoke": RoleRulePrecondition.FUNCTIONS,
    "open-api-route": RoleRulePrecondition.FUNCTIONS,
    "unconfined-invoke": RoleRulePrecondition.FUNCTIONS,
}
SLUGS: tuple[str, ...] = tuple(RULE_PRECONDITIONS)


def applicable_rules(context: RoleContext) -> Iterator[tuple[str, RoleRuleModule]]:
    """The rules that apply to a role context, by slug; imports them."""
    met = {
        RoleRulePrecondition.ANY_ROLE: True,
        RoleRulePrecondition.FUNCTIONS: bool(context.functions or context.required_by_spec),
        RoleRulePrecondition.USAGE: bool(context.usage.access or context.usage.coverage or context.usage.last_accessed),
    }
    return ((slug, _module(slug)) for slug, need in RULE_PRECONDITIONS.items() if met[need])


def role_rules() -> dict[str, RoleRuleModule]:
    """All rules by slug; imports them."""
    return {slug: _module(slug) for slug in SLUGS}


@cache
def _module(slug: str) -> RoleRuleModule:
    module: RoleRuleModule = import_module(f"iamglue.audit.rules.{slug.replace('-', '_')}")
    return module
