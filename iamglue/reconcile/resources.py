"""Whether two sources name the same resource: by a name, an ARN, a pattern or a deployment parameter."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from iamglue.catalog.services import find_action
from iamglue.policy.arns import is_single_star, resource_covers, resource_intersects
from iamglue.policy.patterns.wildcards import covers_action, intersects_action

_PARAMETER = re.compile(r"\$\{[^{}]*\}")
_PARTS = re.compile(rf"({_PARAMETER.pattern})")
# Those that are not the Region, account or partition of the function's own deployment.
_OWN_PARAMETER = re.compile(r"\$\{(?!AWS::)[^{}]*\}")


class ResourceMatch(Enum):
    """How a resource of one source compares with that of a row."""

    SAME = "the row has all of it"
    POSSIBLE = "it may be the row's, by the value of a parameter or a pattern"
    NONE = "it is another"


@lru_cache(maxsize=65536)
def match_resource(row: str, resource: str) -> ResourceMatch:
    """How `resource` compares with the resource of a row; both may be patterns, with parameters."""
    if row == resource or resource_covers(row, resource):
        return ResourceMatch.SAME
    is_possible = resource_intersects(without_parameters(row), without_parameters(resource))
    return ResourceMatch.POSSIBLE if is_possible else ResourceMatch.NONE


def match_access(row: tuple[str, str], action: str, resource: str) -> ResourceMatch:
    """How an action on a resource compares with those of a row."""
    if covers_action(row[0], action):
        return match_resource(row[1], resource)
    if not intersects_action(row[0], action) or match_resource(row[1], resource) is ResourceMatch.NONE:
        return ResourceMatch.NONE
    return ResourceMatch.POSSIBLE


def without_parameters(resource: str) -> str:
    """The resource as a pattern that matches what it is for any values of its parameters."""
    return _PARAMETER.sub("*", resource)


def may_cover(general: str, resource: str) -> bool:
    """Whether `general` may have all of a resource, for some values of its parameters; fast, never wrongly False."""
    return resource_covers(without_parameters(general), resource)


def has_parameter(resource: str) -> bool:
    """Whether a resource has a deployment parameter, also one for the Region, account or partition."""
    return _PARAMETER.search(resource) is not None


@lru_cache(maxsize=65536)
def parameter_values(resource: str, other: str) -> tuple[str, ...] | None:
    """The values of a resource's parameters with which it has `other`; None if no values are known."""
    pattern = "".join(
        "(.+?)" if _PARAMETER.fullmatch(part) else re.escape(part).replace(r"\*", ".*").replace(r"\?", ".")
        for part in _PARTS.split(resource)
    )
    match = re.fullmatch(pattern, other, re.DOTALL)
    return match.groups() if match else None


def is_open(action: str, resource: str) -> bool:
    """Whether a source does not know which resource it is: any, or one that a parameter names.

    The resource of an action that takes no resource is "*", and known.
    """
    if is_single_star(resource):
        facts = find_action(action.lower())
        return facts is None or not facts.has_no_resource_types
    return _OWN_PARAMETER.search(resource) is not None
