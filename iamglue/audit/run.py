"""`audit`: compares the access of deployed functions' roles with what is declared, used and reachable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from iamglue.audit.audit_context import AuditContext
from iamglue.audit.evaluate import RoleEvaluation, evaluate_role
from iamglue.audit.parallel import evaluate_roles
from iamglue.audit.role_contexts import AuditSelection, RoleContexts, build_role_contexts
from iamglue.findings import NotEvaluated, Report
from iamglue.model.account import Account
from iamglue.model.role_context import AuditResult, RoleContext, RoleResult
from iamglue.model.usage import Usage

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.spec import SpecFunction

__all__ = ["AuditSelection", "audit", "audit_role"]


def audit(
    accounts: Sequence[Account],
    specs: Sequence[SpecFunction] = (),
    usage: Usage | None = None,
    chosen: AuditSelection | None = None,
    *,
    processes: int = 1,
) -> AuditResult:
    """Run the rules on every selected role; a rule that raises is reported as not evaluated.

    `specs` are functions of specs whose parameters all have values: each applies to the deployed functions of its
    name, Region and account. More `processes` give the same result faster if there are many roles.
    """
    found = build_role_contexts(accounts, specs, usage or Usage(), chosen or AuditSelection())
    said = evaluate_roles(found.contexts, processes)
    findings = tuple(finding for each in said for finding in each.findings)
    gaps = (*_read_gaps(accounts, found), *(gap for each in said for gap in each.not_evaluated))
    report = Report(findings, tuple(dict.fromkeys(gaps)), len(said), sum(each.document_count for each in said))
    return AuditResult(tuple(map(_judged, found.contexts, said)), report, tuple(accounts))


def audit_role(case: RoleContext) -> RoleResult:
    """Run the rules on one role."""
    return _judged(case, evaluate_role(case, AuditContext()))


def _judged(case: RoleContext, said: RoleEvaluation) -> RoleResult:
    return RoleResult(case, said.findings, said.risk, said.granted, said.needed)


def _read_gaps(accounts: Sequence[Account], found: RoleContexts) -> Iterator[NotEvaluated]:
    for account in accounts:
        yield from account.gaps
    yield from found.not_evaluated
