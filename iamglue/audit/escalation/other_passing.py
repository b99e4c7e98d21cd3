"""Roles that a role may pass to a service by calls that no escalation path is known for.

Whether such a call gives the access of the passed role depends on the service: that is reported as not known.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.escalation.named_targets import find_broad_patterns, find_named_targets
from iamglue.audit.escalation.steps import PASS, EscalationStep
from iamglue.audit.escalation.targets import EscalationTarget, PrivilegeLevel, RoleIndex, compare_privileges
from iamglue.audit.escalation.trust import trusted_services, trusts_service
from iamglue.catalog.escalation_paths import escalation_paths
from iamglue.catalog.passed_roles import passing_actions
from iamglue.catalog.service_principals import base_service_principal
from iamglue.lint.analysis.required_key import format_first_names
from iamglue.model.account import Role

_ROLES = "iam:role/*"
_COMPARED = 20  # roles of one service that are compared with the role


def record_other_passing(index: RoleIndex, access: RoleAccess, steps: Iterable[EscalationStep]) -> None:
    """Record the roles with more access that may be passed to each service, except those that steps lead to."""
    if not access.may_allow(PASS):
        return
    passing = [step for step in steps if step.path.passed_to]
    if any(step.target is None for step in passing):
        return
    reached = {step.target.arn for step in passing if step.target is not None}
    targets = {target.arn: target for target in _passed_targets(index, access) if target.arn not in reached}
    for service, actions in passing_actions().items() if targets else ():
        known = _actions_of_paths(service)
        allowed = tuple(action for action in actions if action not in known and access.may_allow(action))
        roles = [*_roles_with_more(index, access, targets.values(), service)] if allowed else []
        if roles:  # few roles trust another service than Lambda, and to prove what is allowed takes longer
            allowed = tuple(action for action in allowed if access.grant_on_some_resource(action) is not None)
        if roles and allowed:
            names = format_first_names(tuple(role.name for role in roles))
            passed_to = f" to `{service}`" if service else ""
            text = f"what the role gets by passing {names}{passed_to} with {format_first_names(allowed)}"
            access.record_unknown(text, is_failure=False)


@cache
def _actions_of_paths(service: str) -> frozenset[str]:
    """The actions of paths that pass a role to a service, which say what else is needed to get its access."""
    return frozenset(action for path in escalation_paths() if path.passed_to == service for action in path.actions)


def _passed_targets(index: RoleIndex, access: RoleAccess) -> Iterator[EscalationTarget]:
    """Yield the roles that policies name for `iam:PassRole`."""
    yield from (target for _, target in find_named_targets(index, access, (PASS,), _ROLES))
    known = index.targets_by_arn(_ROLES)
    for pattern in find_broad_patterns(index, access, (PASS,), _ROLES):
        yield from (target for arn in index.matching_arns(_ROLES, pattern) for target in known[arn])


def _roles_with_more(
    index: RoleIndex, access: RoleAccess, targets: Iterable[EscalationTarget], service: str
) -> Iterator[Role]:
    """Yield the roles that may be passed to a service, that trust it, and that have more access; at most twenty."""
    compared = 0
    for target in targets:
        role = target.role
        if role is None or role.arn == access.role.arn or not _may_be_passed(target, role, service, access):
            continue
        compared += 1
        if compare_privileges(index, role, access) > PrivilegeLevel.NO_MORE:
            yield role
        if compared >= _COMPARED:
            return


def _may_be_passed(target: EscalationTarget, role: Role, service: str, access: RoleAccess) -> bool:
    """Whether a role may be passed to a service that it trusts; "": to one that no call is known to pass a role to."""
    if service:
        services = [service] if trusts_service(role, service) else []
    else:
        services = [name for name in trusted_services(role) if base_service_principal(name) not in passing_actions()]
    return any(
        access.grant_on(PASS, role.arn, (("iam:passedtoservice", name), *target.tag_keys)) is not None
        for name in services
    )
