"""Suppressed findings: by comments in a file, entries of the configuration, and a baseline."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from iamglue.files.configured_paths import ConfigFolder, matches_path
from iamglue.findings import Finding, Report, SourceSpan

# The key for suppressions of every rule.
_EVERY_RULE = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One suppression. `rules` are slugs, empty for every rule; `path` and `subject` may contain `*` and `?`.

    `lines` (first and last) limits a comment to the lines that it applies to, `sid` an entry to one statement,
    `subject` to a role or function. It expires after `until`, and is never active without a reason. `span` is where it
    is written. `path` is relative to `base`.
    """

    span: SourceSpan
    rules: tuple[str, ...]
    reason: str
    path: str | None = None
    lines: tuple[int, int] | None = None
    sid: str | None = None
    subject: str | None = None
    until: date | None = None
    base: ConfigFolder | None = None

    def is_active(self, today: date) -> bool:
        """Whether the suppression is in effect: it has a reason and has not expired."""
        return bool(self.reason) and (self.until is None or today <= self.until)

    def matches(self, finding: Finding) -> bool:
        """Whether the suppression matches a finding."""
        where = finding.span
        return (
            (not self.rules or finding.rule in self.rules)
            and (self.path is None or matches_path(where.path, self.path, self.base))
            and (self.lines is None or (where.line is not None and self.lines[0] <= where.line <= self.lines[1]))
            and self.sid in (None, finding.sid)
            and (self.subject is None or fnmatchcase(finding.subject.name, self.subject))
        )


def apply_suppressions(
    report: Report, suppressions: Sequence[Suppression], today: date
) -> tuple[Report, tuple[Suppression, ...]]:
    """Remove suppressed findings from a report; also returns the suppressions that match nothing."""
    if not suppressions:
        return report, ()
    active = [suppression for suppression in suppressions if suppression.is_active(today)]
    by_rule: dict[str, list[Suppression]] = {}
    for suppression in active:
        for rule in dict.fromkeys(suppression.rules or (_EVERY_RULE,)):
            by_rule.setdefault(rule, []).append(suppression)
    covers = {rule: _CoveredLines(suppressions) for rule, suppressions in by_rule.items()}
    remaining = [finding for finding in report.findings if not _is_covered(finding, covers)]
    index = _FindingIndex(report.findings)
    unused = tuple(
        suppression
        for suppression in suppressions
        if not suppression.is_active(today) or not index.has_one_for(suppression)
    )
    left_out = report.suppressed_count + len(report.findings) - len(remaining)
    return replace(report, findings=tuple(remaining), suppressed_count=left_out), unused


def _is_covered(finding: Finding, covers: Mapping[str, _CoveredLines]) -> bool:
    return any(rule in covers and covers[rule].covers(finding) for rule in (finding.rule, _EVERY_RULE))


class _CoveredLines:
    """The suppressions of one rule: all line ranges merged, and the others one by one.

    A file may have thousands of comments and as many findings.
    """

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        self._others: list[Suppression] = []
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        lines = []
        for suppression in suppressions:
            if suppression.lines is not None and _is_by_lines_only(suppression):
                lines.append(suppression.lines)
            else:
                self._others.append(suppression)
        for first, last in sorted(lines):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def covers(self, finding: Finding) -> bool:
        """Whether one of the suppressions matches a finding of the rule."""
        line = finding.span.line
        if line is not None:
            index = bisect_right(self._firsts, line) - 1
            if index >= 0 and line <= self._lasts[index]:
                return True
        return any(suppression.matches(finding) for suppression in self._others)


class _FindingIndex:
    """An index of findings by rule and line, to determine which suppressions are used."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._by_rule: dict[str, list[Finding]] = {_EVERY_RULE: []}
        for finding in sorted(findings, key=lambda item: item.span.line or 0):
            self._by_rule.setdefault(finding.rule, []).append(finding)
            self._by_rule[_EVERY_RULE].append(finding)
        self._lines = {
            rule: [item.span.line or 0 for item in rule_findings] for rule, rule_findings in self._by_rule.items()
        }

    def has_one_for(self, suppression: Suppression) -> bool:
        """Whether the suppression matches a finding."""
        return any(
            suppression.matches(finding)
            for rule in suppression.rules or (_EVERY_RULE,)
            for finding in self._candidates(rule, suppression)
        )

    def _candidates(self, rule: str, suppression: Suppression) -> Sequence[Finding]:
        """The findings that may match a suppression; at most one if only rules and lines decide."""
        findings = self._by_rule.get(rule, [])
        if suppression.lines is None or not findings:
            return findings
        first, last = suppression.lines
        lines = self._lines[rule]
        return (
            findings[bisect_left(lines, first) : bisect_right(lines, last)][:1]
            if _is_by_lines_only(suppression)
            else findings
        )


def _is_by_lines_only(suppression: Suppression) -> bool:
    """Whether only rules and lines decide what the suppression matches."""
    return suppression.lines is not None and (suppression.path, suppression.sid, suppression.subject) == (None,) * 3


def apply_baseline(report: Report, known: Mapping[str, int], as_known: Report | None = None) -> Report:
    """Remove the findings of a baseline from a report; the baseline has a count for each finding identity.

    `as_known` has the same findings as the report, in the same order, with the paths that the baseline has.
    """
    left = Counter(known)
    remaining = []
    for finding, named in zip(report.findings, (as_known or report).findings, strict=True):
        identity = named.identity
        if left[identity] > 0:
            left[identity] -= 1
        else:
            remaining.append(finding)
    return replace(
        report,
        findings=tuple(remaining),
        suppressed_count=report.suppressed_count + len(report.findings) - len(remaining),
    )
