"""An audit for people at a terminal: a summary first, then each role with what was found, within 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from textwrap import wrap

from iamglue.findings import Finding, NotEvaluatedKind
from iamglue.formats.words.audit_words import (
    access_summary,
    audit_summary,
    not_evaluated_text,
    role_title,
    roles_by_risk,
    severity_counts,
)
from iamglue.model.role_context import AuditResult, RoleReplacement, RoleResult
from iamglue.output_escaping import escape_to_one_line

_WIDTH = 80
_NAME = 32
# A role with nothing to say is named in the summary alone.
_MOST_CLEAN = 20


def audit_text(audit: AuditResult) -> str:
    """The whole audit, the riskiest role first."""
    ranked = roles_by_risk(audit)
    lines = [*_wrapped(f"Audit: {audit_summary(audit)}", "", "  "), ""]
    lines += _summary(ranked)
    for judged in ranked:
        if judged.findings:
            lines += _role(judged)
    lines += _gaps(audit)
    return "\n".join(lines).rstrip("\n") + "\n"


def _summary(ranked: tuple[RoleResult, ...]) -> Iterator[str]:
    if not ranked:
        return
    yield f"{'risk':>4}  {'function or role':<{_NAME}}  {'allows':>6}  {'needs':>5}  findings"
    clean = 0
    for judged in ranked:
        clean += not judged.findings
        if judged.findings or clean <= _MOST_CLEAN:
            needs = "-" if judged.required_count is None else f"{judged.required_count:,}"
            name = _cut(escape_to_one_line(role_title(judged)), _NAME)
            yield f"{judged.risk:>4}  {name:<{_NAME}}  {judged.granted_count:>6,}  {needs:>5}  {len(judged.findings)}"
    if clean > _MOST_CLEAN:
        yield f"      and {clean - _MOST_CLEAN} more with nothing found"
    yield ""


def _role(judged: RoleResult) -> Iterator[str]:
    role = judged.context.role
    yield _cut(f"{escape_to_one_line(role_title(judged))}  (role {escape_to_one_line(role.name)})", _WIDTH)
    yield "=" * _WIDTH
    yield from _wrapped(f"risk {judged.risk}; {access_summary(judged)}; {severity_counts(judged.findings)}", "")
    yield ""
    for finding in judged.findings:
        yield from _finding(finding)
    if judged.replacement is not None:
        yield from _replacement(judged.replacement)
    yield ""


def _finding(finding: Finding) -> Iterator[str]:
    code = f", {finding.access_analyzer}" if finding.access_analyzer else ""
    yield from _wrapped(f"{finding.severity}: {finding.message} [{finding.rule}{code}]", "  ", "    ")
    where = finding.span
    if where.path:
        yield from _wrapped(f"at: {where.path} {where.pointer}".rstrip(), "    ")
    if finding.help:
        yield from _wrapped(f"help: {finding.help}", "    ")
    yield ""


def _replacement(replacement: RoleReplacement) -> Iterator[str]:
    yield from _wrapped(
        f"replacement: {replacement.actions_before:,} actions -> {replacement.actions_after:,}", "  ", "    "
    )
    for told in (*replacement.proved, *replacement.added_statements, *replacement.unproved, *replacement.notes):
        yield from _wrapped(f"- {told}", "    ", "      ")


def _gaps(audit: AuditResult) -> Iterator[str]:
    for kind, title in ((NotEvaluatedKind.FAILED, "Not evaluated"), (NotEvaluatedKind.UNDECIDABLE, "Not known")):
        found = [gap for gap in audit.report.not_evaluated if gap.kind is kind]
        if found:
            yield f"{title}:"
            for gap in found:
                yield from _wrapped(f"- {not_evaluated_text(gap)}", "  ", "    ")
            yield ""


@lru_cache(maxsize=4096)
def _wrapped(text: str, first: str, rest: str | None = None) -> tuple[str, ...]:
    """The text in lines; many roles have the same said of them."""
    indent = first if rest is None else rest
    lines = wrap(
        escape_to_one_line(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    return tuple(lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
