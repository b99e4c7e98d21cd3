"""A report as JSON, version 1: the stable format for scripts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from iamglue.catalog import services
from iamglue.findings import EscalationHop, Finding, Fix, NotEvaluated, Report, Severity, Subject
from iamglue.output_escaping import dump_escaped_json
from iamglue.version import VERSION


def report_json(report: Report) -> str:
    """The report as indented JSON."""
    return dump_escaped_json(report_data(report))


def report_data(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "version": 1,
        "tool": {"name": "iamglue", "version": VERSION, "catalog": services.reference_date()},
        "findings": [_finding(finding) for finding in report.findings],
        "not_evaluated": [_not_evaluated(item) for item in report.not_evaluated],
        "summary": report_summary(report),
    }


def report_summary(report: Report) -> dict[str, Any]:
    """Counts of files, policies, findings by severity, suppressed findings, and checks that were not evaluated."""
    severities = Counter(finding.severity for finding in report.findings)
    kinds = Counter(item.kind.value for item in report.not_evaluated)
    return {
        "files": report.file_count,
        "policies": report.policy_count,
        "findings": {severity.value: severities[severity] for severity in Severity},
        "suppressed": report.suppressed_count,
        "not_evaluated": dict(sorted(kinds.items())),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    """An item of `findings`; line and column are null if they are not known."""
    where, fix = finding.span, finding.fix
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
        "fix": None if fix is None else _fix(fix),
        "identity": finding.identity,
        **_chain(finding),
    } | ({"consequences": [_consequence(item) for item in finding.consequences]} if finding.consequences else {})


def _chain(finding: Finding) -> dict[str, Any]:
    """The steps of privilege escalation, for a finding that has them."""
    return {"chain": [_hop(hop) for hop in finding.chain]} if finding.chain else {}


def _hop(hop: EscalationHop) -> dict[str, Any]:
    """A step of privilege escalation, with the statements that it uses."""
    return {
        "from": hop.source,
        "to": hop.target,
        "actions": list(dict.fromkeys(statement.action for statement in hop.statements)),
        "statements": [
            {
                "action": statement.action,
                "role": statement.role,
                "policy": statement.policy,
                "pointer": statement.pointer,
            }
            for statement in hop.statements
        ],
        "unknown": hop.unknown or None,
    }


def _consequence(finding: Finding) -> dict[str, Any]:
    """A finding about the same statements as the one that lists it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "access_analyzer": finding.access_analyzer,
        "identity": finding.identity,
        **_chain(finding),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{"start": _position(edit.start), "end": _position(edit.end), "text": edit.text} for edit in fix.text_edits]
    return {"safe": fix.safe, "description": fix.description, "edits": edits}


def _position(position: tuple[int, int]) -> dict[str, int]:
    return {"line": position[0], "column": position[1]}


def _subject(subject: Subject) -> dict[str, Any]:
    return {"kind": subject.kind, "name": subject.name, "arn": subject.arn}


def _not_evaluated(item: NotEvaluated) -> dict[str, Any]:
    return {"kind": item.kind.value, "subject": _subject(item.subject), "what": item.what, "reason": item.reason}
