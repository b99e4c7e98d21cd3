"""Whether a role is plainly allowed something, seen without a proof: most of what functions need is."""

from __future__ import annotations

from iamglue.access.sets import Leaf
from iamglue.iam.arns import is_everything, resource_covers
from iamglue.iam.policies import Statement
from iamglue.rules.role.granted import Granted
from iamglue.rules.role.parts import Part

_VARIABLE = "${"


def surely_allowed(access: Granted, wanted: Statement) -> bool:
    """Whether one statement of each part allows all of `wanted`, and no Deny is about any of its actions.

    `wanted` has plain actions and resources. False means that a proof has to tell.
    """
    if wanted.resources is None or any(_VARIABLE in value for value in wanted.resources.values):
        return False
    return all(_allowed(part, wanted) for part in (access.own, *access.limits))


def _allowed(part: Part, wanted: Statement) -> bool:
    actions = [action.lower() for action in wanted.actions.values]
    if any(leaf.prepared.matches_action(action) for leaf in part.denies for action in actions):
        return False
    return any(
        all(map(leaf.prepared.matches_action, actions)) and _covers(leaf, wanted) and _is_met(leaf, wanted)
        for leaf in part.allows
    )


def _covers(leaf: Leaf, wanted: Statement) -> bool:
    allowed, asked = leaf.statement.resources, wanted.resources
    if allowed is None or allowed.negated or asked is None:
        return False
    plain = [value for value in allowed.values if _VARIABLE not in value]
    if any(map(is_everything, plain)):
        return True
    return all(any(resource_covers(value, each) for value in plain) for each in asked.values)


def _is_met(leaf: Leaf, wanted: Statement) -> bool:
    """Whether every condition of the statement stands in what is wanted, too."""
    return set(leaf.statement.conditions) <= set(wanted.conditions)
