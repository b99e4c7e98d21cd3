"""One finding for each cause: what the same statements grant is one finding, which lists the consequences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from iamglue.findings import Finding, SourceSpan, Subject
from iamglue.model.role_context import AuditResult

# Rules about what a statement grants, the one that says how to replace it first; of others the riskier is before.
_CAUSES = ("one-click-policy", "excess-access", "broad-access")
# Lint's rules about what a statement grants; those of `audit` are marked by `breadth`.
_ABOUT_GRANTS = frozenset({"pass-role-wildcard", "service-linked-role-wildcard"})
_STATEMENT = re.compile(r"/Statement(?:/(\d+))?")
_Key = tuple[object, ...]


def merge_by_cause(result: AuditResult) -> AuditResult:
    """The audit with one finding for each statement, or policy of AWS, that grants too much.

    The most severe finding of a cause has the others as its `consequences`.
    """
    role_results = tuple(
        replace(role_result, findings=_merge_by_cause(role_result.findings)) for role_result in result.role_results
    )
    findings = tuple(finding for role_result in role_results for finding in role_result.findings)
    return replace(result, role_results=role_results, report=replace(result.report, findings=findings))


def _merge_by_cause(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of a role, which are sorted by severity and risk, with one for each cause."""
    whole_policies = {_policy(finding) for finding in findings if finding.breadth and not _place(finding).pointer}
    groups: dict[_Key, list[Finding]] = {}
    for number, finding in enumerate(findings):
        policy = _policy(finding)
        key: _Key = (*policy, frozenset(_STATEMENT.findall(_place(finding).pointer)))
        if not finding.breadth and finding.rule not in _ABOUT_GRANTS:
            key = (number,)
        elif policy in whole_policies or _is_of_aws(finding):
            key = policy
        groups.setdefault(key, []).append(finding)
    unique: dict[_Key, Finding] = {}
    for finding in map(_with_consequences, groups.values()):
        unique.setdefault(_text_key(finding), finding)
    return tuple(unique.values())


def _text_key(finding: Finding) -> _Key:
    """What is the same for findings about one text: a document that a template attaches twice to a role."""
    if finding.document is None:
        return (id(finding),)
    message = finding.message.replace(f"`{finding.document.path}`", "")
    return (finding.rule, finding.subject, finding.span, finding.document.pointer, message)


def _place(finding: Finding) -> SourceSpan:
    """The policy that a finding is about, and the values in it."""
    return finding.document or finding.span


def _policy(finding: Finding) -> tuple[Subject, str]:
    return finding.subject, _place(finding).path


def _is_of_aws(finding: Finding) -> bool:
    """Whether a finding is about a policy that AWS manages: its cause is that the policy is attached."""
    return ":iam::aws:policy/" in _place(finding).path


def _with_consequences(findings: Iterable[Finding]) -> Finding:
    """The leading finding of a cause with the others as its consequences."""
    lead, *others = sorted(findings, key=lambda finding: (finding.severity.rank, _cause_rank(finding)))
    return replace(lead, consequences=tuple(others)) if others else lead


def _cause_rank(finding: Finding) -> int:
    return _CAUSES.index(finding.rule) if finding.rule in _CAUSES else len(_CAUSES)
