"""An audit that fits a screen of 24 lines and 80 columns: the worst roles first, each finding on one line."""

from __future__ import annotations

from dataclasses import replace
from textwrap import wrap

from iamglue.findings import Finding, NotEvaluatedKind
from iamglue.formats.words.audit_words import audit_summary, not_evaluated_text, role_title, roles_by_risk
from iamglue.model.role_context import AuditResult, RoleResult
from iamglue.output_escaping import escape_to_one_line

_WIDTH = 80
_NAME_WIDTH = 32
_LINES = 24
# The prompt, and the lines on stderr with the next steps.
_RESERVED = 3
# Lines for one finding at most.
_MAX_HEIGHT = 4
# What was not evaluated is never left out; this many are named, the others are counted.
_MAX_NOT_EVALUATED = 3


def audit_overview(audit: AuditResult) -> str:
    """The summary, as many of the worst roles and of their findings as fit, and what was not evaluated."""
    roles = roles_by_risk(audit)
    ranked = [role for role in roles if role.findings]
    clean = [role for role in roles if not role.findings]
    gaps = _not_evaluated(audit)
    lines = [_one_line(f"Audit: {audit_summary(audit)}", ""), ""]
    # also the table's head, two lines that count what is left out, and an empty line
    free = _LINES - _RESERVED - len(lines) - len(gaps) - 4
    lines += [_table_head()] if roles else []
    shown = ranked[: max(free // 2, 1)]
    free -= len(shown)
    for number, role in enumerate(shown):
        others = len(shown) - number - 1
        block = _findings(role, max(free - others, 1))
        free -= len(block)
        lines += [_row(role), *block]
    shown_clean = clean[: max(free, 0)]
    lines += map(_row, shown_clean)
    lines += _left_out(len(ranked) - len(shown), "with findings")
    lines += _left_out(len(clean) - len(shown_clean), "with nothing found")
    return "\n".join([*lines, *gaps]).rstrip("\n") + "\n"


def _left_out(count: int, kind: str) -> list[str]:
    return [f"      {count:,} more role{'' if count == 1 else 's'} {kind}"] if count else []


def _table_head() -> str:
    return f"{'risk':>4}  {'function or role':<{_NAME_WIDTH}}  {'allows':>6}  {'needs':>5}  findings"


def _row(role: RoleResult) -> str:
    needs = "-" if role.required_count is None else f"{role.required_count:,}"
    name = _cut(escape_to_one_line(role_title(role)), _NAME_WIDTH)
    return f"{role.risk:>4}  {name:<{_NAME_WIDTH}}  {role.granted_count:>6,}  {needs:>5}  {len(role.findings)}"


def _findings(role: RoleResult, limit: int) -> list[str]:
    """At most `limit` lines with the riskiest findings of a role, and the size of its replacement."""
    if role.replacement is not None and limit > 1:
        before, after = role.replacement.actions_before, role.replacement.actions_after
        line = f"      replacement: {before:,} actions -> {after:,}"
        return [*_findings(replace(role, replacement=None), limit - 1), line]
    ordered = role.risky_first()
    count = len(ordered) if len(ordered) <= limit else max(limit - 1, 1)
    height = min(max(limit // count, 1), _MAX_HEIGHT)
    lines = [line for finding in ordered[:count] for line in _finding(finding, height)]
    rest = len(ordered) - count
    return [*lines, f"      {rest:,} more finding{'' if rest == 1 else 's'}"] if rest and limit > 1 else lines


def _finding(finding: Finding, height: int) -> list[str]:
    """The finding in at most `height` lines."""
    place = "" if finding.span.line is None else f"{finding.span.path}:{finding.span.line}: "
    text, tail = escape_to_one_line(f"{finding.severity}: {place}{finding.message}"), f" [{finding.rule}]"
    lines = wrap(text + tail, _WIDTH, initial_indent="      ", subsequent_indent="        ", break_on_hyphens=False)
    if len(lines) <= height:
        return lines
    *before, last = lines[:height]
    return [*before, f"{_cut(f'{last}...', _WIDTH - len(tail))}{tail}"]


def _not_evaluated(audit: AuditResult) -> list[str]:
    """Lines on what could not be evaluated, and how much is not known."""
    lines = []
    for kind, title in ((NotEvaluatedKind.FAILED, "Not evaluated"), (NotEvaluatedKind.UNDECIDABLE, "Undecided")):
        items = [item for item in audit.report.not_evaluated if item.kind is kind]
        if items:
            named = items[:_MAX_NOT_EVALUATED]
            lines += ["", f"{title}:", *(_one_line(f"- {not_evaluated_text(item)}", "  ") for item in named)]
        if len(items) > _MAX_NOT_EVALUATED:
            lines.append(f"  and {len(items) - _MAX_NOT_EVALUATED:,} more")
    return lines


def _one_line(text: str, indent: str) -> str:
    return _cut(f"{indent}{escape_to_one_line(text)}", _WIDTH)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
