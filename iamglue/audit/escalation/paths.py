"""The escalation paths that the access of a role opens, with the grants that they use and their targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.escalation.targets import (
    EscalationTarget,
    PrivilegeLevel,
    RoleIndex,
    find_administrators,
    find_function_administrators,
    find_named_roles,
    is_unbounded,
    targets_by_privilege,
)
from iamglue.audit.escalation.trust import trusts_role, trusts_service
from iamglue.catalog.escalation_paths import EscalationPath
from iamglue.model.account import Role
from iamglue.risk.escalation_steps import (
    assumed_context,
    completing_grant,
    grants_on_all,
    grants_on_some,
    possible_paths,
)
from iamglue.risk.policy_layer import RequestGrant

_SHOWN = 3  # example targets of a path: an account may have hundreds
_PASS, _ASSUME, _TRUST = "iam:PassRole", "sts:AssumeRole", "iam:UpdateAssumeRolePolicy"
SELF_MODIFYING_PATHS = frozenset(
    {"iam-attach-role-policy", "iam-put-role-policy", "iam-create-policy-version", "iam-set-default-policy-version"}
)
_OWN_BOUNDARY = frozenset({"iam-delete-role-permissions-boundary", "iam-put-role-permissions-boundary"})


@dataclass(frozen=True, slots=True, eq=False)
class OpenEscalationPath:
    """An available path: on a wildcard resource (`target` is None), or to one role or user.

    `examples` are administrator roles that it leads to.
    """

    path: EscalationPath
    grants: tuple[RequestGrant, ...]
    privilege: PrivilegeLevel
    target: EscalationTarget | None = None
    is_self: bool = False
    examples: tuple[Role, ...] = ()

    @property
    def actions(self) -> frozenset[str]:
        """The actions of the path."""
        return frozenset(grant.action for grant in self.grants)

    @property
    def group_key(self) -> tuple[object, ...]:
        """Equal for paths that one change can close."""
        first = self.grants[0]
        where = None if self.target is None else (self.is_self, self.privilege)
        return first.action.partition(":")[0], first.terms, where, first.action == _PASS


def find_open_paths(index: RoleIndex, access: RoleAccess) -> list[OpenEscalationPath]:
    """Every open path, except those with more actions than another path that leads as far.

    Paths that pass a role are always included.
    """
    paths = [opening for path in possible_paths(access) for opening in _open_paths(path, index, access)]
    if len(paths) < 2:
        return paths
    sets = [open_path.actions for open_path in paths]
    shortest = []
    for open_path, own_actions in zip(paths, sets, strict=True):
        fewer = (fewer_path for fewer_path, actions in zip(paths, sets, strict=True) if actions < own_actions)
        if open_path.path.passed_to or not any(_leads_as_far(fewer_path, open_path) for fewer_path in fewer):
            shortest.append(open_path)
    return shortest


def _leads_as_far(path: OpenEscalationPath, longer: OpenEscalationPath) -> bool:
    return path.target is None or _is_same_target(path.target, longer.target)


def _is_same_target(target: EscalationTarget, candidate: EscalationTarget | None) -> bool:
    return candidate is not None and target.arn == candidate.arn


def _open_paths(path: EscalationPath, index: RoleIndex, access: RoleAccess) -> Iterator[OpenEscalationPath]:
    additional = _additional_grants(path, access)
    if additional is None:
        return
    grants = grants_on_all(path, access)
    if grants is not None:
        examples = _administrator_examples(path, index, access)
        inherent = (
            path.required_on_all[0][0].startswith("iam:")
            and not path.passed_to
            and path.required_on_all[0][0] != _TRUST
        )
        privilege = PrivilegeLevel.ADMINISTRATOR if examples or inherent else PrivilegeLevel.MORE
        yield OpenEscalationPath(path, (*grants, *additional), privilege, examples=tuple(examples))
    elif path.named_effect:
        yield from _paths_to_named(path, index, access, additional)


def _additional_grants(path: EscalationPath, access: RoleAccess) -> list[RequestGrant] | None:
    """The grants of the actions that need only some resource; None if one is denied."""
    grants = grants_on_some(path, access)
    if grants is None or not path.completed_by:
        return grants
    completing = completing_grant(path, access)
    return None if completing is None else [*grants, completing]


def _administrator_examples(path: EscalationPath, index: RoleIndex, access: RoleAccess) -> list[Role]:
    """Up to three administrator roles that the path leads to."""
    first = path.required_on_all[0][0]
    wish = assumed_context(path, first, access)
    if path.passed_to:
        roles = find_administrators(index, path.passed_to, access.role)
    elif first == _ASSUME:
        roles = find_administrators(index, "", access.role)
    elif first.startswith("lambda:"):
        return list(islice(find_function_administrators(index, access.role), _SHOWN))
    else:
        return []
    return list(islice((role for role in roles if access.grant_on(first, role.arn, wish) is not None), _SHOWN))


def _paths_to_named(
    path: EscalationPath, index: RoleIndex, access: RoleAccess, additional: list[RequestGrant]
) -> Iterator[OpenEscalationPath]:
    """The path for each role or user that the policies name."""
    targets: dict[str, tuple[EscalationTarget, list[RequestGrant]]] = {}
    action, shape = path.required_on_all[0]
    for arn, role in find_named_roles(index, access, action, shape):
        if role is None and not shape.startswith(("iam:role", "iam:user")):
            continue
        target = EscalationTarget(role.arn if role else arn, role)
        if target.arn in targets or not _leads_to_target(path, target, access):
            continue
        grants = _target_grants(path, access, arn, target)
        if grants:
            targets[target.arn] = target, grants
    role_arn = access.role.arn
    if path.id in SELF_MODIFYING_PATHS | _OWN_BOUNDARY:
        privileges: Iterable[tuple[EscalationTarget, PrivilegeLevel]] = [
            (t, _own_privilege(path, access)) for t, _ in targets.values()
        ]
    elif len(path.required_on_all) > 1:
        privileges = [(target, _changed_privilege(target, index)) for target, _ in targets.values()]
    elif shape == "iam:user/*":
        privileges = [(target, PrivilegeLevel.MORE) for target, _ in targets.values()]
    else:
        privileges = targets_by_privilege(index, (target for target, _ in targets.values()), access)
    for target, privilege in privileges:
        if privilege is not PrivilegeLevel.NO_MORE:
            yield OpenEscalationPath(
                path, (*targets[target.arn][1], *additional), privilege, target, is_self=target.arn == role_arn
            )


def _target_grants(path: EscalationPath, access: RoleAccess, arn: str, target: EscalationTarget) -> list[RequestGrant]:
    """The grant of each action on the target, the first action on `arn`; empty if one is denied."""
    grants = []
    for at, (action, _) in enumerate(path.required_on_all):
        grant = access.grant_on(action, arn if at == 0 else target.arn, assumed_context(path, action, access))
        if grant is None:
            return []
        grants.append(grant)
    return grants


def _leads_to_target(path: EscalationPath, target: EscalationTarget, access: RoleAccess) -> bool:
    """Whether the path, applied to the target, gives the role the access of the target."""
    is_same_role = target.arn == access.role.arn
    if path.id in SELF_MODIFYING_PATHS:
        return is_same_role
    if path.id in _OWN_BOUNDARY:
        return is_same_role and access.role.boundary is not None
    if is_same_role:
        return False
    if target.role is None:
        # Another account trusts this role on purpose.
        return path.id != "sts-assume-role" or f":{access.role.account}:" in target.arn
    if path.passed_to:
        return trusts_service(target.role, path.passed_to)
    return _ASSUME not in path.actions or trusts_role(target.role, access.role)


def _own_privilege(path: EscalationPath, access: RoleAccess) -> PrivilegeLevel:
    """The privilege after the role changes its own policies; its boundary still applies."""
    if path.id == "iam-set-default-policy-version":
        return PrivilegeLevel.MORE
    return (
        PrivilegeLevel.ADMINISTRATOR
        if path.id in SELF_MODIFYING_PATHS and is_unbounded(access)
        else PrivilegeLevel.MORE
    )


def _changed_privilege(target: EscalationTarget, index: RoleIndex) -> PrivilegeLevel:
    """The privilege of a role or user to which any policy can be attached."""
    if target.role is None or target.role.boundary is None:
        return PrivilegeLevel.ADMINISTRATOR
    return PrivilegeLevel.ADMINISTRATOR if is_unbounded(index.access_of(target.role)) else PrivilegeLevel.MORE
