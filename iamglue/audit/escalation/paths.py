"""The escalation paths that the access of a role opens, with the grants that they use and their targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from itertools import islice
from operator import or_

from iamglue.audit.access.role_access import AssumedContext, RequestGrant, RoleAccess
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
from iamglue.catalog.escalation_paths import EscalationPath, escalation_paths
from iamglue.engine.solve.action_bitsets import patterns_bitset
from iamglue.model.account import Role

_SHOWN = 3  # example targets of a path: an account may have hundreds
_PASS, _ASSUME, _TRUST = "iam:PassRole", "sts:AssumeRole", "iam:UpdateAssumeRolePolicy"
_LINKS = frozenset({_ASSUME, _TRUST, "iam:CreateAccessKey"})
# These change the access of the role itself; applied to another role they are not an escalation.
_ATTACHING = frozenset({"iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy"})
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
        return frozenset(each.action for each in self.grants)

    @property
    def group_key(self) -> tuple[object, ...]:
        """Equal for paths that one change can close."""
        first = self.grants[0]
        by = tuple((id(each.policy), each.index) for each in first.statements)
        where = None if self.target is None else (self.is_self, self.privilege)
        return first.action.partition(":")[0], by, where, first.action == _PASS


def find_open_paths(index: RoleIndex, granted: RoleAccess) -> list[OpenEscalationPath]:
    """Every open path, except those with more actions than another path that leads as far.

    Paths that pass a role are always included.
    """
    found = [opening for path in _possible(granted) for opening in _opened(path, index, granted)]
    if len(found) < 2:
        return found
    sets = [each.actions for each in found]
    kept = []
    for more, own in zip(found, sets, strict=True):
        fewer = (less for less, actions in zip(found, sets, strict=True) if actions < own)
        if more.path.passed_to or not any(_leads_as_far(less, more) for less in fewer):
            kept.append(more)
    return kept


def _leads_as_far(less: OpenEscalationPath, more: OpenEscalationPath) -> bool:
    return less.target is None or _same(less.target, more.target)


def _possible(granted: RoleAccess) -> Iterator[EscalationPath]:
    """The paths whose actions may all be allowed; fast for the many roles that have none."""
    return (
        path for path in _open_to(granted.possible_actions & _every_bit()) if all(map(granted.may_allow, path.actions))
    )


@lru_cache(maxsize=2048)
def _open_to(most: int) -> tuple[EscalationPath, ...]:
    """The paths whose known actions are all in a bitset."""
    found = _by_bits()
    return tuple(path for bits, then, path in found if most & bits == bits and (not path.completed_by or most & then))


@cache
def _by_bits() -> tuple[tuple[int, int, EscalationPath], ...]:
    """Each path with the bitsets of its actions and of the actions that complete it."""
    return tuple(
        (patterns_bitset(path.actions), patterns_bitset(path.completed_by), path) for path in escalation_paths()
    )


@cache
def _every_bit() -> int:
    return reduce(or_, (bits | then for bits, then, _ in _by_bits()), 0)


def _same(one: EscalationTarget, other: EscalationTarget | None) -> bool:
    return other is not None and one.arn == other.arn


def _opened(path: EscalationPath, index: RoleIndex, granted: RoleAccess) -> Iterator[OpenEscalationPath]:
    besides = _besides(path, granted)
    if besides is None:
        return
    wide = [granted.grant_on_all(action, shape, _wish(path, action, granted)) for action, shape in path.required_on_all]
    grants = [each for each in wide if each is not None]
    if len(grants) == len(wide):
        examples = _examples(path, index, granted)
        inherent = (
            path.required_on_all[0][0].startswith("iam:")
            and not path.passed_to
            and path.required_on_all[0][0] != _TRUST
        )
        power = PrivilegeLevel.ADMINISTRATOR if examples or inherent else PrivilegeLevel.MORE
        yield OpenEscalationPath(path, (*grants, *besides), power, examples=tuple(examples))
    elif path.named_effect:
        yield from _to_named(path, index, granted, besides)


def _besides(path: EscalationPath, granted: RoleAccess) -> list[RequestGrant] | None:
    """The grants of the actions that need only some resource; None if one is denied."""
    found = []
    for action in path.required_on_some:
        each = granted.grant_on_some_resource(action)
        if each is None:
            return None
        found.append(each)
    if path.completed_by:
        then = next(
            (each for action in path.completed_by if (each := granted.grant_on_some_resource(action)) is not None), None
        )
        return None if then is None else [*found, then]
    return found


def _wish(path: EscalationPath, action: str, granted: RoleAccess) -> AssumedContext:
    if action == _PASS:
        return (("iam:passedtoservice", path.passed_to),)
    if action in _ATTACHING:
        return (("iam:policyarn", f"arn:{granted.account.partition}:iam::aws:policy/AdministratorAccess"),)
    return ()


def _examples(path: EscalationPath, index: RoleIndex, granted: RoleAccess) -> list[Role]:
    """Up to three administrator roles that the path leads to."""
    first = path.required_on_all[0][0]
    wish = _wish(path, first, granted)
    if path.passed_to:
        roles = find_administrators(index, path.passed_to, granted.role)
    elif first == _ASSUME:
        roles = find_administrators(index, "", granted.role)
    elif first.startswith("lambda:"):
        return list(islice(find_function_administrators(index, granted.role), _SHOWN))
    else:
        return []
    return list(islice((role for role in roles if granted.grant_on(first, role.arn, wish) is not None), _SHOWN))


def _to_named(
    path: EscalationPath, index: RoleIndex, granted: RoleAccess, besides: list[RequestGrant]
) -> Iterator[OpenEscalationPath]:
    """The path for each role or user that the policies name."""
    made: dict[str, tuple[EscalationTarget, list[RequestGrant]]] = {}
    action, shape = path.required_on_all[0]
    for arn, role in find_named_roles(index, granted, action, shape):
        if role is None and not shape.startswith(("iam:role", "iam:user")):
            continue
        target = EscalationTarget(role.arn if role else arn, role)
        if target.arn in made or not _leads(path, target, granted):
            continue
        grants = _grants(path, granted, arn, target)
        if grants:
            made[target.arn] = target, grants
    own = granted.role.arn
    if path.id in SELF_MODIFYING_PATHS | _OWN_BOUNDARY:
        powers: Iterable[tuple[EscalationTarget, PrivilegeLevel]] = [
            (t, _own_power(path, granted)) for t, _ in made.values()
        ]
    elif len(path.required_on_all) > 1:
        powers = [(target, _changed_power(target, index)) for target, _ in made.values()]
    elif shape == "iam:user/*":
        powers = [(target, PrivilegeLevel.MORE) for target, _ in made.values()]
    else:
        powers = targets_by_privilege(index, (target for target, _ in made.values()), granted)
    for target, power in powers:
        if power is not PrivilegeLevel.NO_MORE:
            yield OpenEscalationPath(path, (*made[target.arn][1], *besides), power, target, is_self=target.arn == own)


def _grants(path: EscalationPath, granted: RoleAccess, arn: str, target: EscalationTarget) -> list[RequestGrant]:
    """The grant of each action on the target, the first action on `arn`; empty if one is denied."""
    found = []
    for at, (action, _) in enumerate(path.required_on_all):
        each = granted.grant_on(action, arn if at == 0 else target.arn, _wish(path, action, granted))
        if each is None:
            return []
        found.append(each)
    return found


def _leads(path: EscalationPath, target: EscalationTarget, granted: RoleAccess) -> bool:
    """Whether the path, applied to the target, gives the role the access of the target."""
    mine = target.arn == granted.role.arn
    if path.id in SELF_MODIFYING_PATHS:
        return mine
    if path.id in _OWN_BOUNDARY:
        return mine and granted.role.boundary is not None
    if mine:
        return False
    if target.role is None:
        # Another account trusts this role on purpose.
        return path.id != "sts-assume-role" or f":{granted.role.account}:" in target.arn
    if path.passed_to:
        return trusts_service(target.role, path.passed_to)
    return _ASSUME not in path.actions or trusts_role(target.role, granted.role)


def _own_power(path: EscalationPath, granted: RoleAccess) -> PrivilegeLevel:
    """The privilege after the role changes its own policies; its boundary still applies."""
    if path.id == "iam-set-default-policy-version":
        return PrivilegeLevel.MORE
    return (
        PrivilegeLevel.ADMINISTRATOR
        if path.id in SELF_MODIFYING_PATHS and is_unbounded(granted)
        else PrivilegeLevel.MORE
    )


def _changed_power(target: EscalationTarget, index: RoleIndex) -> PrivilegeLevel:
    """The privilege of a role or user to which any policy can be attached."""
    if target.role is None or target.role.boundary is None:
        return PrivilegeLevel.ADMINISTRATOR
    return PrivilegeLevel.ADMINISTRATOR if is_unbounded(index.access_of(target.role)) else PrivilegeLevel.MORE
