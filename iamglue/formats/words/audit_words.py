"""Texts of an audit that several formats share: titles, counts and the order of roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Severity, SourceSpan
from iamglue.model.role_context import AuditResult, RoleResult


def role_title(role_result: RoleResult) -> str:
    """Names of the functions that run as the role, or the role's name if there are none."""
    names = [function.name for function in role_result.context.functions]
    return ", ".join(names) if names else role_result.context.role.name


def access_summary(role_result: RoleResult) -> str:
    """Number of actions that the role allows, and that its functions need if a spec is known."""
    allowed = f"allows {role_result.granted_count:,} action{'' if role_result.granted_count == 1 else 's'}"
    return allowed if role_result.required_count is None else f"{allowed}, needs {role_result.required_count:,}"


def severity_counts(findings: Iterable[Finding]) -> str:
    """Number of findings per severity in words; "nothing found" if there are none."""
    counts = Counter(finding.severity for finding in findings)
    parts = [_count_text(counts[severity], severity.replace("-", " ")) for severity in Severity if counts[severity]]
    return ", ".join(parts) or "nothing found"


def audit_summary(audit: AuditResult) -> str:
    """One line with the number of functions, roles and findings."""
    functions = sum(len(role_result.context.functions) for role_result in audit.role_results)
    scope = f"{_count_text(functions, 'function')}, {_count_text(len(audit.role_results), 'role')}"
    failed = sum(item.kind is NotEvaluatedKind.FAILED for item in audit.report.not_evaluated)
    incomplete = f"; {_count_text(failed, 'check')} not evaluated" if failed else ""
    suppressed = f"; {audit.report.suppressed_count} suppressed" if audit.report.suppressed_count else ""
    return f"{scope}: {severity_counts(audit.report.findings)}{suppressed}{incomplete}"


def roles_by_risk(audit: AuditResult) -> tuple[RoleResult, ...]:
    """The roles, highest risk first."""
    return tuple(
        sorted(
            audit.role_results,
            key=lambda role_result: (-role_result.risk, role_title(role_result), role_result.context.role.arn),
        )
    )


def span_text(span: SourceSpan) -> str:
    """A location: the file with line and column, or the policy, then the pointers."""
    numbers = "".join(f":{number}" for number in (span.line, span.column) if number is not None)
    return f"{span.path}{numbers} {span.pointer}".rstrip()


def not_evaluated_text(item: NotEvaluated) -> str:
    """The subject, what could not be evaluated, and the reason."""
    return f"{item.subject.kind} {item.subject.name}: {item.what}: {item.reason}"


def _count_text(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
