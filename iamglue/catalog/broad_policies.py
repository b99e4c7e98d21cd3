"""Policies that come by a click: AWS managed ones that are too broad, and what the Lambda console writes into roles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from iamglue.catalog.managed_policies import find_managed_policy
from iamglue.catalog.tables import table_rows
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, pattern_fields, resource_covers
from iamglue.policy.document import read_policy
from iamglue.policy.model import Effect, Policy, Statement
from iamglue.policy.plain_data import policy_from_data

# What the console once called the inline policies of the roles that it made: the role, and a time in milliseconds.
_CONSOLE_NAME = re.compile(r"oneClick_.+_[0-9]{13}")
# What a statement says, whatever its order: Effect, actions, whether negated, resources, whether negated, conditions.
_Said = tuple[Effect, frozenset[str], bool, frozenset[str] | None, bool, frozenset[object]]


@dataclass(frozen=True, slots=True)
class BroadPolicy:
    """What is too broad in a policy, and what would do instead; `name` is AWS's name for it."""

    name: str
    allows: str
    alternative: str


@cache
def broad_managed_policies() -> dict[str, BroadPolicy]:
    """The AWS managed policies that are too broad, by name."""
    return {
        row["name"]: BroadPolicy(row["name"], row["allows"], row["instead"]) for row in table_rows("one_click_policies")
    }


def is_console_policy_name(name: str) -> bool:
    """Whether the console gave an inline policy its name."""
    return _CONSOLE_NAME.fullmatch(name) is not None


def find_managed_policy_copy(policy: Policy) -> BroadPolicy | None:
    """The managed policy that a document is a copy of, Sids and order aside."""
    known = _by_content()
    # Nearly every document begins with actions that no such policy names together.
    if not policy.statements or _lower(policy.statements[0].actions.values) not in _named_together():
        return None
    return known.get(_content(policy.statements))


@cache
def _named_together() -> frozenset[frozenset[str]]:
    return frozenset(each[1] for content in _by_content() for each in content)


def find_console_template(statement: Statement) -> BroadPolicy | None:
    """The console's template that a statement is of, whatever its Region and account."""
    resources = statement.resources
    if statement.conditions or statement.actions.negated or resources is None or resources.negated:
        return None
    for name, resource in _templates().get(_lower(statement.actions.values), ()):
        if all(_is_as_wide(value, resource) for value in resources.values):
            return name
    return None


def _is_as_wide(value: str, resource: str) -> bool:
    if is_single_star(resource) or is_single_star(value):
        return is_single_star(value)
    one, other = pattern_fields(value), pattern_fields(resource)
    alike = one is not None and other is not None and len(one) == ARN_FIELD_COUNT and one[5] == other[5]
    return alike and resource_covers(resource, value)


@cache
def _templates() -> dict[frozenset[str], list[tuple[BroadPolicy, str]]]:
    found: dict[frozenset[str], list[tuple[BroadPolicy, str]]] = {}
    for row in table_rows("console_templates"):
        key = _lower(tuple(row["actions"].split()))
        found.setdefault(key, []).append((BroadPolicy(row["template"], row["allows"], row["instead"]), row["resource"]))
    return found


@cache
def _by_content() -> dict[frozenset[_Said], BroadPolicy]:
    found = {}
    for name, row in broad_managed_policies().items():
        known = find_managed_policy(name)
        if known is not None:
            policy = policy_from_data(known.document) or read_policy(json.dumps(known.document), f"{name}.json")
            found[_content(policy.statements)] = row
    return found


def _content(statements: Iterable[Statement]) -> frozenset[_Said]:
    return frozenset(
        (
            each.effect,
            _lower(each.actions.values),
            each.actions.negated,
            frozenset(each.resources.values) if each.resources else None,
            each.resources is not None and each.resources.negated,
            frozenset((c.operator, c.key.lower(), frozenset(c.values)) for c in each.conditions),
        )
        for each in statements
    )


# Thousands of policies name the same few actions together.
@lru_cache(maxsize=4096)
def _lower(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(value.lower() for value in values)
