"""The roles that the calls in CloudTrail's records pass to services: `iam:PassRole` has no event of its own.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamglue.infer.code.passed_roles import PASS_ROLE, is_role_member
from iamglue.infer.trail.event_plans import EventAction, operation_roles
from iamglue.infer.trail.named_arns import RecordScope, arn_of_name
from iamglue.infer.trail.parameter_values import values_at

_ROLE = "role"
_MAX_DEPTH = 8
_MAX_NODES = 2000
_MAX_ROLES = 20


def passed_roles(item: EventAction, values: Mapping[str, object], scope: RecordScope) -> Iterator[str]:
    """The roles that the parameters name: by ARN, or by name."""
    for text in _role_texts(item, values):
        arn = arn_of_name(PASS_ROLE, _ROLE, text, scope)
        if arn is not None:
            yield arn


def _role_texts(item: EventAction, values: Mapping[str, object]) -> tuple[str, ...]:
    """The texts in a request's parameters that name a role to pass, sorted."""
    texts: dict[str, None] = {}
    paths = operation_roles((item,))
    pending = [(path.steps[-1].name, value, 0) for path in paths for value in values_at(values, path)]
    for _ in range(_MAX_NODES):
        if not pending or len(texts) >= _MAX_ROLES:
            break
        name, value, depth = pending.pop()
        if isinstance(value, str) and value and is_role_member(name):
            texts[value] = None
        elif depth < _MAX_DEPTH and isinstance(value, dict):
            pending += [(str(key), inner, depth + 1) for key, inner in value.items()]
        elif depth < _MAX_DEPTH and isinstance(value, list):
            pending += [(name, inner, depth + 1) for inner in value if isinstance(inner, dict)]
    return tuple(sorted(texts))
