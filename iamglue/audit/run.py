"""`audit`: compares the access of deployed functions' roles with what is declared, used and reachable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from iamglue.audit.case_results import merge_cases
from iamglue.audit.escalation_map import with_routes
from iamglue.audit.evaluate import RoleEvaluation
from iamglue.audit.parallel import evaluate_roles
from iamglue.audit.role_contexts import AuditSelection, RoleContexts, build_role_contexts
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Report, Subject
from iamglue.model.account import Account
from iamglue.model.escalation_map import RouteOwners
from iamglue.model.own_rule_set import NO_OWN_RULES, OwnRules
from iamglue.model.role_context import AuditResult, RoleContext, RoleResult
from iamglue.model.usage import Usage
from iamglue.model.written_names import gap_with_written_names, with_written_names

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
    own_rules: OwnRules = NO_OWN_RULES,
    report_progress: Callable[[int, int], None] | None = None,
) -> AuditResult:
    """Run the rules on every selected role; a rule that raises is reported as not evaluated.

    `specs` are functions of specs whose parameters all have values: each applies to the deployed functions of its
    name, Region and account. More `processes` give the same result faster if there are many roles. `own_rules` are
    those of the user's organization. `report_progress` is called with the number of evaluated roles and of all.
    """
    chosen = chosen or AuditSelection()
    contexts = build_role_contexts(accounts, specs, usage or Usage(), chosen)
    parts = _role_contexts(contexts.contexts)
    finds_routes = chosen.routes_of is not RouteOwners.NONE
    results = evaluate_roles(parts, processes, own_rules, report_progress, finds_routes=finds_routes)
    evaluations = _merge_evaluations(contexts.contexts, parts, results)
    findings = tuple(finding for evaluation in evaluations for finding in evaluation.findings)
    not_evaluated = (
        *_not_evaluated(accounts, contexts),
        *_usage_gaps(usage or Usage()),
        *(item for evaluation in evaluations for item in evaluation.not_evaluated),
    )
    report = Report(
        findings,
        tuple(dict.fromkeys(map(gap_with_written_names, not_evaluated))),
        len(evaluations),
        sum(evaluation.document_count for evaluation in evaluations),
    )
    result = AuditResult(tuple(map(_role_result, contexts.contexts, evaluations)), report, tuple(accounts))
    if not finds_routes:
        return result
    users = chosen.routes_of is RouteOwners.ROLES_AND_USERS
    return with_routes(result, zip(parts, results, strict=True), users=users)


def audit_role(context: RoleContext) -> RoleResult:
    """Run the rules on one role."""
    parts = _role_contexts((context,))
    return _role_result(context, _merge_evaluations((context,), parts, evaluate_roles(parts, 1, NO_OWN_RULES))[0])


def _role_contexts(contexts: Sequence[RoleContext]) -> list[RoleContext]:
    """The roles to evaluate, account by account; in the place of one with cases, these."""
    by_account: dict[int, list[RoleContext]] = {}
    for part in (part for context in contexts for part in context.cases or (context,)):
        by_account.setdefault(id(part.account), []).append(part)
    return [part for group in by_account.values() for part in group]


def _merge_evaluations(
    contexts: Sequence[RoleContext], parts: Sequence[RoleContext], results: Sequence[RoleEvaluation]
) -> list[RoleEvaluation]:
    """The evaluation of each role; `results` are those of `parts`."""
    evaluations = dict(zip(map(id, parts), results, strict=True))
    return [_evaluation(context, evaluations) for context in contexts]


def _evaluation(context: RoleContext, evaluations: Mapping[int, RoleEvaluation]) -> RoleEvaluation:
    """The evaluation of a role, or what those of its cases have in common."""
    if context.cases:
        conditions = [case.account.conditions for case in context.cases]
        evaluation = merge_cases([evaluations[id(case)] for case in context.cases], conditions)
    else:
        evaluation = evaluations[id(context)]
    return replace(evaluation, findings=tuple(map(with_written_names, evaluation.findings)))


def _role_result(context: RoleContext, evaluation: RoleEvaluation) -> RoleResult:
    """The results of a role as the reports show them."""
    return RoleResult(
        context,
        evaluation.findings,
        evaluation.risk,
        evaluation.granted_count,
        evaluation.required_count,
        used_count=evaluation.used_count,
        rule_risks=evaluation.rule_risks,
    )


def _usage_gaps(usage: Usage) -> Iterator[NotEvaluated]:
    """What of the usage could not be read: actions without a record may have been used there."""
    for gap in usage.gaps:
        yield NotEvaluated(NotEvaluatedKind.FAILED, Subject("usage", "usage"), gap.what, gap.reason)


def _not_evaluated(accounts: Sequence[Account], contexts: RoleContexts) -> Iterator[NotEvaluated]:
    """Yield what could not be read of the accounts, and then what could not be evaluated."""
    for account in accounts:
        yield from account.gaps
    yield from contexts.not_evaluated
