"""Who can become whom: the shortest chains of steps from the roles of an account to administrator access and data.

One search over the account for each goal, backwards from the roles that have it. A step on a wildcard resource leads to
a set of roles (those that trust a service, those that can be assumed): the set is one node, so there are not many more
edges than roles. A chain without uncertain steps is preferred to any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from itertools import count, islice

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.escalation.steps import ASSUME, EscalationStep, escalation_steps, leads_to, may_take_step
from iamglue.audit.escalation.targets import DataKind, RoleIndex, data_kinds
from iamglue.audit.escalation.trust import may_trust_roles, trusts_service
from iamglue.catalog.escalation_paths import EscalationPath
from iamglue.model.account import Role

_TRIED = 20  # members of a set that are compared with the policies of one role: a Deny may name some of them
_WALKED = 100  # hops that are followed: an account may have chains of thousands

_SHOWN_TRIED = 100  # members of a set that are compared for a report
_EVERY_ROLE, _FUNCTIONS, _CHANGE_TRUST = "every role", "roles of functions", "iam:UpdateAssumeRolePolicy"

Cost = tuple[int, int]  # uncertain steps, all steps


@dataclass(frozen=True, slots=True, eq=False)
class Hop:
    """A role and the step that it takes."""

    role: Role
    step: EscalationStep


_Following = tuple[Hop, Role | None]  # a hop, and the role that it leads to


@dataclass(frozen=True, slots=True)
class Chain:
    """The hops to a goal, administrator access or sensitive data: at most a hundred of `length`, and the last one.

    `end` is the role that has it; None if the last hop gives administrator access by itself.
    """

    hops: tuple[Hop, ...]
    length: int
    last: Hop | None
    end: Role | None

    @property
    def unknown(self) -> str:
        """Why a hop is not certain; empty if all are."""
        return next((hop.step.unknown for hop in self.hops if hop.step.unknown), "")

    def passes(self, role: Role) -> bool:
        """Whether the role itself is on the way."""
        return any(hop.role.arn == role.arn for hop in self.hops)


@dataclass(slots=True, eq=False)
class _Waiting:
    """A role with a step to any role of a set, until a member of the set reaches the goal."""

    hop: Hop
    tries: int = _TRIED


@dataclass(slots=True)
class _Queue:
    """The roles that reach the goal, the nearest first; of equal ones the first that was added."""

    entries: list[tuple[Cost, int, Role, _Following | None]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def push(self, cost: Cost, role: Role, following: _Following | None) -> None:
        """Add a role, with its hop and the role that the hop leads to."""
        heappush(self.entries, (cost, next(self._numbers), role, following))

    def pop(self) -> tuple[Cost, Role, _Following | None]:
        """Remove the nearest role."""
        cost, _, role, following = heappop(self.entries)
        return cost, role, following


@dataclass(slots=True)
class Reach:
    """The roles that reach a goal, by ARN; `order` has them by cost, the nearest first."""

    costs: dict[str, Cost] = field(default_factory=dict)
    order: list[Role] = field(default_factory=list)
    _following: dict[str, _Following | None] = field(default_factory=dict)
    _ends: dict[str, tuple[Hop | None, Role | None]] = field(default_factory=dict)

    def add(self, role: Role, cost: Cost, following: _Following | None) -> None:
        """Add a role that is farther than all others so far."""
        self.costs[role.arn] = cost
        self._following[role.arn] = following
        self.order.append(role)
        if following is None:
            self._ends[role.arn] = None, role
        else:
            hop, target = following
            last, end = self._ends[target.arn] if target is not None else (None, None)
            self._ends[role.arn] = last or hop, end

    def chain(self, role: Role) -> Chain | None:
        """The shortest chain from a role to the goal, empty if it has it; None if there is none."""
        if role.arn not in self.costs:
            return None
        hops: list[Hop] = []
        at: Role | None = role
        while at is not None and len(hops) < _WALKED and (following := self._following[at.arn]) is not None:
            hop, at = following
            hops.append(hop)
        return Chain(tuple(hops), self.costs[role.arn][1], *self._ends[role.arn])


class EscalationGraph:
    """The steps between the roles of an account, and the chains that they form to administrator access."""

    def __init__(self, index: RoleIndex) -> None:
        self._index = index
        self._incoming: dict[str, list[Hop]] = {}
        self._to_sets: dict[str, list[Hop]] = {}
        self._ends: list[Hop] = []
        administrators = []
        for role in index.all_roles:
            if index.is_administrator(role):
                administrators.append(role)
            elif may_take_step(index, role):
                self._add_steps(role)
        self.administrators = self._search(administrators, self._ends, self._to_sets)

    @cached_property
    def data(self) -> dict[DataKind, Reach]:
        """The roles that reach each kind of sensitive data, by steps to named roles."""
        holders: dict[DataKind, list[Role]] = {}
        for arn in self._incoming:
            for role in self._index.roles.get(arn, ()):
                for kind in data_kinds(self._index.access_of(role)):
                    holders.setdefault(kind, []).append(role)
        return {kind: self._search(holders[kind], (), {}) for kind in sorted(holders)}

    @cached_property
    def reaching(self) -> frozenset[str]:
        """The ARNs of the roles that reach administrator access or sensitive data."""
        return frozenset(self.administrators.costs).union(*(reach.costs for reach in self.data.values()))

    def nearest_members(self, path: EscalationPath, access: RoleAccess) -> Iterator[Role]:
        """The roles that a path on a wildcard resource leads to, those nearest to administrator access first."""
        key = _set_key(path)
        members = (role for role in self.administrators.order if key and self._is_member(key, role))
        return (role for role in islice(members, _SHOWN_TRIED) if leads_to(path, role, access))

    def _add_steps(self, role: Role) -> None:
        for step in escalation_steps(self._index, self._index.access_of(role)):
            hop, key = Hop(role, step), _set_key(step.path)
            if step.gives_administrator:
                self._ends.append(hop)
            elif step.target is None and key:
                self._to_sets.setdefault(key, []).append(hop)
            elif step.becomes is not None and step.becomes is not role:
                self._incoming.setdefault(step.becomes.arn, []).append(hop)

    def _search(self, holders: Iterable[Role], ends: Iterable[Hop], to_sets: Mapping[str, list[Hop]]) -> Reach:
        """The roles that reach a goal, backwards from those that have it; `ends` are hops that give it at once."""
        reach, queue = Reach(), _Queue()
        waiting = {key: [_Waiting(hop) for hop in hops] for key, hops in to_sets.items()}
        for role in holders:
            queue.push((0, 0), role, None)
        for hop in ends:
            queue.push((bool(hop.step.unknown), 1), hop.role, (hop, None))
        while queue.entries:
            cost, role, following = queue.pop()
            if role.arn in reach.costs:
                continue
            reach.add(role, cost, following)
            for hop in self._incoming.get(role.arn, ()):
                queue.push(_cost_before(cost, hop.step), hop.role, (hop, role))
            for key, items in waiting.items():
                if self._is_member(key, role):
                    items[:] = [item for item in items if self._still_waits(item, role, cost, reach, queue)]
        return reach

    def _still_waits(self, item: _Waiting, member: Role, cost: Cost, reach: Reach, queue: _Queue) -> bool:
        """Whether a role's step to a set does not lead to this member of it, so that another one may serve."""
        hop = item.hop
        if hop.role.arn in reach.costs:
            return False
        item.tries -= 1
        if leads_to(hop.step.path, member, self._index.access_of(hop.role)):
            queue.push(_cost_before(cost, hop.step), hop.role, (hop, member))
            return False
        return item.tries > 0

    def _is_member(self, key: str, role: Role) -> bool:
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


def _cost_before(cost: Cost, step: EscalationStep) -> Cost:
    return cost[0] + bool(step.unknown), cost[1] + 1
