"""Chains of steps from role to role, and the roles that reach a goal by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from iamglue.audit.access.user_callers import unread_policy
from iamglue.audit.escalation.steps import EscalationStep
from iamglue.model.account import Role

_WALKED = 100  # hops that are followed: an account may have chains of thousands
Cost = tuple[int, int]  # uncertain steps, all steps


@dataclass(frozen=True, slots=True, eq=False)
class Hop:
    """A role, or a user as a caller, and the step that it takes."""

    role: Role
    step: EscalationStep

    @property
    def unknown(self) -> str:
        """Why it is not certain that the step can be taken; empty if it is."""
        return self.step.unknown or unread_policy(self.role)


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
        return next((hop.unknown for hop in self.hops if hop.unknown), "")

    def passes(self, role: Role) -> bool:
        """Whether the role itself is on the way."""
        return any(hop.role.arn == role.arn for hop in self.hops)


@dataclass(slots=True)
class HopQueue:
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
