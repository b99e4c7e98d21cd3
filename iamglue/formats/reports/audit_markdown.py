"""An audit as Markdown: a table of roles, a table of findings for each, for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Finding, NotEvaluatedKind
from iamglue.formats.reports.report_markdown import table_cell
from iamglue.formats.words.audit_words import (
    access_summary,
    audit_summary,
    not_evaluated_text,
    role_title,
    roles_by_risk,
)
from iamglue.model.role_context import AuditResult, RoleResult


def audit_markdown(audit: AuditResult) -> str:
    """The whole audit, the riskiest role first; roles with nothing found stand in the first table alone."""
    ranked = roles_by_risk(audit)
    lines = ["## iamglue audit", "", f"{table_cell(audit_summary(audit))}.", ""]
    if ranked:
        lines += ["| risk | function or role | allows | needs | findings |", "|---:|---|---:|---:|---:|"]
        lines += [_row(judged) for judged in ranked]
        lines.append("")
    for judged in ranked:
        lines += _role(judged) if judged.findings else ()
    failed = [gap for gap in audit.report.not_evaluated if gap.kind is NotEvaluatedKind.FAILED]
    if failed:
        lines += ["### Not evaluated", "", *(f"- {table_cell(not_evaluated_text(gap))}" for gap in failed), ""]
    return "\n".join(lines)


def _row(judged: RoleResult) -> str:
    needs = "" if judged.required_count is None else f"{judged.required_count:,}"
    title, findings = table_cell(role_title(judged)), len(judged.findings)
    return f"| {judged.risk} | {title} | {judged.granted_count:,} | {needs} | {findings} |"


def _role(judged: RoleResult) -> Iterator[str]:
    yield f"### {table_cell(role_title(judged))}"
    yield ""
    yield f"Role {table_cell(judged.context.role.name)}: risk {judged.risk}, {access_summary(judged)}."
    yield ""
    yield "| severity | rule | finding | at |"
    yield "|---|---|---|---|"
    yield from map(_finding, judged.findings)
    yield ""


def _finding(finding: Finding) -> str:
    told = table_cell(finding.message) + (f"<br>{table_cell(finding.help)}" if finding.help else "")
    rule = f"[{finding.rule}]({finding.url})" if finding.url else finding.rule
    return f"| {finding.severity} | {rule} | {told} | {table_cell(f'{finding.span.path} {finding.span.pointer}')} |"
