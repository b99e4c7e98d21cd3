"""What a rule of `audit` is: a module with a docstring that is its page, `RULE`, and a pure generator `check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from iamglue.audit.audit_context import AuditContext
from iamglue.findings import Fix, NotEvaluatedKind, Severity, SourceSpan
from iamglue.model.role_context import RoleContext
from iamglue.model.rule import RoleRule

__all__ = ["AuditContext", "RoleContext", "RoleRule", "RoleRuleModule", "RoleViolation", "UndecidedCheck"]


@dataclass(frozen=True, slots=True)
class RoleViolation:
    """One fault: what is wrong, in words with a witness where there is one, and how to go on.

    `function` names the function it is about, None for the role. `place` is where it stands: `path` is the policy's
    name or ARN, `pointer` a JSON pointer into its document, or several joined by spaces. `severity` differs from the
    rule's where one fault is graver or slighter than the rest.
    """

    message: str
    help: str | None = None
    function: str | None = None
    span: SourceSpan | None = None
    severity: Severity | None = None
    risk: int | None = None
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class UndecidedCheck:
    """Something that a rule could not decide, and why: it stands in the report and is never read as clean.

    `kind` is FAILED where the run has to fail for it, UNDECIDABLE where nothing that could be read would tell.
    """

    what: str
    reason: str
    function: str | None = None
    kind: NotEvaluatedKind = NotEvaluatedKind.FAILED


class RoleRuleModule(Protocol):
    """A module of this folder that is a rule."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]

    @property
    def RULE(self) -> RoleRule: ...  # noqa: D102, N802

    def check(self, case: RoleContext, audit: AuditContext, /) -> Iterator[RoleViolation | UndecidedCheck]:
        """The faults of one role, and what could not be decided of it."""
