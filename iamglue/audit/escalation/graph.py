"""Who can become whom: the shortest chains from the roles and users of an account to administrator access and data.

One search over the account for each goal, backwards from the roles that have it. A step on a wildcard resource, or on
a pattern that matches many ARNs, leads to a set of roles (those that trust a service, those that can be assumed, those
that the pattern matches): the set is one node, so there are not many more edges than roles. A chain without uncertain
steps is preferred to any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.user_callers import is_user
from iamglue.audit.escalation.chains import Cost, Hop, HopQueue, Reach
from iamglue.audit.escalation.steps import (
    ASSUME,
    PASS,
    EscalationStep,
    NamedPath,
    broad_paths,
    escalation_steps,
    may_give_administrator,
    may_take_step,
    step_to_target,
)
from iamglue.audit.escalation.targets import DataKind, EscalationTarget, RoleIndex, data_kinds
from iamglue.audit.escalation.trust import may_trust_roles, role_trust, trusts_service
from iamglue.catalog.aws_owned_resources import refused_change
from iamglue.catalog.escalation_paths import EscalationPath
from iamglue.model.account import Role
from iamglue.risk.escalation_steps import assumed_context

_TRIED = 20  # members of a set that are compared with the policies of one role: a Deny may name some of them

_SHOWN_TRIED = 100  # members of a set that are compared for a report
_EVERY_ROLE, _FUNCTIONS, _CHANGE_TRUST = "every role", "roles of functions", "iam:UpdateAssumeRolePolicy"

_FARTHEST: Cost = (1 << 30, 0)
_ORDERS = 16  # broad patterns whose targets are cached in their order


@dataclass(slots=True, eq=False)
class _Waiting:
    """A role with a step to any role of a set, until a member of the set reaches the goal."""

    hop: Hop
    tries: int = _TRIED


@dataclass(frozen=True, slots=True, eq=False)
class _ToPattern:
    """A role with a path to roles that a broad pattern names; `steps` has those to each target that was tried."""

    role: Role
    named: NamedPath
    steps: dict[str, tuple[EscalationStep, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _BroadPattern:
    """A pattern of a shape that matches many ARNs: the roles with paths to it, and the targets by their ARN."""

    shape: str
    pattern: str
    paths: list[_ToPattern] = field(default_factory=list)
    targets: dict[str, list[tuple[str, EscalationTarget]]] = field(default_factory=dict)


class EscalationGraph:
    """The steps between the roles of an account, and the chains that they form to administrator access."""

    def __init__(self, index: RoleIndex) -> None:
        self._index = index
        self._incoming: dict[str, list[Hop]] = {}
        self._to_sets: dict[str, list[Hop]] = {}
        self._ends: list[Hop] = []
        self._broad: dict[tuple[str, str], _BroadPattern] = {}
        self._orders: dict[tuple[str, str], list[tuple[str, EscalationTarget]]] = {}
        self._nearest: dict[str, list[Role]] = {}
        administrators = []
        for role in (*index.all_roles, *index.users.values()):
            if index.is_administrator(role):
                administrators.append(role)
            elif may_take_step(index, role):
                self._add_steps(role)
        self.administrators = self._search(administrators, self._ends, self._to_sets)

    @cached_property
    def data(self) -> dict[DataKind, Reach]:
        """The roles that reach each kind of sensitive data, by steps to named roles."""
        holders: dict[DataKind, list[Role]] = {}
        named = dict.fromkeys(self._incoming)
        named |= dict.fromkeys(arn for broad in self._broad.values() for arn in broad.targets)
        for arn in named:
            for role in self._index.callers(arn):
                for kind in data_kinds(self._index.access_of(role)):
                    holders.setdefault(kind, []).append(role)
        return {kind: self._search(holders[kind], (), {}) for kind in sorted(holders)}

    @cached_property
    def reaching(self) -> frozenset[str]:
        """The ARNs of the roles that reach administrator access or sensitive data."""
        return frozenset(self.administrators.costs).union(*(reach.costs for reach in self.data.values()))

    def __contains__(self, arn: object) -> bool:
        return arn in self.reaching

    def ordered_targets(self, shape: str, pattern: str) -> list[tuple[str, EscalationTarget]]:
        """The ARNs that a pattern matches and their targets, those of roles that reach a goal first; cached."""
        if (shape, pattern) not in self._orders:
            known = self._index.targets_by_arn(shape)
            targets = [(arn, target) for arn in self._index.matching_arns(shape, pattern) for target in known[arn]]
            costs = self.administrators.costs
            targets.sort(key=lambda named: (named[1].arn not in self, costs.get(named[1].arn, _FARTHEST)))
            if len(self._orders) >= _ORDERS:
                del self._orders[next(iter(self._orders))]
            self._orders[shape, pattern] = targets
        return self._orders[shape, pattern]

    def nearest_members(self, path: EscalationPath, access: RoleAccess) -> Iterator[Role]:
        """The roles that a path on a wildcard resource leads to, those nearest to administrator access first."""
        key = _set_key(path)
        members = self._nearest.get(key)
        if members is None:
            all_members = (role for role in self.administrators.order if key and self._is_member(key, role))
            members = self._nearest[key] = [*islice(all_members, _SHOWN_TRIED)]
        return (role for role in members if _leads_to(path, role, access))

    def _add_steps(self, role: Role) -> None:
        """Add the steps that a role can take: to administrator access, to one role, or to a whole set of roles."""
        for step in escalation_steps(self._index, self._index.access_of(role)):
            hop, key = Hop(role, step), _set_key(step.path)
            if step.gives_administrator:
                self._ends.append(hop)
            elif step.target is None and key:
                self._to_sets.setdefault(key, []).append(hop)
            elif step.becomes is not None and step.becomes is not role:
                self._incoming.setdefault(step.becomes.arn, []).append(hop)
        for named, pattern in broad_paths(self._index, self._index.access_of(role)):
            self._add_broad(role, named, pattern)

    def _add_broad(self, role: Role, named: NamedPath, pattern: str) -> None:
        """Add a path to a broad pattern; one that gives administrator access at some target is an end."""
        shape, index = named.path.required_on_all[0][1], self._index
        broad = self._broad.get((shape, pattern))
        if broad is None:
            broad = self._broad[shape, pattern] = _BroadPattern(shape, pattern)
            known = index.targets_by_arn(shape)
            for arn in index.matching_arns(shape, pattern):
                for target in known[arn]:
                    broad.targets.setdefault(target.arn, []).append((arn, target))
        if may_give_administrator(named.path):
            access = index.access_of(role)
            targets = (target for targets in broad.targets.values() for target in targets)
            steps = (step_to_target(named, arn, target, index, access) for arn, target in targets)
            step = next((step for step in steps if step and step.gives_administrator and not step.unknown), None)
            if step is not None:
                self._ends.append(Hop(role, step))
        broad.paths.append(_ToPattern(role, named))

    def _search(self, holders: Iterable[Role], ends: Iterable[Hop], to_sets: Mapping[str, list[Hop]]) -> Reach:
        """The roles that reach a goal, backwards from those that have it; `ends` are hops that give it at once."""
        reach, queue = Reach(), HopQueue()
        waiting = {key: [_Waiting(hop) for hop in hops] for key, hops in to_sets.items()}
        broad = {key: [*broad.paths] for key, broad in self._broad.items()}
        for role in holders:
            queue.push((0, 0), role, None)
        for hop in ends:
            queue.push((bool(hop.unknown), 1), hop.role, (hop, None))
        while queue.entries:
            cost, role, following = queue.pop()
            if role.arn in reach.costs:
                continue
            reach.add(role, cost, following)
            for hop in self._incoming.get(role.arn, ()):
                queue.push(_cost_before(cost, hop), hop.role, (hop, role))
            for key, items in waiting.items():
                if self._is_member(key, role):
                    items[:] = [item for item in items if self._still_waits(item, role, cost, reach, queue)]
            for broad_key, paths in broad.items():
                targets = self._broad[broad_key].targets.get(role.arn, ()) if paths else ()
                if targets:
                    paths[:] = [path for path in paths if self._still_leads(path, role, targets, cost, reach, queue)]
        return reach

    def _still_waits(self, item: _Waiting, member: Role, cost: Cost, reach: Reach, queue: HopQueue) -> bool:
        """Whether a role's step to a set does not lead to this member of it, so that another one may serve."""
        hop = item.hop
        if hop.role.arn in reach.costs:
            return False
        item.tries -= 1
        if _leads_to(hop.step.path, member, self._index.access_of(hop.role)):
            queue.push(_cost_before(cost, hop), hop.role, (hop, member))
            return False
        return item.tries > 0

    def _still_leads(
        self,
        path: _ToPattern,
        member: Role,
        targets: Iterable[tuple[str, EscalationTarget]],
        cost: Cost,
        reach: Reach,
        queue: HopQueue,
    ) -> bool:
        """Whether a role's path does not lead with certainty to this role that its pattern names."""
        if path.role.arn in reach.costs:
            return False
        steps = path.steps.get(member.arn)
        if steps is None:  # one search for each kind of data asks for them
            access = self._index.access_of(path.role)
            tried = (step_to_target(path.named, arn, target, self._index, access) for arn, target in targets)
            steps = path.steps[member.arn] = tuple(step for step in tried if step is not None)
        for step in steps:
            if not step.gives_administrator:
                hop = Hop(path.role, step)
                queue.push(_cost_before(cost, hop), path.role, (hop, member))
        return not any(not step.unknown for step in steps)

    def _is_member(self, key: str, role: Role) -> bool:
        """Whether a step to the set leads to the role: the roles that trust a service, those of functions, or all."""
        if is_user(role):
            return False
        if key == ASSUME:
            return may_trust_roles(role)
        if key == _FUNCTIONS:
            return self._index.runs_function(role)
        return key == _EVERY_ROLE or trusts_service(role, key)


def _set_key(path: EscalationPath) -> str:
    """The set of roles that a path leads to on a wildcard resource: a service that they trust, or another key.

    Empty for a path to roles that are not known: those of projects, stacks or instances.
    """
    first = path.required_on_all[0][0]
    if first == _CHANGE_TRUST:
        return _EVERY_ROLE
    if first == ASSUME:
        return ASSUME
    return _FUNCTIONS if first.startswith("lambda:") else path.passed_to


def _cost_before(cost: Cost, hop: Hop) -> Cost:
    return cost[0] + bool(hop.unknown), cost[1] + 1


def _leads_to(path: EscalationPath, role: Role, access: RoleAccess) -> bool:
    """Whether a path that is open on a wildcard resource leads to the role, with certainty."""
    first = path.required_on_all[0][0]
    if role is access.role or (role.account != access.role.account and first != ASSUME):
        return False
    if role.trust.policy is None and first in (PASS, ASSUME):
        return False
    if first == ASSUME:
        trust = role_trust(role, access)
        if trust is None or trust.unknown:
            return False
    elif path.passed_to and not trusts_service(role, path.passed_to):
        return False
    elif first.startswith("lambda:"):
        return True  # the functions that run as it are not enumerated: the wildcard covers them
    grant = access.grant_on(first, role.arn, assumed_context(path, first, access))
    return grant is not None and not refused_change(first, role.arn)
