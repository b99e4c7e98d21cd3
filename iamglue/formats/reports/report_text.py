"""A report as text: each finding like a compiler error, with the source line and a mark below the problem."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Report, Severity, SourceSpan
from iamglue.formats.words.finding_words import detail_lines
from iamglue.output_escaping import escape_to_one_line

# Of a longer line only the part around the problem is shown.
_WIDTH = 76
_ELLIPSIS = "..."
_PLAIN_PATH = re.compile(r"[\w./\\~<]|$")


def report_text(report: Report) -> str:
    """Every finding, then the files and checks that failed; empty for a clean report."""
    blocks = [*map(_finding, report.findings), *_failures(report.not_evaluated)]
    return "".join(f"{block}\n" for block in blocks)


def summary_line(report: Report) -> str:
    """One line with the number of policies, files, findings and fixes."""
    scope = f"{_count(report.policy_count, 'policy', 'policies')} in {_count(report.file_count, 'file')}"
    counts = Counter(finding.severity for finding in report.findings)
    parts = [_count(counts[severity], severity.replace("-", " ")) for severity in Severity if counts[severity]]
    result = ", ".join(parts) or ("nothing found" if report.file_count else "no file was checked")
    fixes = [finding.fix for finding in report.findings if finding.fix]
    safe = sum(fix.safe for fix in fixes)
    options = [f"{safe} with --fix"] if safe else []
    options += [f"{len(fixes) - safe} with --unsafe-fixes"] if len(fixes) > safe else []
    fixable = f"; can be fixed: {', '.join(options)}" if options else ""
    suppressed = f"; {report.suppressed_count} suppressed" if report.suppressed_count else ""
    undecided = [item for item in report.not_evaluated if item.kind is NotEvaluatedKind.UNDECIDABLE]
    by_rules = sum(bool(item.rule) for item in undecided)
    in_files = sum(bool(item.unread_file) for item in undecided)
    unknown = len(undecided) - by_rules - in_files
    unknown_values = f"; {_count(unknown, 'value')} not known before deployment" if unknown else ""
    open_checks = f"; {_count(by_rules, 'check')} of own rules not decided" if by_rules else ""
    other_files = f"; {_count(in_files, 'policy', 'policies')} in other files not checked" if in_files else ""
    start = f"{scope}: {result}" if report.file_count or parts else result
    return f"{start}{fixable}{suppressed}{unknown_values}{other_files}{open_checks}"


def _finding(finding: Finding) -> str:
    """A finding with its source line, the lines below its message, and the help."""
    where = finding.span
    at = ":".join(str(part) for part in (_unambiguous_path(where.path), where.line, where.column) if part is not None)
    code = f", {finding.access_analyzer}" if finding.access_analyzer else ""
    lines = [
        f"{escape_to_one_line(at)}: {finding.severity}: {escape_to_one_line(finding.message)} [{finding.rule}{code}]"
    ]
    lines += excerpt_lines(finding.span)
    lines += (f"  {escape_to_one_line(line)}" for line in detail_lines(finding))
    if finding.help:
        lines.append(f"  help: {escape_to_one_line(finding.help)}")
    return "\n".join(lines)


def _unambiguous_path(path: str) -> str:
    """The path for the start of a line, with `./` before a name that does not look like a path."""
    return path if _PLAIN_PATH.match(path) else f"./{path}"


def excerpt_lines(where: SourceSpan) -> Iterator[str]:
    """The source line and a mark below the problem; nothing if the position is unknown."""
    if not where.excerpt.strip() or where.line is None or where.column is None:
        return
    text = where.excerpt.expandtabs(1)
    start = where.column - 1
    end = (where.end_column or where.column + 1) - 1 if where.end_line == where.line else len(text)
    if len(text) > _WIDTH:
        text, start, end = _shorten_line(text, start, end)
    number = str(where.line)
    before, length = len(escape_to_one_line(text[:start])), len(escape_to_one_line(text[start:end]))
    yield f"  {number} | {escape_to_one_line(text)}"
    yield f"  {' ' * len(number)} | {' ' * before}{'^' * max(length, 1)}"


def _shorten_line(text: str, start: int, end: int) -> tuple[str, int, int]:
    """At most 76 characters of the line around the problem, with the new start and end."""
    first = max(0, min(start - _WIDTH // 4, len(text) - _WIDTH))
    part = text[first : first + _WIDTH]
    if first:
        part = _ELLIPSIS + part[len(_ELLIPSIS) :]
    if first + _WIDTH < len(text):
        part = part[: -len(_ELLIPSIS)] + _ELLIPSIS
    return part, start - first, end - first


def _failures(not_evaluated: tuple[NotEvaluated, ...]) -> Iterator[str]:
    """One line per failure, per undecided check of an own rule, and per policy in a file that was not checked.

    Values that are unknown before deployment are only counted in the summary.
    """
    for item in not_evaluated:
        if item.kind is NotEvaluatedKind.FAILED or item.rule or item.unread_file:
            yield escape_to_one_line(
                f"{_unambiguous_path(item.subject.name)}: not evaluated: {item.what}: {item.reason}"
            )


def _count(number: int, singular: str, plural: str | None = None) -> str:
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
