"""Findings that are left out on request: by comments in a file, entries of the configuration, and a baseline."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from iamglue.findings import Finding, Report, SourceSpan

# Under this name stand suppressions of every rule.
_EVERY_RULE = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One request. `rules` are slugs, none of them meaning every rule; `path` and `subject` may hold `*` and `?`.

    `lines` (first and last) limit a comment to what it stands at, `sid` an entry to one statement, `subject` to a role
    or function. After `until` it is void, and without a reason it never holds. `place` is where the request stands.
    """

    span: SourceSpan
    rules: tuple[str, ...]
    reason: str
    path: str | None = None
    lines: tuple[int, int] | None = None
    sid: str | None = None
    subject: str | None = None
    until: date | None = None

    def is_active(self, today: date) -> bool:
        """Whether it is to be followed."""
        return bool(self.reason) and (self.until is None or today <= self.until)

    def matches(self, finding: Finding) -> bool:
        """Whether it asks to leave out a finding."""
        where = finding.span
        return (
            (not self.rules or finding.rule in self.rules)
            and (self.path is None or fnmatchcase(where.path, self.path))
            and (self.lines is None or (where.line is not None and self.lines[0] <= where.line <= self.lines[1]))
            and self.sid in (None, finding.sid)
            and (self.subject is None or fnmatchcase(finding.subject.name, self.subject))
        )


def apply_suppressions(
    report: Report, asked: Sequence[Suppression], today: date
) -> tuple[Report, tuple[Suppression, ...]]:
    """The report without what is asked to be left out, and the requests that leave out nothing."""
    if not asked:
        return report, ()
    held = [one for one in asked if one.is_active(today)]
    by_rule: dict[str, list[Suppression]] = {}
    for one in held:
        for rule in dict.fromkeys(one.rules or (_EVERY_RULE,)):
            by_rule.setdefault(rule, []).append(one)
    covers = {rule: _Cover(suppressions) for rule, suppressions in by_rule.items()}
    kept = [each for each in report.findings if not _is_covered(each, covers)]
    used = _Findings(report.findings)
    idle = tuple(one for one in asked if not one.is_active(today) or not used.has_one_for(one))
    left_out = report.suppressed_count + len(report.findings) - len(kept)
    return replace(report, findings=tuple(kept), suppressed_count=left_out), idle


def _is_covered(finding: Finding, covers: Mapping[str, _Cover]) -> bool:
    return any(rule in covers and covers[rule].covers(finding) for rule in (finding.rule, _EVERY_RULE))


class _Cover:
    """What suppressions of one rule cover: the lines of all comments together, and what others ask one by one.

    A file may have thousands of comments and as many findings.
    """

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        self._others: list[Suppression] = []
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        lines = []
        for one in suppressions:
            if one.lines is not None and _is_plain(one):
                lines.append(one.lines)
            else:
                self._others.append(one)
        for first, last in sorted(lines):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def covers(self, finding: Finding) -> bool:
        """Whether some of the suppressions asks to leave out a finding of the rule."""
        line = finding.span.line
        if line is not None:
            at = bisect_right(self._firsts, line) - 1
            if at >= 0 and line <= self._lasts[at]:
                return True
        return any(one.matches(finding) for one in self._others)


class _Findings:
    """Findings by rule and line, to tell which suppressions leave out something."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._by_rule: dict[str, list[Finding]] = {_EVERY_RULE: []}
        for finding in sorted(findings, key=lambda each: each.span.line or 0):
            self._by_rule.setdefault(finding.rule, []).append(finding)
            self._by_rule[_EVERY_RULE].append(finding)
        self._lines = {rule: [each.span.line or 0 for each in found] for rule, found in self._by_rule.items()}

    def has_one_for(self, suppression: Suppression) -> bool:
        """Whether the suppression covers some finding."""
        return any(
            suppression.matches(finding)
            for rule in suppression.rules or (_EVERY_RULE,)
            for finding in self._near(rule, suppression)
        )

    def _near(self, rule: str, suppression: Suppression) -> Sequence[Finding]:
        findings = self._by_rule.get(rule, [])
        if suppression.lines is None or not findings:
            return findings
        first, last = suppression.lines
        lines = self._lines[rule]
        return (
            findings[bisect_left(lines, first) : bisect_right(lines, last)][:1] if _is_plain(suppression) else findings
        )


def _is_plain(suppression: Suppression) -> bool:
    """Whether nothing but its rules and lines decides what the suppression covers."""
    return suppression.lines is not None and (suppression.path, suppression.sid, suppression.subject) == (None,) * 3


def apply_baseline(report: Report, known: Mapping[str, int]) -> Report:
    """The report without the findings of a baseline, which has a count for each finding's identity."""
    left = Counter(known)
    kept = []
    for finding in report.findings:
        if left[finding.identity] > 0:
            left[finding.identity] -= 1
        else:
            kept.append(finding)
    return replace(
        report, findings=tuple(kept), suppressed_count=report.suppressed_count + len(report.findings) - len(kept)
    )
