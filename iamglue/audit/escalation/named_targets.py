"""The roles, users and resources that the policies of a role name for an action."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.escalation.targets import USERS, EscalationTarget, RoleIndex
from iamglue.engine.solve.access import StatementTerm
from iamglue.policy.arns import arn_has_shape, is_single_star, resource_matches
from iamglue.policy.patterns.wildcards import has_wildcard

# The condition keys of a resource's tags, account and organization.
_RESOURCE_KEY = re.compile(r"(?i):ResourceTag/|^aws:Resource")
_BROAD = 50  # ARNs that match a pattern: those of more are not tried one by one for each role


def find_named_targets(
    index: RoleIndex, access: RoleAccess, actions: Sequence[str], shape: str
) -> Iterator[tuple[str, EscalationTarget]]:
    """The ARNs of a shape that the role's policies name for an action, each with the role or user that it leads to.

    It is the first of `actions`; the others are needed on the same target. Those of `find_broad_patterns` are not
    included.
    """
    known = index.targets_by_arn(shape)
    for pattern in dict.fromkeys(_patterns(access, actions, shape)):
        if pattern in known:
            yield from ((pattern, target) for target in known[pattern])
        elif not has_wildcard(pattern):
            if arn_has_shape(pattern, shape) and not shape.startswith(("iam:policy", "lambda:")):
                yield pattern, EscalationTarget(pattern)
        else:
            arns = index.matching_arns(shape, pattern)
            for arn in arns if len(arns) <= _BROAD else ():
                yield from ((arn, target) for target in known[arn])
            is_unread = not index.users_read if shape == USERS else not shape.startswith(("iam:", "lambda:"))
            if is_unread and pattern != _every_arn(shape) and arn_has_shape(pattern, shape):
                yield pattern, EscalationTarget(pattern)


def find_broad_patterns(index: RoleIndex, access: RoleAccess, actions: Sequence[str], shape: str) -> Iterator[str]:
    """The patterns that the role's policies have for the first action, and that match more than 50 ARNs of a shape."""
    for pattern in dict.fromkeys(_patterns(access, actions, shape)):
        if has_wildcard(pattern) and len(index.matching_arns(shape, pattern)) > _BROAD:
            yield pattern


def find_own_targets(
    index: RoleIndex, access: RoleAccess, actions: Sequence[str], shape: str
) -> Iterator[tuple[str, EscalationTarget]]:
    """The ARNs of the role and of its own policies that its policies name for the first action, those of a shape."""
    known = index.targets_by_arn(shape)
    own = [arn for arn in (access.role.arn, *(policy.arn for policy in access.role.policies)) if arn and arn in known]
    for pattern in dict.fromkeys(_patterns(access, actions, shape)):
        yield from (
            (arn, EscalationTarget(access.role.arn, access.role)) for arn in own if resource_matches(pattern, arn)
        )


def find_new_targets(
    index: RoleIndex, access: RoleAccess, actions: Sequence[str], shape: str
) -> Iterator[tuple[str, EscalationTarget]]:
    """The names and patterns that the role's policies have for the first action, without names that exist."""
    known = index.targets_by_arn(shape)
    for pattern in dict.fromkeys(_patterns(access, actions, shape)):
        if pattern not in known and arn_has_shape(pattern, shape):
            yield pattern, EscalationTarget(pattern)


def _patterns(access: RoleAccess, actions: Sequence[str], shape: str) -> Iterator[str]:
    """Yield the resource patterns of the statements that allow the first action, and the names that a Deny leaves.

    Where a statement allows everything (`*`, `NotResource`), a Deny with `NotResource`, a condition, the boundary or an
    SCP may leave a few resources: all that are known are candidates, and those that these policies name.
    """
    is_everything, action = False, actions[0]
    for term in access.identity_layer.terms_for_action(action)[0]:
        resources = term.statement.resources
        if resources is not None and not resources.negated:
            yield from (value for value in resources.values if not is_single_star(value))
        is_everything |= resources is not None and (resources.negated or any(map(is_single_star, resources.values)))
    # Otherwise what is allowed on one resource is allowed on all.
    if is_everything and any(_is_limited_by_resource(access, action) for action in actions):
        yield _every_arn(shape)
        for layer in (access.identity_layer, *access.limits):
            yield from _names_in_limits(*layer.terms_for_action(action))


def _names_in_limits(allows: Iterable[StatementTerm], denies: Iterable[StatementTerm]) -> Iterator[str]:
    """Yield the patterns that Allow statements name in `Resource`, and Deny statements in `NotResource`."""
    for is_deny, terms in ((False, allows), (True, denies)):
        for resources in (term.statement.resources for term in terms):
            if resources is not None and resources.negated is is_deny:
                yield from (value for value in resources.values if not is_single_star(value))


def _is_limited_by_resource(access: RoleAccess, action: str) -> bool:
    """Whether it depends on the resource if statements for everything allow an action: on its ARN, tags or owner."""
    own = access.identity_layer
    for layer in (own, *access.limits):
        allows, denies = layer.terms_for_action(action)
        if any(_tests_resource(term) for term in (*allows, *denies)) or any(map(_names_resources, denies)):
            return True
        # The role's other Allow statements add the resources that they name: those are patterns of their own.
        if any(_names_resources(term) and (layer is not own or _is_negated(term)) for term in allows):
            return True
    return False


def _names_resources(term: StatementTerm) -> bool:
    resources = term.statement.resources
    return resources is not None and (resources.negated or not any(map(is_single_star, resources.values)))


def _is_negated(term: StatementTerm) -> bool:
    return term.statement.resources is not None and term.statement.resources.negated


def _tests_resource(term: StatementTerm) -> bool:
    """Whether a condition is about the tags, the account or the organization of the resource."""
    return any(_RESOURCE_KEY.search(condition.key) for condition in term.statement.conditions)


def _every_arn(shape: str) -> str:
    """The pattern of all ARNs of a shape, in any partition, Region and account."""
    service, _, resource = shape.partition(":")
    return f"arn:*:{service}:*:*:{resource}"
