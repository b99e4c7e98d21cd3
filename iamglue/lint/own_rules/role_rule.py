"""What a rule in Python sees of a role with `audit`, and what it reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from iamglue.engine.evaluate.request import Request
from iamglue.findings import Severity
from iamglue.policy.conditions import Condition


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """A statement of a role's policies that allows a request, or may do so for a `reason`; `request` is then None.

    `place` is the statement in words. `policy` and `statement` are the name of the policy and the statement's index.
    `is_failure`: the analysis reached its limit.
    """

    place: str
    policy: str
    statement: int
    request: Request | None
    reason: str = ""
    is_failure: bool = False


@dataclass(frozen=True, slots=True)
class RoleProblem:
    """A violation of a rule by a role. It stands at the statement of `request`; None: at the role."""

    message: str
    request: RoleRequest | None = None
    help: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class UndecidedRole:
    """Something that a rule could not decide of a role, and why; reported as not evaluated."""

    reason: str
    request: RoleRequest | None = None


class AuditedRole(Protocol):
    """A role with all its policies, its permissions boundary, SCPs and functions."""

    @property
    def name(self) -> str:
        """The name of the role."""

    @property
    def arn(self) -> str:
        """The ARN of the role; in a template, it may have parameters (`${Name}`)."""

    @property
    def account(self) -> str:
        """The ID of the role's account."""

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the functions that run as the role."""

    @property
    def tags(self) -> tuple[tuple[str, str], ...]:
        """The tags of the role: keys and values."""

    def find_allowed_requests(
        self, actions: Iterable[str], resources: Iterable[str] = ("*",), *, unless: Iterable[Condition] = ()
    ) -> Iterator[RoleRequest]:
        """The statements that allow the role such a request, after every Deny and within boundary and SCPs.

        Requests that meet all conditions of `unless` do not count, if there are any. If nothing is yielded, it is
        proved that what could be read of the role's policies allows no such request.
        """
