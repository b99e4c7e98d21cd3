"""The steps by which a role can get other access: each escalation path that its access opens, with its target.

A step gives the access of another role (it is assumed, passed to a service, or runs code that can be changed), or any
access at once (policies are changed, or credentials of an administrator obtained). Each is decided by effective access:
all policies of the role, its boundary, the SCPs, and the trust policy of the target.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.escalation.named_targets import (
    find_broad_patterns,
    find_named_targets,
    find_new_targets,
    find_own_targets,
)
from iamglue.audit.escalation.policy_changes import find_policy_change, may_get_any_policy
from iamglue.audit.escalation.targets import (
    USERS,
    EscalationTarget,
    RoleIndex,
    allowed_actions,
    is_unbounded,
)
from iamglue.audit.escalation.trust import RoleTrust, role_trust, trusts_service
from iamglue.catalog.aws_owned_resources import refused_change
from iamglue.catalog.escalation_paths import EscalationPath, find_escalation_path
from iamglue.model.account import Role
from iamglue.risk.escalation_steps import (
    assumed_context,
    completing_grant,
    grants_on_all,
    grants_on_some,
    may_open_path,
    possible_paths,
)
from iamglue.risk.policy_layer import RequestGrant

_OTHERS, _REACHING = 20, 100  # roles that a path of one role is followed to
PASS, ASSUME = "iam:PassRole", "sts:AssumeRole"
_TRUST, _ASSUME_PATH = "iam:UpdateAssumeRolePolicy", "sts-assume-role"
SELF_MODIFYING_PATHS = frozenset(
    {"iam-attach-role-policy", "iam-put-role-policy", "iam-create-policy-version", "iam-set-default-policy-version"}
)
_OWN_BOUNDARY = frozenset({"iam-delete-role-permissions-boundary", "iam-put-role-permissions-boundary"})
_OWN_CHANGES = SELF_MODIFYING_PATHS | _OWN_BOUNDARY
_CHANGE_AND_ASSUME = ("iam-put-role-policy-assume-role", "iam-attach-role-policy-assume-role")
_CHANGED = ("iam:role", "iam:user", "iam:group", "iam:policy")
_OLDER_VERSION = "iam-set-default-policy-version"  # what it allowed is not known


@dataclass(frozen=True, slots=True, eq=False)
class EscalationStep:
    """One step: the path, its grants, and the role or user it leads to (None: any, on a wildcard resource).

    `gives_administrator`: it gives administrator access whatever the target may do. `trust` is how the trust policy of
    the target lets the role in, if it is assumed; without grants the trust policy alone suffices.
    """

    path: EscalationPath
    grants: tuple[RequestGrant, ...]
    target: EscalationTarget | None = None
    gives_administrator: bool = False
    trust: RoleTrust | None = None

    @property
    def unknown(self) -> str:
        """Why it is not certain that the target lets the role in; empty if it is."""
        if self.trust is not None:
            return self.trust.unknown
        role = self.target.role if self.target and self.path.passed_to else None
        if role is None or role.trust.policy is not None:
            return ""
        return f"the trust policy of `{role.name}` {role.trust.parse_failure}"

    @property
    def actions(self) -> frozenset[str]:
        """The actions of the step."""
        return frozenset(grant.action for grant in self.grants)

    @property
    def becomes(self) -> Role | None:
        """The role or user whose access the step gives, if it leads to one and changes none of its policies."""
        return None if self.target is None or self.gives_administrator else self.target.role or self.target.user

    @property
    def changes_policies(self) -> bool:
        """Whether the step changes policies or boundaries, of the role itself or of the target."""
        return self.path.id in _OWN_CHANGES or (len(self.path.required_on_all) > 1 and not self.path.is_by_resource)


@dataclass(frozen=True, slots=True)
class NamedPath:
    """A path to a role, user or resource that policies name, with the grants of the actions that need only some one."""

    path: EscalationPath
    additional: tuple[RequestGrant, ...]


class ReachOrder(Protocol):
    """The roles that reach administrator access or sensitive data."""

    def __contains__(self, arn: object, /) -> bool:
        """Whether the role with the ARN is one of them."""

    def ordered_targets(self, shape: str, pattern: str) -> Iterable[tuple[str, EscalationTarget]]:
        """The ARNs that a pattern matches and their targets, those of roles that reach a goal first."""


def escalation_steps(index: RoleIndex, access: RoleAccess, reach: ReachOrder | None = None) -> Iterator[EscalationStep]:
    """The steps that the access of a role opens, without those of `broad_paths`.

    With `reach` broad patterns are included. A path then leads to the roles that reach administrator access or
    sensitive data, and to a few of the others: enough to compare what they may do.
    """
    for path in possible_paths(access):
        additional = _additional_grants(path, access)
        if additional is None:
            continue
        grants = grants_on_all(path, access)
        if grants is not None:
            yield EscalationStep(path, (*grants, *additional), gives_administrator=_is_inherent(path))
        elif path.named_effect:
            yield from _steps_to_named(path, index, access, tuple(additional), reach)
    for role in index.roles_naming(access.role):
        trust = role_trust(role, access)
        if trust is not None and trust.suffices:
            yield _step_by_trust(role, trust, index, access)


def may_take_step(index: RoleIndex, role: Role) -> bool:
    """Whether the access of a role may open a step; fast, and never wrongly False."""
    return bool(index.roles_naming(role)) or may_open_path(allowed_actions(role))


def _step_by_trust(role: Role, trust: RoleTrust, index: RoleIndex, access: RoleAccess) -> EscalationStep:
    """The step to a role whose trust policy suffices: with any access, if its policies can be changed before."""
    target = EscalationTarget(role.arn, role)
    if may_get_any_policy(role, index):
        for path_id in _CHANGE_AND_ASSUME:
            path = find_escalation_path(path_id)
            action = path.required_on_all[0][0]
            grant = access.grant_on(action, role.arn, assumed_context(path, action, access))
            if grant is not None:
                return EscalationStep(path, (grant,), target, gives_administrator=True, trust=trust)
    return EscalationStep(find_escalation_path(_ASSUME_PATH), (), target, trust=trust)


def _is_inherent(path: EscalationPath) -> bool:
    """Whether a path on a wildcard resource gives administrator access in any account."""
    first, shape = path.required_on_all[0]
    return shape.startswith(_CHANGED) and not path.passed_to and first not in (ASSUME, _TRUST)


def _additional_grants(path: EscalationPath, access: RoleAccess) -> list[RequestGrant] | None:
    """The grants of the actions that need only some resource; None if one is denied."""
    grants = grants_on_some(path, access)
    if grants is None or not path.completed_by:
        return grants
    completing = completing_grant(path, access)
    return None if completing is None else [*grants, completing]


def _steps_to_named(
    path: EscalationPath,
    index: RoleIndex,
    access: RoleAccess,
    additional: tuple[RequestGrant, ...],
    reach: ReachOrder | None,
) -> Iterator[EscalationStep]:
    """The step to each role or user that the policies name; see `escalation_steps`."""
    steps: dict[str, EscalationStep] = {}
    others = 0
    for arn, target in _named_targets(path, index, access, reach):
        is_other = reach is not None and target.role is not None and target.arn not in reach
        if target.arn in steps or (is_other and others >= _OTHERS):
            continue
        step = step_to_target(NamedPath(path, additional), arn, target, index, access)
        if step is not None:
            steps[target.arn] = step
            others += is_other
            yield step
        if reach is not None and len(steps) - others >= _REACHING:
            return


def _named_targets(
    path: EscalationPath, index: RoleIndex, access: RoleAccess, reach: ReachOrder | None
) -> Iterator[tuple[str, EscalationTarget]]:
    """The targets that the policies name, without those of broad patterns, or those that reach a goal first."""
    actions, shape = path.actions_on_target, path.required_on_all[0][1]
    if path.id in _OWN_CHANGES:
        yield from find_own_targets(index, access, actions, shape)
        return
    if path.creates_target:
        yield from find_new_targets(index, access, actions, shape)
        return
    yield from find_named_targets(index, access, actions, shape)
    if reach is not None:
        for pattern in find_broad_patterns(index, access, actions, shape):
            yield from reach.ordered_targets(shape, pattern)


def broad_paths(index: RoleIndex, access: RoleAccess) -> Iterator[tuple[NamedPath, str]]:
    """The paths to roles or users that a broad pattern names, with the pattern: too many to try each of them."""
    for path in possible_paths(access):
        if not path.named_effect or path.id in _OWN_CHANGES or path.creates_target:
            continue
        patterns = list(find_broad_patterns(index, access, path.actions_on_target, path.required_on_all[0][1]))
        additional = _additional_grants(path, access) if patterns and grants_on_all(path, access) is None else None
        if additional is not None:
            yield from ((NamedPath(path, tuple(additional)), pattern) for pattern in patterns)


def step_to_target(
    named: NamedPath, arn: str, target: EscalationTarget, index: RoleIndex, access: RoleAccess
) -> EscalationStep | None:
    """The step by a path to one target, whose ARN, or that of its policy or function, is `arn`; None if there is none.

    The step to a role whose trust policy suffices is not part of it: see `_step_by_trust`.
    """
    path = named.path
    trust = _trust(path, target, access)
    if trust is not None and trust.suffices and path.id in (_ASSUME_PATH, *_CHANGE_AND_ASSUME):
        return None
    grants = _target_grants(path, access, arn, target) if _leads_to_target(path, target, trust, access) else None
    if not grants:
        return None
    grants = [*grants, *named.additional]
    gives = _gives_administrator(path, target, index, access)
    if not gives and path.id not in _OWN_CHANGES:
        change = find_policy_change(path, target, index, access)
        gives = change is not None
        grants += [change] if change is not None else []
    return EscalationStep(path, tuple(grants), target, gives, trust)


def _trust(path: EscalationPath, target: EscalationTarget, access: RoleAccess) -> RoleTrust | None:
    """How the target's trust policy lets the role in, if the path assumes it."""
    is_assumed = any(action == ASSUME for action, _ in path.required_on_all)
    return role_trust(target.role, access) if is_assumed and target.role is not None else None


def _leads_to_target(
    path: EscalationPath, target: EscalationTarget, trust: RoleTrust | None, access: RoleAccess
) -> bool:
    """Whether the path, applied to the target, gives the role the access of the target."""
    is_same_role = target.arn == access.role.arn
    if path.id in SELF_MODIFYING_PATHS:
        return is_same_role
    if path.id in _OWN_BOUNDARY:
        return is_same_role and access.role.boundary is not None
    is_foreign = target.role is not None and target.role.account != access.role.account
    if is_same_role or (is_foreign and path.id != _ASSUME_PATH):
        return False
    if target.role is None:
        # Another account trusts this role on purpose.
        return path.id != _ASSUME_PATH or f":{access.role.account}:" in target.arn
    if path.passed_to:
        return trusts_service(target.role, path.passed_to)
    return trust is not None or all(action != ASSUME for action, _ in path.required_on_all)


def _target_grants(path: EscalationPath, access: RoleAccess, arn: str, target: EscalationTarget) -> list[RequestGrant]:
    """The grant of each action on the target, the first action on `arn`; empty if one is denied, or AWS refuses it."""
    grants = []
    for at, (action, _) in enumerate(path.required_on_all):
        resource = arn if at == 0 or path.is_by_resource else target.arn
        tags = target.tag_keys if resource == target.arn else ()
        grant = access.grant_on(action, resource, (*assumed_context(path, action, access), *tags))
        if grant is None or refused_change(action, resource):
            return []
        grants.append(grant)
    return grants


def may_give_administrator(path: EscalationPath) -> bool:
    """Whether a path to a named role or user may give administrator access whatever the target may do."""
    return len(path.required_on_all) > 1 or path.required_on_all[0][1] == USERS


def _gives_administrator(path: EscalationPath, target: EscalationTarget, index: RoleIndex, access: RoleAccess) -> bool:
    """Whether the step alone leads to administrator access, without steps of the target."""
    if path.id in SELF_MODIFYING_PATHS:
        return path.id != _OLDER_VERSION and is_unbounded(access)
    if path.id in _OWN_BOUNDARY or path.is_by_resource:
        return False
    if target.user is not None and index.is_administrator(target.user):
        return True
    if len(path.required_on_all) > 1:  # any policy can be attached to the target
        return target.role is None or may_get_any_policy(target.role, index)
    return False
