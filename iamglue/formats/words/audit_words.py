"""Texts of an audit that several formats share: titles, counts and the order of roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Severity, SourceSpan
from iamglue.formats.words.labelled_lines import count_text
from iamglue.model.role_context import AuditResult, RoleResult
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER

_GAP_TITLES = {NotEvaluatedKind.FAILED: "Not evaluated", NotEvaluatedKind.UNDECIDABLE: "Undecided"}


def role_title(role_result: RoleResult) -> str:
    """Names of the functions that run as the role, or the role's name if there are none."""
    names = [function.name for function in role_result.context.functions]
    return ", ".join(names) if names else role_result.context.role.name


def access_summary(role_result: RoleResult) -> str:
    """Number of actions that the role allows, and that its functions need if a spec is known."""
    allowed = f"allows {count_text(role_result.granted_count, 'action')}"
    return allowed if role_result.required_count is None else f"{allowed}, needs {role_result.required_count:,}"


def severity_counts(findings: Iterable[Finding]) -> str:
    """Number of findings per severity in words; "nothing found" if there are none."""
    counts = Counter(finding.severity for finding in findings)
    parts = [count_text(counts[severity], severity.replace("-", " ")) for severity in Severity if counts[severity]]
    return ", ".join(parts) or "nothing found"


def audit_summary(audit: AuditResult) -> str:
    """One line with the number of functions, roles and findings, and of what was not evaluated or is undecided."""
    suppressed = audit.report.suppressed_count
    counts = Counter(item.kind for item in audit.report.not_evaluated)
    failed, undecided = counts[NotEvaluatedKind.FAILED], counts[NotEvaluatedKind.UNDECIDABLE]
    parts = (
        _scope_and_findings(audit),
        f"{suppressed:,} suppressed" if suppressed else "",
        f"{count_text(failed, 'check')} not evaluated" if failed else "",
        f"{undecided:,} undecided" if undecided else "",
    )
    return "; ".join(filter(None, parts))


def _scope_and_findings(audit: AuditResult) -> str:
    """What was audited and found. An audit without roles does not say that nothing was found."""
    if not audit.role_results and not audit.report.findings:
        return "no role was audited"
    functions = sum(len(role_result.context.functions) for role_result in audit.role_results)
    scope = f"{count_text(functions, 'function')}, {count_text(len(audit.role_results), 'role')}"
    return f"{scope}: {severity_counts(audit.report.findings)}"


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
    name = "" if item.subject.name == ACCOUNT_PARAMETER else f" {item.subject.name}"
    return f"{item.subject.kind}{name}: {item.what}: {item.reason}"


def gap_lists(items: Iterable[NotEvaluated]) -> list[tuple[str, list[str]]]:
    """A title with a text for each item: what was not evaluated, then what is undecided; without empty lists."""
    texts: dict[NotEvaluatedKind, list[str]] = {kind: [] for kind in _GAP_TITLES}
    for item in items:
        texts[item.kind].append(not_evaluated_text(item))
    return [(_GAP_TITLES[kind], lines) for kind, lines in texts.items() if lines]


def role_gaps(role_result: RoleResult, items: Iterable[NotEvaluated]) -> tuple[NotEvaluated, ...]:
    """The items about the role or one of its functions."""
    role, functions = role_result.context.role, role_result.context.functions
    names = {("role", role.name), ("role", role.arn)}
    names |= {("function", name) for function in functions for name in (function.name, function.arn)}
    arns = {role.arn, *(function.arn for function in functions)}
    return tuple(
        item
        for item in items
        if (item.subject.arn in arns if item.subject.arn else (item.subject.kind, item.subject.name) in names)
    )


def shorten_text(text: str, width: int) -> str:
    """The text, with dots instead of what does not fit into `width` columns."""
    return text if len(text) <= width else f"{text[: width - 3]}..."
