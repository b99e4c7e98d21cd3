"""Several functions run as one role.

Each of them may do what any of the others needs: a fault in the one that reads a queue is then a way to the table that
another one writes. Logs and traces no longer tell them apart by role, and whoever narrows the role has to know all of
them. A role for each function costs nothing.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.engine.solve.action_bitsets import actions_in, element_bitset
from iamglue.findings import Severity

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.permission_set import PermissionSet

RULE = RoleRule(Severity.WARNING, risk=20)

_LISTED = 5


def check(case: RoleContext, _audit: AuditContext) -> Iterator[RoleViolation]:
    """One hit for a role of several functions; the same function in several Regions is one."""
    names = sorted({each.name for each in case.functions})
    if len(names) < 2:
        return
    shown = ", ".join(f"`{name}`" for name in names[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    message = f"{len(names)} functions run as this role, each with what all of them need: {shown}{more}"
    yield RoleViolation(message + _foreign(case), "give each function a role of its own")


def _foreign(case: RoleContext) -> str:
    """The function that is given most that only others need, where all needs are declared."""
    masks: dict[str, int] = {}
    for name, bundle in case.required_by_spec:
        masks[name] = masks.get(name, 0) | _mask(bundle)
    if case.is_spec_inferred or masks.keys() < {each.name for each in case.functions}:
        return ""
    every = reduce(or_, masks.values(), 0)
    name, own = min(masks.items(), key=lambda each: (each[1] & every).bit_count())
    others = sorted(map(str, actions_in(every & ~own)))
    if not others:
        return ""
    count = f"{len(others)} actions" if len(others) > 1 else "an action"
    return f"; `{name}` is given {count} that only others need, such as `{others[0]}`"


def _mask(bundle: PermissionSet) -> int:
    statements = (each for named in bundle.policies for each in named.policy.statements)
    return reduce(or_, (element_bitset(each.actions) for each in statements), 0)
