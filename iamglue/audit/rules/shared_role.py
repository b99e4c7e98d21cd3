"""Several functions run as one role.

Each of them has the access that any of the others needs: a vulnerability in the function that reads a queue gives
access to the table that another function writes. Logs and traces do not show which function used the role. To
reduce the role's access, the needs of all functions must be known. A role for each function costs nothing. If the
Serverless Framework made the role for all functions of a service, this is a suggestion.

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
_DEFAULT_RISK = 5  # of the role that a framework makes for all functions


def check(context: RoleContext, _audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield one violation for a role of several functions; the same name in several Regions counts once."""
    names = sorted({function.name for function in context.functions})
    if len(names) < 2:
        return
    shown = ", ".join(f"`{name}`" for name in names[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    message = f"{len(names)} functions run as this role, each with the access that all of them need: {shown}{more}"
    is_default = context.role.origin is not None and context.role.origin.synthesized
    yield RoleViolation(
        message + _unneeded_text(context),
        "create a role for each function",
        severity=Severity.SUGGESTION if is_default else None,
        risk=_DEFAULT_RISK if is_default else None,
        about=tuple(names),
    )


def _unneeded_text(context: RoleContext) -> str:
    """The function with most access that only other functions need, as text; empty unless specs declare all needs."""
    masks: dict[str, int] = {}
    for name, bundle in () if context.is_spec_inferred else context.required_by_spec:
        masks[name] = masks.get(name, 0) | _required_bitset(bundle)
    if masks.keys() < {item.name for item in context.functions}:
        return ""
    every = reduce(or_, masks.values(), 0)
    name, own_bitset = min(masks.items(), key=lambda item: (item[1] & every).bit_count())
    others = sorted(map(str, actions_in(every & ~own_bitset)))
    if not others:
        return ""
    count = f"{len(others)} actions" if len(others) > 1 else "1 action"
    return f"; `{name}` has {count} that only other functions need, such as `{others[0]}`"


def _required_bitset(bundle: PermissionSet) -> int:
    statements = (statement for named in bundle.policies for statement in named.policy.statements)
    return reduce(or_, (element_bitset(statement.actions) for statement in statements), 0)
