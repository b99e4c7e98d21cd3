"""A report as SARIF 2.1.0, for code hosts and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from iamglue.findings import Confidence, Finding, NotEvaluatedKind, Report, Severity
from iamglue.formats.words.finding_words import finding_lines
from iamglue.output_escaping import dump_escaped_json, escape_surrogates
from iamglue.version import VERSION

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "error",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "note",
}
# GitHub derives the severity of security findings from this number: https://docs.github.com/en/code-security/code-scanning/
# integrating-with-code-scanning/sarif-support-for-code-scanning
_SECURITY = {Severity.SECURITY_WARNING: "8.0"}
_PRECISION = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}


def report_sarif(report: Report) -> str:
    """One run with one result per finding, and one notification per check that was not evaluated."""
    rules = {finding.rule: finding for finding in reversed(report.findings)}
    order = {slug: at for at, slug in enumerate(sorted(rules))}
    run = {
        "tool": {
            "driver": {
                "name": "iamglue",
                "version": VERSION,
                "rules": [_rule(slug, rules[slug]) for slug in order],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": not report.has_failures, "toolExecutionNotifications": list(_notes(report))}
        ],
        "results": list(_results(report, order)),
    }
    return dump_escaped_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(slug: str, finding: Finding) -> dict[str, Any]:
    properties = {"precision": _PRECISION[finding.confidence], "tags": ["iam"]}
    if finding.severity in _SECURITY:
        properties |= {"security-severity": _SECURITY[finding.severity], "tags": ["iam", "security"]}
    rule = {
        "id": slug,
        "shortDescription": {"text": slug.replace("-", " ")},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": properties,
    }
    return rule | ({"helpUri": finding.url} if finding.url else {})


def _results(report: Report, order: dict[str, int]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for finding in report.findings:
        identity = finding.identity
        seen[identity] += 1
        properties = {"access_analyzer": finding.access_analyzer} if finding.access_analyzer else {}
        yield {
            "ruleId": finding.rule,
            "ruleIndex": order[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": {"text": "\n".join(finding_lines(finding))},
            "locations": [_location(finding)],
            "partialFingerprints": {"iamglue/v1": f"{identity}:{seen[identity]}"},
            "properties": properties | {"severity": finding.severity.value},
        }


def _location(finding: Finding) -> dict[str, Any]:
    where = finding.span
    places = {
        "startLine": where.line,
        "startColumn": where.column,
        "endLine": where.end_line,
        "endColumn": where.end_column,
    }
    region = {name: number for name, number in places.items() if number is not None}
    logical = {"name": finding.subject.name, "fullyQualifiedName": f"{finding.subject.name}{where.pointer}"}
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(where.path)}}
    return {
        "physicalLocation": physical | ({"region": region} if region else {}),
        "logicalLocations": [logical],
    }


def _uri(path: str) -> str:
    """The path as a URI reference."""
    path = path.replace("\\", "/")
    try:
        return quote(path, errors="surrogateescape")  # bytes that are not valid UTF-8 are kept
    except UnicodeEncodeError:
        return quote(escape_surrogates(path))


def _notes(report: Report) -> Iterator[dict[str, Any]]:
    for item in report.not_evaluated:
        level = "error" if item.kind is NotEvaluatedKind.FAILED else "note"
        yield {"level": level, "message": {"text": f"{item.subject.name}: {item.what}: {item.reason}"}}
