"""An audit as text for a terminal of 80 columns: a summary, then each role with its findings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from textwrap import wrap

from iamglue.findings import Finding
from iamglue.formats.reports.report_text import excerpt_lines
from iamglue.formats.words.audit_words import (
    access_summary,
    audit_summary,
    gap_lists,
    role_title,
    roles_by_risk,
    severity_counts,
    shorten_text,
    span_text,
)
from iamglue.formats.words.finding_words import detail_lines
from iamglue.model.role_context import AuditResult, RoleReplacement, RoleResult
from iamglue.output_escaping import escape_to_one_line

_WIDTH = 80
_NAME_WIDTH = 32
# Roles without findings are only in the summary; this many are listed.
_MAX_CLEAN_ROLES = 20


def audit_text(audit: AuditResult) -> str:
    """The audit, highest risk first."""
    ranked = roles_by_risk(audit)
    lines = [*_wrap(f"Audit: {audit_summary(audit)}", "", "  "), ""]
    lines += _summary(ranked)
    for role_result in ranked:
        if role_result.findings:
            lines += _role(role_result)
    lines += _not_evaluated(audit)
    return "\n".join(lines).rstrip("\n") + "\n"


def _summary(ranked: tuple[RoleResult, ...]) -> Iterator[str]:
    """The table of roles."""
    if not ranked:
        return
    yield f"{'risk':>4}  {'function or role':<{_NAME_WIDTH}}  {'allows':>6}  {'needs':>5}  findings"
    clean = 0
    for role_result in ranked:
        clean += not role_result.findings
        if role_result.findings or clean <= _MAX_CLEAN_ROLES:
            needs = "-" if role_result.required_count is None else f"{role_result.required_count:,}"
            name = shorten_text(escape_to_one_line(role_title(role_result)), _NAME_WIDTH)
            counts = f"{role_result.granted_count:>6,}  {needs:>5}  {len(role_result.findings)}"
            yield f"{role_result.risk:>4}  {name:<{_NAME_WIDTH}}  {counts}"
    if clean > _MAX_CLEAN_ROLES:
        yield f"      and {clean - _MAX_CLEAN_ROLES} more with nothing found"
    yield ""


def _role(role_result: RoleResult) -> Iterator[str]:
    """The heading, the findings and the proposed replacement of one role."""
    role = role_result.context.role
    yield shorten_text(f"{escape_to_one_line(role_title(role_result))}  (role {escape_to_one_line(role.name)})", _WIDTH)
    yield "=" * _WIDTH
    yield from _wrap(
        f"risk {role_result.risk}; {access_summary(role_result)}; {severity_counts(role_result.findings)}", ""
    )
    yield ""
    for finding in role_result.findings:
        yield from _finding(finding)
    if role_result.replacement is not None:
        yield from _replacement(role_result.replacement)
    yield ""


def _finding(finding: Finding) -> Iterator[str]:
    """A finding with its location, the source line, and lines on each step and consequence."""
    code = f", {finding.access_analyzer}" if finding.access_analyzer else ""
    yield from _wrap(f"{finding.severity}: {finding.message} [{finding.rule}{code}]", "  ", "    ")
    if finding.span.path:
        yield from _wrap(f"at: {span_text(finding.span)}", "    ")
    yield from (f"  {line}" for line in excerpt_lines(finding.span))
    for line in detail_lines(finding):
        yield from _wrap(line, "    ", "      ")
    if finding.help:
        yield from _wrap(f"help: {finding.help}", "    ")
    yield ""


def _replacement(replacement: RoleReplacement) -> Iterator[str]:
    """The proposed replacement in numbers, with what was proved of it and what not."""
    yield from _wrap(
        f"replacement: {replacement.actions_before:,} actions -> {replacement.actions_after:,}", "  ", "    "
    )
    for text in (*replacement.proved, *replacement.added_statements, *replacement.unproved, *replacement.notes):
        yield from _wrap(f"- {text}", "    ", "      ")


def _not_evaluated(audit: AuditResult) -> Iterator[str]:
    """What was not evaluated, then what is undecided, each under its heading."""
    for title, texts in gap_lists(audit.report.not_evaluated):
        yield f"{title}:"
        for text in texts:
            yield from _wrap(f"- {text}", "  ", "    ")
        yield ""


@lru_cache(maxsize=4096)
def _wrap(text: str, first: str, rest: str | None = None) -> tuple[str, ...]:
    """The text wrapped to 80 columns; cached because the same texts are repeated for many roles."""
    indent = first if rest is None else rest
    lines = wrap(
        escape_to_one_line(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    return tuple(lines)
