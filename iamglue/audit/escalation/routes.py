"""What one role or user can become: its open escalation paths as routes with their statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.user_callers import is_user, unread_policy
from iamglue.audit.escalation.paths import OpenEscalationPath
from iamglue.audit.escalation.targets import PrivilegeLevel, RoleIndex
from iamglue.audit.escalation.trusted_principals import trusted_principals
from iamglue.audit.escalation.wording import grant_statement, path_hops
from iamglue.catalog.sensitive_actions import data_read_actions
from iamglue.model.account import Role
from iamglue.model.escalation_map import EscalationRoute, PrincipalRoutes, ReadableData, RouteEnd
from iamglue.risk.sensitive_grants import find_sensitive_grants

_SHOWN = 100  # routes of one role: a pattern may lead to thousands of roles
_ENDS = {
    PrivilegeLevel.ADMINISTRATOR: RouteEnd.ADMINISTRATOR,
    PrivilegeLevel.SENSITIVE_DATA: RouteEnd.DATA,
    PrivilegeLevel.MORE: RouteEnd.MORE,
    PrivilegeLevel.NO_MORE: RouteEnd.MORE,
    PrivilegeLevel.UNREAD: RouteEnd.UNREAD,
}


def principal_routes(
    index: RoleIndex, access: RoleAccess, open_paths: Callable[[], list[OpenEscalationPath]]
) -> PrincipalRoutes:
    """The routes of the role or user of `access`, whose paths are `open_paths`, those that lead furthest first."""
    role = access.role
    paths = [] if access.allows_everything else open_paths()
    data = () if access.allows_everything else tuple(_readable_data(access))
    routes = [route for path in sorted(paths, key=_order) for route in _routes(path, role, index)]
    routes = list(dict.fromkeys(routes))
    unread = unread_policy(role)
    if unread:
        routes = [replace(route, unknown=route.unknown or unread) for route in routes]
    return PrincipalRoutes(
        role.name,
        role.arn,
        role.account,
        is_user=is_user(role),
        is_administrator=access.allows_everything,
        data=data,
        trusted=() if is_user(role) else tuple(trusted_principals(role)),
        routes=tuple(routes[:_SHOWN]),
        left_out=max(0, len(routes) - _SHOWN),
        not_known=access.unknown,
    )


def _order(path: OpenEscalationPath) -> tuple[bool, int, int]:
    return bool(path.unknown), -path.privilege, path.length


def _routes(path: OpenEscalationPath, role: Role, index: RoleIndex) -> Iterator[EscalationRoute]:
    """The route of a path; of a step on a wildcard resource one for each administrator that is its example."""
    hops = path_hops(path, role, index)
    end, left_out, step = _ENDS[path.privilege], path.length - len(hops), path.step
    if path.chain is not None:
        holder = path.chain.end.arn if path.chain.end is not None else None
        yield EscalationRoute(hops, end, holder, path.data, left_out, unknown=path.unknown)
    elif path.examples:
        for example in path.examples:
            yield EscalationRoute((replace(hops[0], target=example.arn),), end, example.arn, unknown=path.unknown)
    elif step.target is not None and step.target.user is not None and not step.changes_policies:
        yield EscalationRoute(hops, end, step.target.arn, unknown=path.unknown)  # credentials of the user
    elif step.target is None or step.gives_administrator or step.changes_policies:
        yield EscalationRoute(hops, end, effect=_effect(path, role), unknown=path.unknown)
    else:
        yield EscalationRoute(hops, end, step.target.arn, unknown=path.unknown)


def _effect(path: OpenEscalationPath, role: Role) -> str:
    """The result of a step that leads to no role or user by name, as a phrase that follows `can`."""
    step = path.step
    if step.target is None or not step.path.named_effect:
        return step.path.effect
    return step.path.named_effect.format("itself" if step.target.arn == role.arn else step.target.description)


def _readable_data(access: RoleAccess) -> Iterator[ReadableData]:
    """Yield the kinds of data of which the role can read everything, with the statements that allow it."""
    for group in find_sensitive_grants(access, data_read_actions):
        for sensitive, grant in group:
            statements = [grant_statement(sensitive.action, access.role, item) for item in access.statements(grant)]
            yield ReadableData(sensitive.effect_text, tuple(statements))
