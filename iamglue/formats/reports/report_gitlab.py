"""A report in the Code Quality format of GitLab.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Report, Severity
from iamglue.formats.words.finding_words import detail_lines
from iamglue.output_escaping import dump_escaped_json, escape_surrogates

_SEVERITIES = {
    Severity.ERROR: "critical",
    Severity.SECURITY_WARNING: "major",
    Severity.WARNING: "minor",
    Severity.SUGGESTION: "info",
}


def report_gitlab(report: Report) -> str:
    """A list of issues: one per finding, and one per file or check that failed."""
    seen: Counter[str] = Counter()
    issues = [_issue(finding, seen) for finding in report.findings]
    issues += [_failure_issue(item) for item in report.not_evaluated if item.kind is NotEvaluatedKind.FAILED]
    return dump_escaped_json(issues)


def _issue(finding: Finding, seen: Counter[str]) -> dict[str, Any]:
    """The issue of a finding; `seen` counts the same finding, so that each has a fingerprint of its own."""
    where = finding.span
    seen[finding.identity] += 1
    return {
        "description": "\n".join((finding.message, *detail_lines(finding))),
        "check_name": finding.rule,
        "fingerprint": _hash(f"{finding.identity}:{seen[finding.identity]}"),
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": where.path, "lines": {"begin": where.line or 1, "end": where.end_line or 1}},
    }


def _failure_issue(item: NotEvaluated) -> dict[str, Any]:
    """The issue of a file or check that failed; its place is the file, or the subject's name."""
    text = f"{item.subject.name}: {item.what}: {item.reason}"
    return {
        "description": f"not evaluated: {text}",
        "check_name": "not-evaluated",
        "fingerprint": _hash(text),
        "severity": "blocker",
        "location": {"path": item.subject.name, "lines": {"begin": 1}},
    }


def _hash(text: str) -> str:
    return hashlib.sha256(escape_surrogates(text).encode()).hexdigest()
