"""An audit as Markdown: a table of roles, a table of findings for each, for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Finding, Gap
from iamglue.formats.reports.report_markdown import cell
from iamglue.formats.words.audit_words import access_words, by_risk, gap_words, summary_words, title_of
from iamglue.model.role_context import Audit, Judged


def audit_markdown(audit: Audit) -> str:
    """The whole audit, the riskiest role first; roles with nothing found stand in the first table alone."""
    ranked = by_risk(audit)
    lines = ["## iamglue audit", "", f"{cell(summary_words(audit))}.", ""]
    if ranked:
        lines += ["| risk | function or role | allows | needs | findings |", "|---:|---|---:|---:|---:|"]
        lines += [_row(judged) for judged in ranked]
        lines.append("")
    for judged in ranked:
        lines += _role(judged) if judged.findings else ()
    failed = [gap for gap in audit.report.not_evaluated if gap.kind is Gap.FAILED]
    if failed:
        lines += ["### Not evaluated", "", *(f"- {cell(gap_words(gap))}" for gap in failed), ""]
    return "\n".join(lines)


def _row(judged: Judged) -> str:
    needs = "" if judged.needed is None else f"{judged.needed:,}"
    return f"| {judged.risk} | {cell(title_of(judged))} | {judged.granted:,} | {needs} | {len(judged.findings)} |"


def _role(judged: Judged) -> Iterator[str]:
    yield f"### {cell(title_of(judged))}"
    yield ""
    yield f"Role {cell(judged.case.role.name)}: risk {judged.risk}, {access_words(judged)}."
    yield ""
    yield "| severity | rule | finding | at |"
    yield "|---|---|---|---|"
    yield from map(_finding, judged.findings)
    yield ""


def _finding(finding: Finding) -> str:
    told = cell(finding.message) + (f"<br>{cell(finding.help)}" if finding.help else "")
    rule = f"[{finding.rule}]({finding.url})" if finding.url else finding.rule
    return f"| {finding.severity} | {rule} | {told} | {cell(f'{finding.place.path} {finding.place.pointer}')} |"
