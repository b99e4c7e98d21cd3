"""A report as JSON, version 1: the form that scripts may rely on."""

from __future__ import annotations

from collections import Counter
from typing import Any

from iamglue.catalog import services
from iamglue.findings import Finding, NotEvaluated, Report, Severity, Subject
from iamglue.inert import json_text
from iamglue.version import VERSION


def report_json(report: Report) -> str:
    """The whole report, indented."""
    return json_text(report_data(report))


def report_data(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "version": 1,
        "tool": {"name": "iamglue", "version": VERSION, "catalog": services.version()},
        "findings": [_finding(each) for each in report.findings],
        "not_evaluated": [_gap(each) for each in report.not_evaluated],
        "summary": summary(report),
    }


def summary(report: Report) -> dict[str, Any]:
    """Counts: of files, policies, findings by severity, and of what was left out or not looked at."""
    found = Counter(each.severity for each in report.findings)
    gaps = Counter(each.kind.value for each in report.not_evaluated)
    return {
        "files": report.files,
        "policies": report.policies,
        "findings": {severity.value: found[severity] for severity in Severity},
        "suppressed": report.suppressed,
        "not_evaluated": dict(sorted(gaps.items())),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    where, fix = finding.place, finding.fix
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "help": finding.help,
        "access_analyzer": finding.access_analyzer,
        "url": finding.url,
        "subject": _subject(finding.subject),
        "location": {
            "path": where.path,
            "line": where.line,
            "column": where.column,
            "end_line": where.end_line,
            "end_column": where.end_column,
            "pointer": where.pointer,
        },
        "fix": None if fix is None else {"safe": fix.safe, "description": fix.description},
    }


def _subject(subject: Subject) -> dict[str, Any]:
    return {"kind": subject.kind, "name": subject.name, "arn": subject.arn}


def _gap(gap: NotEvaluated) -> dict[str, Any]:
    return {"kind": gap.kind.value, "subject": _subject(gap.subject), "what": gap.what, "reason": gap.reason}
