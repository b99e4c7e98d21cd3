"""Every rule of `audit` by its slug: a literal table, in the order of the pages.

A rule is a module of the same name with `_` for `-`, imported when there is what the rule looks at: of an export of
IAM alone, half of them find nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache
from importlib import import_module

from iamglue.audit.rule import Case, RoleRuleModule


class Needs(Enum):
    """What a case must have for a rule to find anything in it."""

    NOTHING = "nothing in particular"
    FUNCTIONS = "functions that run as the role, or what they need"
    USAGE = "what the role did"


NEEDS: dict[str, Needs] = {
    "one-click-policy": Needs.NOTHING,
    "privilege-escalation": Needs.NOTHING,
    "data-exposure": Needs.NOTHING,
    "credential-exposure": Needs.NOTHING,
    "broad-access": Needs.NOTHING,
    "excess-access": Needs.FUNCTIONS,
    "missing-access": Needs.FUNCTIONS,
    "unused-access": Needs.USAGE,
    "shared-role": Needs.FUNCTIONS,
    "broad-trust": Needs.NOTHING,
    "public-invoke": Needs.FUNCTIONS,
    "unconfined-invoke": Needs.FUNCTIONS,
}
SLUGS: tuple[str, ...] = tuple(NEEDS)


def rules_for(case: Case) -> Iterator[tuple[str, RoleRuleModule]]:
    """The rules that may find something in a case, by slug; imports them."""
    met = {
        Needs.NOTHING: True,
        Needs.FUNCTIONS: bool(case.functions or case.needed),
        Needs.USAGE: bool(case.usage.access or case.usage.coverage or case.usage.last_accessed),
    }
    return ((slug, _module(slug)) for slug, need in NEEDS.items() if met[need])


def role_rules() -> dict[str, RoleRuleModule]:
    """All rules by slug; imports them."""
    return {slug: _module(slug) for slug in SLUGS}


@cache
def _module(slug: str) -> RoleRuleModule:
    module: RoleRuleModule = import_module(f"iamglue.audit.rules.{slug.replace('-', '_')}")
    return module
