"""Two statements as one that holds what both apply to, as near as one statement can say it."""

from __future__ import annotations

from dataclasses import replace

from iamglue.iam.arns import resource_covers, resource_intersects
from iamglue.iam.conditions import Condition
from iamglue.iam.patterns import intersects_action
from iamglue.iam.policies import Patterns, Statement


def meeting(one: Statement, other: Statement) -> Statement:
    """`one` narrowed to where `other` applies too, where that can be written; never narrower than both together."""
    return replace(one, resources=_resources(one.resources, other.resources), conditions=_conditions(one, other))


def may_meet(one: Statement, other: Statement) -> bool:
    """False where no request is one that both statements apply to; True may mean "not looked at"."""
    return _actions_meet(one.actions, other.actions) and _resources_meet(one.resources, other.resources)


def _actions_meet(one: Patterns, other: Patterns) -> bool:
    if one.negated or other.negated:
        return True
    return any(intersects_action(mine, theirs) for mine in one.values for theirs in other.values)


def _resources_meet(one: Patterns | None, other: Patterns | None) -> bool:
    if one is None or other is None or one.negated or other.negated:
        return True
    return any(resource_intersects(mine, theirs) for mine in one.values for theirs in other.values)


def _resources(one: Patterns | None, other: Patterns | None) -> Patterns | None:
    if one is None or other is None or other.negated:
        return one
    if one.negated:
        return other
    met: dict[str, None] = {}
    for mine in one.values:
        for theirs in other.values:
            if resource_covers(mine, theirs):
                met[theirs] = None
            elif resource_covers(theirs, mine) or resource_intersects(mine, theirs):
                met[mine] = None
    return Patterns(tuple(met)) if met else one


def _conditions(one: Statement, other: Statement) -> tuple[Condition, ...]:
    # A document cannot hold an operator and key twice.
    taken = {(each.operator, each.key) for each in one.conditions}
    return (*one.conditions, *(each for each in other.conditions if (each.operator, each.key) not in taken))
