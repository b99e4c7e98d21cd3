"""Findings that are left out on request: by comments in a file, entries of the configuration, and a baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from iamglue.findings import Finding, Place, Report


@dataclass(frozen=True, slots=True)
class Suppression:
    """One request. `rules` are slugs, none of them meaning every rule; `path` and `subject` may hold `*` and `?`.

    `lines` (first and last) limit a comment to what it stands at, `sid` an entry to one statement, `subject` to a role
    or function. After `until` it is void, and without a reason it never holds. `place` is where the request stands.
    """

    place: Place
    rules: tuple[str, ...]
    reason: str
    path: str | None = None
    lines: tuple[int, int] | None = None
    sid: str | None = None
    subject: str | None = None
    until: date | None = None

    def holds(self, today: date) -> bool:
        """Whether it is to be followed."""
        return bool(self.reason) and (self.until is None or today <= self.until)

    def covers(self, finding: Finding) -> bool:
        """Whether it asks to leave out a finding."""
        where = finding.place
        return (
            (not self.rules or finding.rule in self.rules)
            and (self.path is None or fnmatchcase(where.path, self.path))
            and (self.lines is None or (where.line is not None and self.lines[0] <= where.line <= self.lines[1]))
            and self.sid in (None, finding.sid)
            and (self.subject is None or fnmatchcase(finding.subject.name, self.subject))
        )


def suppressed(report: Report, asked: Sequence[Suppression], today: date) -> tuple[Report, tuple[Suppression, ...]]:
    """The report without what is asked to be left out, and the requests that leave out nothing."""
    if not asked:
        return report, ()
    kept: list[Finding] = []
    idle = set(asked)
    for finding in report.findings:
        covering = [one for one in asked if one.holds(today) and one.covers(finding)]
        idle.difference_update(covering)
        if not covering:
            kept.append(finding)
    left_out = report.suppressed + len(report.findings) - len(kept)
    return replace(report, findings=tuple(kept), suppressed=left_out), tuple(one for one in asked if one in idle)


def without_known(report: Report, known: Mapping[str, int]) -> Report:
    """The report without the findings of a baseline, which has a count for each finding's identity."""
    left = Counter(known)
    kept = []
    for finding in report.findings:
        if left[finding.identity] > 0:
            left[finding.identity] -= 1
        else:
            kept.append(finding)
    return replace(report, findings=tuple(kept), suppressed=report.suppressed + len(report.findings) - len(kept))
