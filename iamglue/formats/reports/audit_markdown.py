"""An audit as Markdown for a pull request comment: a table of roles, and a table of findings per role."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Finding
from iamglue.formats.reports.report_markdown import table_cell
from iamglue.formats.words.audit_words import (
    access_summary,
    audit_summary,
    gap_lists,
    role_title,
    roles_by_risk,
    span_text,
)
from iamglue.formats.words.finding_words import finding_lines
from iamglue.model.role_context import AuditResult, RoleResult


def audit_markdown(audit: AuditResult) -> str:
    """The audit, highest risk first; roles without findings are only in the first table."""
    ranked = roles_by_risk(audit)
    lines = ["## iamglue audit", "", f"{table_cell(audit_summary(audit))}.", ""]
    if ranked:
        lines += ["| risk | function or role | allows | needs | findings |", "|---:|---|---:|---:|---:|"]
        lines += [_row(role_result) for role_result in ranked]
        lines.append("")
    for role_result in ranked:
        lines += _role(role_result) if role_result.findings else ()
    for title, texts in gap_lists(audit.report.not_evaluated):
        lines += [f"### {title}", "", *(f"- {table_cell(text)}" for text in texts), ""]
    return "\n".join(lines)


def _row(role_result: RoleResult) -> str:
    """A role as a row of the first table; what it needs is empty if no spec is known."""
    needs = "" if role_result.required_count is None else f"{role_result.required_count:,}"
    title, findings = table_cell(role_title(role_result)), len(role_result.findings)
    return f"| {role_result.risk} | {title} | {role_result.granted_count:,} | {needs} | {findings} |"


def _role(role_result: RoleResult) -> Iterator[str]:
    """A section with the findings of one role."""
    yield f"### {table_cell(role_title(role_result))}"
    yield ""
    yield f"Role {table_cell(role_result.context.role.name)}: risk {role_result.risk}, {access_summary(role_result)}."
    yield ""
    yield "| severity | rule | finding | at |"
    yield "|---|---|---|---|"
    yield from map(_finding, role_result.findings)
    yield ""


def _finding(finding: Finding) -> str:
    """A finding as a row of a role's table."""
    text = "<br>".join(map(table_cell, finding_lines(finding)))
    rule = f"[{finding.rule}]({finding.url})" if finding.url else finding.rule
    return f"| {finding.severity} | {rule} | {text} | {table_cell(span_text(finding.span))} |"
