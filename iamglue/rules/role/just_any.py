"""Which statements have a say in requests for just any resource: one with a name that no statement gives.

Most statements of most roles name what they are for, and are asked about nothing else.
"""

from __future__ import annotations

from functools import lru_cache

from iamglue.access.conditions import condition_test
from iamglue.access.sets import Leaf
from iamglue.iam.arns import FIELDS, is_everything, pattern_fields
from iamglue.iam.conditions import Condition
from iamglue.iam.patterns import is_pattern
from iamglue.rules.role.context_facts import is_never_carried


def has_say(leaf: Leaf) -> bool:
    """Whether a statement may apply to a request for just any resource: quick, and never wrongly False."""
    return may_be_wide(leaf) and not any(_is_unmet(each, leaf.variables) for each in leaf.statement.conditions)


def may_be_wide(leaf: Leaf) -> bool:
    """Whether a statement's Resource may match just any resource of some type: quick, and never wrongly False."""
    resources = leaf.statement.resources
    return resources is not None and (resources.negated or any(map(_may_be_wide, resources.values)))


def is_plain(leaf: Leaf) -> bool:
    """Whether nothing but its actions and its Resource, as they are written, decides whether a statement applies."""
    resources = leaf.statement.resources
    return not leaf.statement.conditions and (resources is None or not any("${" in value for value in resources.values))


def _may_be_wide(pattern: str) -> bool:
    # What has no wildcard at all, as most names have none, need not be taken apart.
    return ("*" in pattern or "?" in pattern or "$" in pattern or pattern.count(":") < FIELDS - 1) and _is_wide(pattern)


@lru_cache(maxsize=16384)
def _is_wide(pattern: str) -> bool:
    if is_everything(pattern):
        return True
    fields = pattern_fields(pattern)
    return fields is not None and len(fields) == FIELDS and ("${" in fields[5] or is_pattern(fields[5]))


@lru_cache(maxsize=4096)
def _is_unmet(condition: Condition, variables: bool) -> bool:
    """Whether a condition never holds, as no such request carries its key."""
    return is_never_carried(condition.key.lower()) and condition_test(condition, variables=variables)({}) is False
