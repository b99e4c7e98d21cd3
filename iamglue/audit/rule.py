"""The interface of an audit rule: a module with a docstring that is its page, `RULE`, and a generator `check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from iamglue.audit.access.statement_location import PolicyLocation
from iamglue.audit.audit_context import AuditContext
from iamglue.findings import Confidence, EscalationHop, Fix, NotEvaluatedKind, Severity
from iamglue.model.role_context import RoleContext
from iamglue.model.rule import DocumentedRoleRule, RoleRule

__all__ = ["AuditContext", "RoleContext", "RoleRule", "RoleRuleModule", "RoleViolation", "UndecidedCheck"]


@dataclass(frozen=True, slots=True)
class RoleViolation:
    """One problem: what is wrong, with an example request if there is one, and what to do.

    `about` has the statements (`statement_contents`), actions, principals or functions that the problem is about. It
    identifies the finding in a baseline, so it contains no text of the message, no date and no number of actions.
    `function` names the affected function, None for the role. `location` is what the problem is about in a policy;
    None if it is about the whole role or function. `severity` and `confidence` are set if they differ from those of
    the rule. `chain`: see Finding.
    """

    message: str
    help: str | None = None
    function: str | None = None
    location: PolicyLocation | None = None
    severity: Severity | None = None
    risk: int | None = None
    fix: Fix | None = None
    confidence: Confidence | None = None
    chain: tuple[EscalationHop, ...] = ()
    about: tuple[str, ...] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class UndecidedCheck:
    """Something that a rule could not decide, and why; reported as not evaluated.

    `kind` is FAILED if the run must fail, UNDECIDABLE if no readable data could decide it.
    """

    what: str
    reason: str
    function: str | None = None
    kind: NotEvaluatedKind = NotEvaluatedKind.FAILED


class RoleRuleModule(DocumentedRoleRule, Protocol):
    """A module of `iamglue.audit.rules`."""

    def check(self, context: RoleContext, audit: AuditContext, /) -> Iterator[RoleViolation | UndecidedCheck]:
        """Yield the problems of one role, and the checks that could not be decided."""
