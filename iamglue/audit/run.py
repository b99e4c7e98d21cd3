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
    contexts = build_role_contexts(accounts, specs, usage or Usage(), chosen or AuditSelection())
    evaluations = evaluate_roles(contexts.contexts, processes)
    findings = tuple(finding for evaluation in evaluations for finding in evaluation.findings)
    not_evaluated = (
        *_not_evaluated(accounts, contexts),
        *(item for evaluation in evaluations for item in evaluation.not_evaluated),
    )
    report = Report(
        findings,
        tuple(dict.fromkeys(not_evaluated)),
        len(evaluations),
        sum(evaluation.document_count for evaluation in evaluations),
    )
    return AuditResult(tuple(map(_role_result, contexts.contexts, evaluations)), report, tuple(accounts))


def audit_role(context: RoleContext) -> RoleResult:
    """Run the rules on one role."""
    return _role_result(context, evaluate_role(context, AuditContext()))


def _role_result(context: RoleContext, evaluation: RoleEvaluation) -> RoleResult:
    return RoleResult(
        context, evaluation.findings, evaluation.risk, evaluation.granted_count, evaluation.required_count
    )


def _not_evaluated(accounts: Sequence[Account], contexts: RoleContexts) -> Iterator[NotEvaluated]:
    for account in accounts:
        yield from account.gaps
    yield from contexts.not_evaluated
