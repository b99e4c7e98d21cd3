"""What is said of an audit in several formats: names, counts and the order of what is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from iamglue.findings import Finding, Gap, NotEvaluated, Severity
from iamglue.model.role_context import Audit, Judged


def title_of(judged: Judged) -> str:
    """The functions of a role, or the role itself where none runs as it."""
    names = [function.name for function in judged.case.functions]
    return ", ".join(names) if names else judged.case.role.name


def access_words(judged: Judged) -> str:
    """How many actions a role allows, and how many its functions need."""
    granted = f"allows {judged.granted:,} action{'' if judged.granted == 1 else 's'}"
    return granted if judged.needed is None else f"{granted}, needs {judged.needed:,}"


def counts_words(findings: Iterable[Finding]) -> str:
    """How many findings of each severity, in words; "nothing found" for none."""
    found = Counter(finding.severity for finding in findings)
    parts = [_count(found[each], each.replace("-", " ")) for each in Severity if found[each]]
    return ", ".join(parts) or "nothing found"


def summary_words(audit: Audit) -> str:
    """What was looked at and what was found, in one line."""
    functions = sum(len(judged.case.functions) for judged in audit.judged)
    looked = f"{_count(functions, 'function')}, {_count(len(audit.judged), 'role')}"
    failed = sum(gap.kind is Gap.FAILED for gap in audit.report.not_evaluated)
    unread = f"; {_count(failed, 'thing')} not evaluated" if failed else ""
    left_out = f"; {audit.report.suppressed} suppressed" if audit.report.suppressed else ""
    return f"{looked}: {counts_words(audit.report.findings)}{left_out}{unread}"


def by_risk(audit: Audit) -> tuple[Judged, ...]:
    """The roles, the riskiest first."""
    return tuple(sorted(audit.judged, key=lambda judged: (-judged.risk, title_of(judged), judged.case.role.arn)))


def gap_words(gap: NotEvaluated) -> str:
    """What could not be looked at, of what, and why."""
    return f"{gap.subject.kind} {gap.subject.name}: {gap.what}: {gap.reason}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
