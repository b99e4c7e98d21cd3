"""Roles that an escalation path leads to, and whether they have more access than the current role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property, partial
from itertools import islice

from iamglue.audit.access.account_access import AccountAccess
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.escalation.trust import may_trust_roles, trusts_role, trusts_service
from iamglue.engine.solve.action_bitsets import actions_in, element_bitset, patterns_bitset
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.model.account import Role
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, resource_matches, split_arn_fields
from iamglue.policy.model import Effect
from iamglue.policy.patterns.wildcards import has_wildcard

_ATTACH, _PUT = "iam:AttachRolePolicy", "iam:PutRolePolicy"
_PATTERNS = 128  # patterns whose matching ARNs are cached
_TRIED = 3  # actions that only the other role may have: evaluated before a proof
_COMPARED = 20  # roles without administrator access that are compared for one path


class PrivilegeLevel(IntEnum):
    """The access of a role compared with another one."""

    NO_MORE = 0
    UNREAD = 1
    MORE = 2
    ADMINISTRATOR = 3


@dataclass(frozen=True, slots=True, eq=False)
class EscalationTarget:
    """A role or user by its ARN; `role` is None if it was not read."""

    arn: str
    role: Role | None = None

    @property
    def description(self) -> str:
        """The kind and name, as text."""
        return f"the {split_arn_fields(self.arn)[-1].partition('/')[0]} `{self.name}`"

    @property
    def name(self) -> str:
        """The name without the path."""
        return self.arn.rpartition("/")[2] or self.arn


class LazyRoles:
    """Roles that are searched for as far as needed, and cached: a few of many serve as examples."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self._rest = iter(roles)
        self._cached: list[Role] = []

    def __iter__(self) -> Iterator[Role]:
        """The cached roles, then the remaining ones."""
        at = 0
        while True:
            if at == len(self._cached):
                following = next(self._rest, None)
                if following is None:
                    return
                self._cached.append(following)
            yield self._cached[at]
            at += 1


class RoleIndex:
    """The roles of an account by the ARNs that policies may name: of roles, of policies, of functions."""

    def __init__(self, accesses: AccountAccess) -> None:
        self._account = account = accesses.account
        self._accesses = accesses
        self.privileges: dict[tuple[str, str], PrivilegeLevel] = {}
        by_arn = {role.arn: role for role in account.roles}
        self.roles: dict[str, list[Role]] = {arn: [role] for arn, role in by_arn.items()}
        self.policies: dict[str, list[Role]] = {}
        for role in account.roles:
            for policy in role.policies:
                if policy.arn is not None and not policy.is_aws_managed:
                    self.policies.setdefault(policy.arn, []).append(role)
        self.functions = {
            function.arn: [by_arn[function.role_arn]] for function in account.functions if function.role_arn in by_arn
        }
        self._administers: dict[str, bool] = {}
        self._trusting: dict[str, LazyRoles] = {}
        self._matching: dict[tuple[str, str], list[str]] = {}

    def access_of(self, role: Role) -> RoleAccess:
        """The access of a role that another one may become."""
        return self._accesses.other_role(role)

    def is_administrator(self, role: Role) -> bool:
        """Whether a role has administrator access; cached."""
        known = self._administers.get(role.arn)
        if known is None:
            known = _may_administer(role) and is_administrator(self.access_of(role))
            self._administers[role.arn] = known
        return known

    @cached_property
    def administrators(self) -> LazyRoles:
        """The roles with administrator access."""
        return LazyRoles(role for role in self._account.roles if self.is_administrator(role))

    @cached_property
    def function_administrators(self) -> LazyRoles:
        """The administrator roles that functions run as."""
        run = {function.role_arn for function in self._account.functions}
        return LazyRoles(role for role in self._account.roles if role.arn in run and self.is_administrator(role))

    def administrators_trusting(self, service: str) -> LazyRoles:
        """The administrator roles that trust a service; for an empty text, those that may trust another role."""
        administrators = self._trusting.get(service)
        if administrators is None:
            trusts = partial(trusts_service, service=service) if service else may_trust_roles
            administrators = self._trusting[service] = LazyRoles(filter(trusts, self.administrators))
        return administrators

    def roles_by_arn(self, shape: str) -> dict[str, list[Role]]:
        """The roles that belong to ARNs of a shape."""
        table = {"iam:role/*": self.roles, "iam:policy/*": self.policies, "lambda:function:*": self.functions}
        return table.get(shape, {})

    def matching_arns(self, shape: str, pattern: str) -> list[str]:
        """The ARNs of a shape that a pattern matches; cached, as many roles have the same broad patterns."""
        arns = self._matching.get((shape, pattern))
        if arns is None:
            if len(self._matching) >= _PATTERNS:
                del self._matching[next(iter(self._matching))]
            arns = self._matching[shape, pattern] = _matching_arns(pattern, self.roles_by_arn(shape))
        return arns


def find_named_roles(
    index: RoleIndex, access: RoleAccess, action: str, shape: str
) -> Iterator[tuple[str, Role | None]]:
    """The ARNs of a shape that the role's policies name for an action, each with its role, if known."""
    known = index.roles_by_arn(shape)
    for pattern in dict.fromkeys(_patterns(access, action)):
        if not has_wildcard(pattern):
            if _has_shape(pattern, shape):
                yield from ((pattern, role) for role in known.get(pattern) or (None,))
        elif not is_single_star(pattern):
            for arn in index.matching_arns(shape, pattern):
                yield from ((arn, role) for role in known[arn])


def _patterns(access: RoleAccess, action: str) -> Iterable[str]:
    for term in access.identity_layer.terms_for_action(action)[0]:
        resources = term.statement.resources
        if resources is not None and not resources.negated:
            yield from resources.values


def _matching_arns(pattern: str, known: Iterable[str]) -> list[str]:
    start = pattern[: min((pattern.find(wildcard) for wildcard in "*?$" if wildcard in pattern), default=len(pattern))]
    return [arn for arn in known if arn.startswith(start) and resource_matches(pattern, arn)]


def _has_shape(arn: str, shape: str) -> bool:
    owner, _, resource = shape.partition(":")
    fields = split_arn_fields(arn)
    return len(fields) == ARN_FIELD_COUNT and fields[2] == owner and fields[5].startswith(resource.rstrip("*"))


def _may_administer(role: Role) -> bool:
    """Whether a statement allows an action that administrators need; fast, and never wrongly False."""
    return any(
        statement.effect is Effect.ALLOW and element_bitset(statement.actions) & _attaching_actions()
        for policy in role.policies
        if policy.policy is not None
        for statement in policy.policy.statements
    )


@cache
def _attaching_actions() -> int:
    return patterns_bitset((_ATTACH, _PUT))


def is_administrator(access: RoleAccess) -> bool:
    """Whether a role has administrator access, or can give itself administrator access."""
    if access.allows_everything:
        return True
    if not is_unbounded(access):
        return False
    admin = (("iam:policyarn", f"arn:{access.account.partition}:iam::aws:policy/AdministratorAccess"),)
    role_arn = access.role.arn
    return bool(access.grant_on(_ATTACH, role_arn, admin) or access.grant_on(_PUT, role_arn))


def is_unbounded(access: RoleAccess) -> bool:
    """Whether no permissions boundary limits what changed policies may allow."""
    return access.boundary is None or access.boundary.has_full_access_statement


def compare_privileges(index: RoleIndex, target: Role | None, over: RoleAccess) -> PrivilegeLevel:
    """The access of `target` compared with that of `over`; cached."""
    if target is None:
        return PrivilegeLevel.UNREAD
    known, key = index.privileges, (target.arn, over.role.arn)
    if key not in known:
        known[key] = _compared_privilege(index, target, over)
    return known[key]


def _compared_privilege(index: RoleIndex, target: Role, over: RoleAccess) -> PrivilegeLevel:
    target_access = index.access_of(target)
    if is_administrator(target_access):
        return PrivilegeLevel.ADMINISTRATOR
    if target_access.unknown:
        over.record_unknown(f"the access of the role `{target.name}`, which this role may become")
    if any(
        target_access.grant_on_some_resource(str(action))
        for action in islice(actions_in(target_access.possible_actions & ~over.possible_actions), _TRIED)
    ):
        return PrivilegeLevel.MORE
    comparison = compare(target_access.access, over.access, parameters_are_names=True)
    if comparison.answer is ComparisonAnswer.UNKNOWN:
        over.record_unknown(
            f"whether the role `{target.name}`, which this role may become, has more access: {comparison.reason}"
        )
    return PrivilegeLevel.MORE if comparison.answer is ComparisonAnswer.NEW_ACCESS else PrivilegeLevel.NO_MORE


def find_administrators(index: RoleIndex, service: str, except_role: Role) -> Iterator[Role]:
    """The administrator roles that trust a service; for an empty text, those that trust the role `except_role`."""
    for role in index.administrators_trusting(service):
        if role is not except_role and (service or trusts_role(role, except_role)):
            yield role


def find_function_administrators(index: RoleIndex, except_role: Role) -> Iterator[Role]:
    """The administrator roles that functions run as."""
    return (role for role in index.function_administrators if role.arn != except_role.arn)


def targets_by_privilege(
    index: RoleIndex, targets: Iterable[EscalationTarget], over: RoleAccess
) -> list[tuple[EscalationTarget, PrivilegeLevel]]:
    """The targets that have more access or were not read, the highest privilege first; a few if there are many."""
    privileges: list[tuple[EscalationTarget, PrivilegeLevel]] = []
    others = []
    for target in targets:
        if target.role is not None and index.is_administrator(target.role):
            privileges.append((target, PrivilegeLevel.ADMINISTRATOR))
        else:
            others.append(target)
    if not privileges:
        privileges = [(target, compare_privileges(index, target.role, over)) for target in others[:_COMPARED]]
    return sorted((pair for pair in privileges if pair[1]), key=lambda pair: -pair[1])
