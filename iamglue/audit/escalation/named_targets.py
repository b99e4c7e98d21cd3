"""The roles, users and resources that the policies of a role name for an action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.escalation.targets import USERS, EscalationTarget, RoleIndex
from iamglue.policy.arns import arn_has_shape, is_single_star, resource_matches
from iamglue.policy.patterns.wildcards import has_wildcard

_BROAD = 50  # ARNs that match a pattern: those of more are not tried one by one for each role


def find_named_targets(
    index: RoleIndex, access: RoleAccess, action: str, shape: str
) -> Iterator[tuple[str, EscalationTarget]]:
    """The ARNs of a shape that the role's policies name for an action, each with the role or user that it leads to.

    Those of `find_broad_patterns` are not included.
    """
    known = index.targets_by_arn(shape)
    for pattern in dict.fromkeys(_patterns(access, action)):
        if pattern in known:
            yield from ((pattern, target) for target in known[pattern])
        elif not has_wildcard(pattern):
            if arn_has_shape(pattern, shape) and not shape.startswith(("iam:policy", "lambda:")):
                yield pattern, EscalationTarget(pattern)
        elif not is_single_star(pattern):
            arns = index.matching_arns(shape, pattern)
            for arn in arns if len(arns) <= _BROAD else ():
                yield from ((arn, target) for target in known[arn])
            is_unread = not index.users_read if shape == USERS else not shape.startswith(("iam:", "lambda:"))
            if is_unread and arn_has_shape(pattern, shape):
                yield pattern, EscalationTarget(pattern)


def find_broad_patterns(index: RoleIndex, access: RoleAccess, action: str, shape: str) -> Iterator[str]:
    """The patterns that the role's policies have for an action, and that match more than 50 ARNs of a shape."""
    for pattern in dict.fromkeys(_patterns(access, action)):
        is_pattern = has_wildcard(pattern) and not is_single_star(pattern)
        if is_pattern and len(index.matching_arns(shape, pattern)) > _BROAD:
            yield pattern


def find_own_targets(
    index: RoleIndex, access: RoleAccess, action: str, shape: str
) -> Iterator[tuple[str, EscalationTarget]]:
    """The ARNs of the role and of its own policies that its policies name for an action, those of a shape."""
    known = index.targets_by_arn(shape)
    own = [arn for arn in (access.role.arn, *(policy.arn for policy in access.role.policies)) if arn and arn in known]
    for pattern in dict.fromkeys(_patterns(access, action)):
        if not is_single_star(pattern):
            yield from (
                (arn, EscalationTarget(access.role.arn, access.role)) for arn in own if resource_matches(pattern, arn)
            )


def _patterns(access: RoleAccess, action: str) -> Iterable[str]:
    """Yield the resource patterns of the statements that allow an action; `NotResource` names no target."""
    for term in access.identity_layer.terms_for_action(action)[0]:
        resources = term.statement.resources
        if resources is not None and not resources.negated:
            yield from resources.values
