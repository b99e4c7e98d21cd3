"""Whether a role may change the policies of another role, or user, before it obtains its access.

Then the step gives any access, whatever the other role may do now.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.escalation.targets import EscalationTarget, RoleIndex, is_unbounded
from iamglue.catalog.aws_owned_resources import refused_change
from iamglue.catalog.escalation_paths import EscalationPath
from iamglue.model.account import Role
from iamglue.risk.escalation_steps import assumed_context
from iamglue.risk.policy_layer import RequestGrant

_OF_ROLES = ("iam:PutRolePolicy", "iam:AttachRolePolicy")
_OF_USERS = ("iam:PutUserPolicy", "iam:AttachUserPolicy")
_VERSION = "iam:CreatePolicyVersion"
POLICY_CHANGES = frozenset({*_OF_ROLES, *_OF_USERS, _VERSION})


def find_policy_change(
    path: EscalationPath, target: EscalationTarget, index: RoleIndex, access: RoleAccess
) -> RequestGrant | None:
    """The grant of a change that gives the target of a path any access; None if no change is allowed."""
    owner = target.role or target.user
    if owner is None or owner.arn == access.role.arn or owner.account != access.role.account:
        return None
    for action, resource in _changes(target, owner):
        if not access.may_allow(action) or refused_change(action, resource):
            continue
        tags = target.tag_keys if resource == owner.arn else ()
        grant = access.grant_on(action, resource, (*assumed_context(path, action, access), *tags))
        if grant is not None:
            return grant if may_get_any_policy(owner, index) else None
    return None


def _changes(target: EscalationTarget, owner: Role) -> Iterator[tuple[str, str]]:
    """Yield the actions that change the policies of a role or user, each with its resource."""
    yield from ((action, owner.arn) for action in (_OF_USERS if target.user is not None else _OF_ROLES))
    for policy in owner.policies:
        if policy.arn is not None and not policy.is_aws_managed:
            yield _VERSION, policy.arn


def may_get_any_policy(role: Role, index: RoleIndex) -> bool:
    """Whether no boundary limits what policies that are added to a role may allow."""
    return role.boundary is None or is_unbounded(index.access_of(role))
