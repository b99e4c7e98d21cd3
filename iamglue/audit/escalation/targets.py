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
        self._found: list[Role] = []

    def __iter__(self) -> Iterator[Role]:
        """The cached roles, then the remaining ones."""
        at = 0
        while True:
            if at == len(self._found):
                following = next(self._rest, None)
                if following is None:
                    return
                self._found.append(following)
            yield self._found[at]
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
        self.functions = {each.arn: [by_arn[each.role_arn]] for each in account.functions if each.role_arn in by_arn}
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
        run = {each.role_arn for each in self._account.functions}
        return LazyRoles(role for role in self._account.roles if role.arn in run and self.is_administrator(role))

    def administrators_trusting(self, service: str) -> LazyRoles:
        """The administrator roles that trust a service; for an empty text, those that may trust another role."""
        found = self._trusting.get(service)
        if found is None:
            trusts = partial(trusts_service, service=service) if service else may_trust_roles
            found = self._trusting[service] = LazyRoles(filter(trusts, self.administrators))
        return found

    def roles_by_arn(self, shape: str) -> dict[str, list[Role]]:
        """The roles that belong to ARNs of a shape."""
        table = {"iam:role/*": self.roles, "iam:policy/*": self.policies, "lambda:function:*": self.functions}
        return table.get(shape, {})

    def matching_arns(self, shape: str, pattern: str) -> list[str]:
        """The ARNs of a shape that a pattern matches; cached, as many roles have the same broad patterns."""
        found = self._matching.get((shape, pattern))
        if found is None:
            if len(self._matching) >= _PATTERNS:
                del self._matching[next(iter(self._matching))]
            found = self._matching[shape, pattern] = _matching(pattern, self.roles_by_arn(shape))
        return found


def find_named_roles(
    index: RoleIndex, granted: RoleAccess, action: str, shape: str
) -> Iterator[tuple[str, Role | None]]:
    """The ARNs of a shape that the role's policies name for an action, each with its role, if known."""
    known = index.roles_by_arn(shape)
    for pattern in dict.fromkeys(_patterns(granted, action)):
        if not has_wildcard(pattern):
            if _has_shape(pattern, shape):
                yield from ((pattern, role) for role in known.get(pattern) or (None,))
        elif not is_single_star(pattern):
            for arn in index.matching_arns(shape, pattern):
                yield from ((arn, role) for role in known[arn])


def _patterns(granted: RoleAccess, action: str) -> Iterable[str]:
    for leaf in granted.identity_layer.terms_for_action(action)[0]:
        resources = leaf.statement.resources
        if resources is not None and not resources.negated:
            yield from resources.values


def _matching(pattern: str, known: Iterable[str]) -> list[str]:
    start = pattern[: min((pattern.find(each) for each in "*?$" if each in pattern), default=len(pattern))]
    return [arn for arn in known if arn.startswith(start) and resource_matches(pattern, arn)]


def _has_shape(arn: str, shape: str) -> bool:
    owner, _, resource = shape.partition(":")
    fields = split_arn_fields(arn)
    return len(fields) == ARN_FIELD_COUNT and fields[2] == owner and fields[5].startswith(resource.rstrip("*"))


def _may_administer(role: Role) -> bool:
    """Whether a statement allows an action that administrators need; fast, and never wrongly False."""
    return any(
        statement.effect is Effect.ALLOW and element_bitset(statement.actions) & _attaching()
        for policy in role.policies
        if policy.policy is not None
        for statement in policy.policy.statements
    )


@cache
def _attaching() -> int:
    return patterns_bitset((_ATTACH, _PUT))


def is_administrator(granted: RoleAccess) -> bool:
    """Whether a role has administrator access, or can give itself administrator access."""
    if granted.allows_everything:
        return True
    if not is_unbounded(granted):
        return False
    admin = (("iam:policyarn", f"arn:{granted.account.partition}:iam::aws:policy/AdministratorAccess"),)
    own = granted.role.arn
    return bool(granted.grant_on(_ATTACH, own, admin) or granted.grant_on(_PUT, own))


def is_unbounded(granted: RoleAccess) -> bool:
    """Whether no permissions boundary limits what changed policies may allow."""
    return granted.boundary is None or granted.boundary.has_full_access_statement


def compare_privileges(index: RoleIndex, target: Role | None, over: RoleAccess) -> PrivilegeLevel:
    """The access of `target` compared with that of `over`; cached."""
    if target is None:
        return PrivilegeLevel.UNREAD
    known, key = index.privileges, (target.arn, over.role.arn)
    if key not in known:
        known[key] = _power(index, target, over)
    return known[key]


def _power(index: RoleIndex, target: Role, over: RoleAccess) -> PrivilegeLevel:
    other = index.access_of(target)
    if is_administrator(other):
        return PrivilegeLevel.ADMINISTRATOR
    if other.unknown:
        over.record_unknown(f"the access of the role `{target.name}`, which this role may become")
    if any(
        other.grant_on_some_resource(str(action))
        for action in islice(actions_in(other.possible_actions & ~over.possible_actions), _TRIED)
    ):
        return PrivilegeLevel.MORE
    found = compare(other.access, over.access, parameters_are_names=True)
    if found.answer is ComparisonAnswer.UNKNOWN:
        over.record_unknown(
            f"whether the role `{target.name}`, which this role may become, has more access: {found.reason}"
        )
    return PrivilegeLevel.MORE if found.answer is ComparisonAnswer.NEW_ACCESS else PrivilegeLevel.NO_MORE


def find_administrators(index: RoleIndex, service: str, besides: Role) -> Iterator[Role]:
    """The administrator roles that trust a service; for an empty text, those that trust the role `besides`."""
    for role in index.administrators_trusting(service):
        if role is not besides and (service or trusts_role(role, besides)):
            yield role


def find_function_administrators(index: RoleIndex, besides: Role) -> Iterator[Role]:
    """The administrator roles that functions run as."""
    return (role for role in index.function_administrators if role.arn != besides.arn)


def targets_by_privilege(
    index: RoleIndex, targets: Iterable[EscalationTarget], over: RoleAccess
) -> list[tuple[EscalationTarget, PrivilegeLevel]]:
    """The targets that have more access or were not read, the highest privilege first; a few if there are many."""
    found: list[tuple[EscalationTarget, PrivilegeLevel]] = []
    others = []
    for target in targets:
        if target.role is not None and index.is_administrator(target.role):
            found.append((target, PrivilegeLevel.ADMINISTRATOR))
        else:
            others.append(target)
    if not found:
        found = [(target, compare_privileges(index, target.role, over)) for target in others[:_COMPARED]]
    return sorted((each for each in found if each[1]), key=lambda each: -each[1])
