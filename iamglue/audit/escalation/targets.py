"""Roles that an escalation path leads to, and whether they have more access than the current role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import islice

from iamglue.audit.access.account_access import AccountAccess
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.user_callers import is_user, user_caller
from iamglue.audit.escalation.name_search import NameSearch
from iamglue.audit.escalation.trust import named_roles
from iamglue.catalog.sensitive_actions import data_read_actions
from iamglue.engine.solve.action_bitsets import actions_in, element_bitset, patterns_bitset
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.model.account import Role
from iamglue.policy.arns import arn_has_shape, split_arn_fields
from iamglue.policy.model import Effect, MatchList
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.risk.effective_access import AssumedContext
from iamglue.risk.escalation_steps import attached_policy_context
from iamglue.risk.sensitive_grants import find_sensitive_grants

DataKind = tuple[str, str]  # the service, and the data as text
_ATTACH, _PUT = "iam:AttachRolePolicy", "iam:PutRolePolicy"
_ATTACH_USER, _PUT_USER = "iam:AttachUserPolicy", "iam:PutUserPolicy"
USERS = "iam:user/*"
_PATTERNS = 128  # patterns whose matching ARNs are cached
_TRIED = 3  # actions that only the other role may have: evaluated before a proof


class PrivilegeLevel(IntEnum):
    """The access of a role compared with another one."""

    NO_MORE = 0
    UNREAD = 1
    MORE = 2
    SENSITIVE_DATA = 3
    ADMINISTRATOR = 4


@dataclass(frozen=True, slots=True, eq=False)
class EscalationTarget:
    """A role, user or resource by its ARN or a pattern.

    `role` and `user`, a user as a caller, are None if it was not read. `resource` is the ARN of the resource that has
    the role, if the path leads to it by a resource whose role is known.
    """

    arn: str
    role: Role | None = None
    user: Role | None = None
    resource: str = ""

    @property
    def tag_keys(self) -> AssumedContext:
        """The condition keys for the tags of the role or user, in lower case, with their values.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
        """
        owner = self.role or self.user
        tags = owner.tags if owner is not None else ()
        return tuple((f"{prefix}:resourcetag/{key.lower()}", value) for key, value in tags for prefix in ("aws", "iam"))

    @property
    def description(self) -> str:
        """The name of a role; of anything else also its kind."""
        kind = split_arn_fields(self.arn)[-1].partition("/")[0]
        if self.resource or split_arn_fields(self.arn)[2] != "iam":
            return f"`{split_arn_fields(self.resource or self.arn)[-1]}`"
        if kind == "role":
            return f"`{self.name}`"
        return f"the {kind}s `{self.name}`" if has_wildcard(self.name) else f"the {kind} `{self.name}`"

    @property
    def name(self) -> str:
        """The name without the path."""
        if self.role is not None and not self.resource:
            return self.role.name
        return (self.resource or self.arn).rpartition("/")[2] or self.arn


class RoleIndex:
    """The roles of an account by the ARNs that policies may name: of roles, of policies, of functions.

    `all_roles` are those of the account and its neighbours.
    """

    def __init__(self, accesses: AccountAccess) -> None:
        self._account = account = accesses.account
        self._accesses = accesses
        self.privileges: dict[tuple[str, str], PrivilegeLevel] = {}
        self.all_roles = (*account.roles, *account.neighbours)
        by_arn = self._by_arn = {role.arn: role for role in self.all_roles}
        self.roles: dict[str, list[Role]] = {arn: [role] for arn, role in by_arn.items()}
        self.policies: dict[str, list[Role]] = {}
        for role in self.all_roles:
            for policy in role.policies:
                if policy.arn is not None and not policy.is_aws_managed:
                    self.policies.setdefault(policy.arn, []).append(role)
        self.functions = {
            function.arn: [by_arn[function.role_arn]] for function in account.functions if function.role_arn in by_arn
        }
        self.users = {user.arn: user_caller(user) for user in account.users or ()}
        self._running = {function.role_arn for function in account.functions}
        self._naming: dict[str, list[Role]] = {}
        for role in self.all_roles:
            for arn in named_roles(role):
                self._naming.setdefault(arn, []).append(role)
        self._administers: dict[str, bool] = {}
        self._targets: dict[str, Mapping[str, list[EscalationTarget]]] = {}
        self._searches: dict[str, NameSearch] = {}
        self._matching: dict[tuple[str, str], list[str]] = {}

    def access_of(self, role: Role) -> RoleAccess:
        """The access of a role that another one may become."""
        return self._accesses.other_role(role)

    def is_administrator(self, role: Role) -> bool:
        """Whether a role, or a user as a caller, has administrator access; cached."""
        known = self._administers.get(role.arn)
        if known is None:
            known = _may_administer(role) and is_administrator(self.access_of(role))
            self._administers[role.arn] = known
        return known

    def runs_function(self, role: Role) -> bool:
        """Whether a function runs as a role."""
        return role.arn in self._running

    def roles_naming(self, role: Role) -> list[Role]:
        """The roles whose trust policies name a role by its ARN."""
        return self._naming.get(role.arn, [])

    def callers(self, arn: str) -> list[Role]:
        """The role, or the user as a caller, with an ARN; empty if it was not read."""
        return [self.users[arn]] if arn in self.users else self.roles.get(arn, [])

    @property
    def users_read(self) -> bool:
        """Whether the users of the account were read."""
        return self._account.users is not None

    def targets_by_arn(self, shape: str) -> Mapping[str, list[EscalationTarget]]:
        """The roles and users that belong to ARNs of a shape."""
        targets = self._targets.get(shape)
        if targets is None:
            tables = {"iam:role/*": self.roles, "iam:policy/*": self.policies, "lambda:function:*": self.functions}
            targets = {
                arn: [EscalationTarget(role.arn, role) for role in roles]
                for arn, roles in tables.get(shape, {}).items()
            }
            targets |= {
                arn: [EscalationTarget(role_arn, self._by_arn.get(role_arn), resource=arn)] if role_arn else []
                for arn, role_arn in self._account.resource_roles
                if arn_has_shape(arn, shape)
            }
            if shape == USERS:
                targets = {arn: [EscalationTarget(arn, user=user)] for arn, user in self.users.items()}
            self._targets[shape] = targets
        return targets

    def matching_arns(self, shape: str, pattern: str) -> list[str]:
        """The ARNs of a shape that a pattern matches; cached, as many roles have the same broad patterns."""
        arns = self._matching.get((shape, pattern))
        if arns is None:
            if len(self._matching) >= _PATTERNS:
                del self._matching[next(iter(self._matching))]
            if shape not in self._searches:
                self._searches[shape] = NameSearch(self.targets_by_arn(shape))
            arns = self._matching[shape, pattern] = self._searches[shape].matching(pattern)
        return arns


def _may_administer(role: Role) -> bool:
    """Whether a statement allows an action that administrators need; fast, and never wrongly False."""
    return any(element_bitset(actions) & _attaching_actions() for actions in allowed_actions(role))


def allowed_actions(role: Role) -> Iterator[MatchList]:
    """The actions of each Allow statement in the policies of a role."""
    return (
        statement.actions
        for policy in role.policies
        if policy.policy is not None
        for statement in policy.policy.statements
        if statement.effect is Effect.ALLOW
    )


@cache
def _attaching_actions() -> int:
    return patterns_bitset((_ATTACH, _PUT, _ATTACH_USER, _PUT_USER))


def is_administrator(access: RoleAccess) -> bool:
    """Whether a role or user has administrator access, or can give itself administrator access."""
    if access.allows_everything:
        return True
    if not is_unbounded(access):
        return False
    arn = access.role.arn
    attach, put = (_ATTACH_USER, _PUT_USER) if is_user(access.role) else (_ATTACH, _PUT)
    return bool(access.grant_on(attach, arn, attached_policy_context(attach, access)) or access.grant_on(put, arn))


def data_kinds(access: RoleAccess) -> frozenset[DataKind]:
    """The sensitive data that a role may read from every resource of a type."""
    return frozenset(
        (sensitive.action.partition(":")[0], sensitive.effect_text)
        for group in find_sensitive_grants(access, data_read_actions)
        for sensitive, _ in group
    )


def is_unbounded(access: RoleAccess) -> bool:
    """Whether no permissions boundary limits what changed policies may allow."""
    return access.boundary is None or access.boundary.has_full_access_statement


def compare_privileges(index: RoleIndex, target: Role | None, over: RoleAccess) -> PrivilegeLevel:
    """The access of `target` compared with that of `over`; cached."""
    if target is None:
        return PrivilegeLevel.UNREAD
    known, key = index.privileges, (target.arn, over.role.arn)
    if key not in known:
        known[key] = compare_roles(index, target, over)
    return known[key]


def compare_roles(index: RoleIndex, target: Role, over: RoleAccess) -> PrivilegeLevel:
    """The access of `target` compared with that of `over`, which records what is not known."""
    access = index.access_of(target)
    if is_administrator(access):
        return PrivilegeLevel.ADMINISTRATOR
    what = f"the role `{target.name}`, which this role may become"
    if is_user(target):
        what = f"the user `{target.name}`, whose credentials this role may obtain"
    if access.unknown:
        is_failure = any(unknown.is_failure for unknown in access.unknown)
        over.record_unknown(f"the access of {what}", is_failure=is_failure)
    if any(
        access.grant_on_some_resource(str(action))
        for action in islice(actions_in(access.possible_actions & ~over.possible_actions), _TRIED)
    ):
        return PrivilegeLevel.MORE
    comparison = compare(access.access, over.access, parameters_are_names=True)
    if comparison.answer is ComparisonAnswer.UNKNOWN:
        text = f"whether {what}, has more access: {comparison.reason}"
        over.record_unknown(text, is_failure=not comparison.depends_on_variables)
    return PrivilegeLevel.MORE if comparison.answer is ComparisonAnswer.NEW_ACCESS else PrivilegeLevel.NO_MORE
