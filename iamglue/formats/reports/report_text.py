"""A report for people: each finding as compilers print errors, with the line and a mark under what is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Report, Severity
from iamglue.output_escaping import escape_to_one_line

# A longer line is shown around the place that counts.
_WIDTH = 76
_DOTS = "..."
_PLAIN_PATH = re.compile(r"[\w./\\~<]|$")


def report_text(report: Report) -> str:
    """Every finding, then what could not be looked at; nothing at all for a clean report."""
    blocks = [*map(_finding, report.findings), *_gaps(report.not_evaluated)]
    return "".join(f"{block}\n" for block in blocks)


def summary_line(report: Report) -> str:
    """What was looked at and what was found, in one line."""
    looked = f"{_count(report.policy_count, 'policy', 'policies')} in {_count(report.file_count, 'file')}"
    found = Counter(finding.severity for finding in report.findings)
    parts = [_count(found[each], each.replace("-", " ")) for each in Severity if found[each]]
    told = ", ".join(parts) or "nothing found"
    fixes = [finding.fix for finding in report.findings if finding.fix]
    safe = sum(each.safe for each in fixes)
    mend = [f"{safe} with --fix"] if safe else []
    mend += [f"{len(fixes) - safe} with --unsafe-fixes"] if len(fixes) > safe else []
    fixable = f"; can be fixed: {', '.join(mend)}" if mend else ""
    left_out = f"; {report.suppressed_count} suppressed" if report.suppressed_count else ""
    unknown = sum(each.kind is NotEvaluatedKind.UNDECIDABLE for each in report.not_evaluated)
    open_values = f"; {_count(unknown, 'value')} not known before deployment" if unknown else ""
    return f"{looked}: {told}{fixable}{left_out}{open_values}"


def _finding(finding: Finding) -> str:
    where = finding.span
    at = ":".join(str(part) for part in (_shown_path(where.path), where.line, where.column) if part is not None)
    code = f", {finding.access_analyzer}" if finding.access_analyzer else ""
    lines = [
        f"{escape_to_one_line(at)}: {finding.severity}: {escape_to_one_line(finding.message)} [{finding.rule}{code}]"
    ]
    lines += _excerpt(finding)
    if finding.help:
        lines.append(f"  help: {escape_to_one_line(finding.help)}")
    return "\n".join(lines)


def _shown_path(path: str) -> str:
    """The path as the first thing on a line: a name that could be taken for something else shows that it is one."""
    return path if _PLAIN_PATH.match(path) else f"./{path}"


def _excerpt(finding: Finding) -> Iterator[str]:
    where = finding.span
    if not where.excerpt.strip() or where.line is None or where.column is None:
        return
    text = where.excerpt.expandtabs(1)
    start = where.column - 1
    end = (where.end_column or where.column + 1) - 1 if where.end_line == where.line else len(text)
    if len(text) > _WIDTH:
        text, start, end = _cut(text, start, end)
    number = str(where.line)
    before, marked = len(escape_to_one_line(text[:start])), len(escape_to_one_line(text[start:end]))
    yield f"  {number} | {escape_to_one_line(text)}"
    yield f"  {' ' * len(number)} | {' ' * before}{'^' * max(marked, 1)}"


def _cut(text: str, start: int, end: int) -> tuple[str, int, int]:
    first = max(0, min(start - _WIDTH // 4, len(text) - _WIDTH))
    part = text[first : first + _WIDTH]
    if first:
        part = _DOTS + part[len(_DOTS) :]
    if first + _WIDTH < len(text):
        part = part[: -len(_DOTS)] + _DOTS
    return part, start - first, end - first


def _gaps(gaps: tuple[NotEvaluated, ...]) -> Iterator[str]:
    """What failed, one by one; values that are not known before deployment are only counted."""
    for gap in gaps:
        if gap.kind is NotEvaluatedKind.FAILED:
            yield escape_to_one_line(f"{_shown_path(gap.subject.name)}: not evaluated: {gap.what}: {gap.reason}")


def _count(number: int, one: str, several: str | None = None) -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
