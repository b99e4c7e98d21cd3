"""What is said of an audit in several formats: names, counts and the order of what is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Severity
from iamglue.model.role_context import AuditResult, RoleResult


def role_title(judged: RoleResult) -> str:
    """The functions of a role, or the role itself where none runs as it."""
    names = [function.name for function in judged.context.functions]
    return ", ".join(names) if names else judged.context.role.name


def access_summary(judged: RoleResult) -> str:
    """How many actions a role allows, and how many its functions need."""
    granted = f"allows {judged.granted_count:,} action{'' if judged.granted_count == 1 else 's'}"
    return granted if judged.required_count is None else f"{granted}, needs {judged.required_count:,}"


def severity_counts(findings: Iterable[Finding]) -> str:
    """How many findings of each severity, in words; "nothing found" for none."""
    found = Counter(finding.severity for finding in findings)
    parts = [_count(found[each], each.replace("-", " ")) for each in Severity if found[each]]
    return ", ".join(parts) or "nothing found"


def audit_summary(audit: AuditResult) -> str:
    """What was looked at and what was found, in one line."""
    functions = sum(len(judged.context.functions) for judged in audit.role_results)
    looked = f"{_count(functions, 'function')}, {_count(len(audit.role_results), 'role')}"
    failed = sum(gap.kind is NotEvaluatedKind.FAILED for gap in audit.report.not_evaluated)
    unread = f"; {_count(failed, 'thing')} not evaluated" if failed else ""
    left_out = f"; {audit.report.suppressed_count} suppressed" if audit.report.suppressed_count else ""
    return f"{looked}: {severity_counts(audit.report.findings)}{left_out}{unread}"


def roles_by_risk(audit: AuditResult) -> tuple[RoleResult, ...]:
    """The roles, the riskiest first."""
    return tuple(
        sorted(audit.role_results, key=lambda judged: (-judged.risk, role_title(judged), judged.context.role.arn))
    )


def not_evaluated_text(gap: NotEvaluated) -> str:
    """What could not be looked at, of what, and why."""
    return f"{gap.subject.kind} {gap.subject.name}: {gap.what}: {gap.reason}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
