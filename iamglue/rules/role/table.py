"""Every rule of `audit` by its slug: a literal table, in the order of the pages.

A rule is a module of the same name with `_` for `-`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from iamglue.rules.role.rule import RoleRuleModule

SLUGS: tuple[str, ...] = (
    "one-click-policy",
    "privilege-escalation",
    "data-exposure",
    "credential-exposure",
    "broad-access",
    "excess-access",
    "missing-access",
    "unused-access",
    "shared-role",
    "broad-trust",
    "public-invoke",
    "unconfined-invoke",
)


@cache
def role_rules() -> dict[str, RoleRuleModule]:
    """The rules by slug; imports them."""
    return {slug: _module(slug) for slug in SLUGS}


def _module(slug: str) -> RoleRuleModule:
    module: RoleRuleModule = import_module(f"iamglue.rules.role.{slug.replace('-', '_')}")
    return module
