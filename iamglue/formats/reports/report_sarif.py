"""A report as SARIF 2.1.0, for code hosts and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from iamglue.findings import Confidence, Finding, Fix, NotEvaluatedKind, Report, Severity, TextEdit
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
# In characters, of a short and of a full description, for GitHub; the page of before.
_MAX_DESCRIPTION = 1024
_PRECISION = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}


# The base of relative paths, in the words of the specification (3.14.14): its value is known to who reads the file.
_ROOT_ID = "%SRCROOT%"
_ROOT = {"description": {"text": "The directory in which iamglue ran."}}
_HOME_LABELS = ("homepage", "documentation", "repository", "source")


def report_sarif(report: Report, rule_texts: Mapping[str, str]) -> str:
    """One run with one result per finding, and one notification per check that was not evaluated.

    `rule_texts` has the documentation of rules by name, in Markdown.
    """
    rules = {finding.rule: finding for finding in reversed(report.findings)}
    order = {slug: at for at, slug in enumerate(sorted(rules))}
    run = {
        "tool": {
            "driver": {
                "name": "iamglue",
                "version": VERSION,
                "semanticVersion": VERSION,
                **_information(),
                "rules": [_rule(slug, rules[slug], rule_texts.get(slug, "")) for slug in order],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT_ID: _ROOT},
        "invocations": [
            {"executionSuccessful": not report.has_failures, "toolExecutionNotifications": list(_notes(report))}
        ],
        "results": list(_results(report, order)),
    }
    return dump_escaped_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _information() -> dict[str, str]:
    """The address of the project as its package states it; nothing if the package states none."""
    try:
        urls = metadata("iamglue").get_all("Project-URL") or []
    except PackageNotFoundError:  # it runs from a copy of the source
        return {}
    by_label = {label.strip().lower(): url.strip() for label, _, url in (text.partition(",") for text in urls)}
    url = next((by_label[label] for label in _HOME_LABELS if label in by_label), None)
    return {"informationUri": url} if url else {}


def _rule(slug: str, finding: Finding, text: str) -> dict[str, Any]:
    """The descriptor of a rule, by its documentation and one of its findings."""
    properties = {"precision": _PRECISION[finding.confidence], "tags": ["iam"]}
    if finding.severity in _SECURITY:
        properties |= {"security-severity": _SECURITY[finding.severity], "tags": ["iam", "security"]}
    summary = text.partition("\n")[0][:_MAX_DESCRIPTION]
    rule: dict[str, Any] = {
        "id": slug,
        "shortDescription": {"text": summary or slug.replace("-", " ")},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": properties,
    }
    if text:
        description = text.partition("\n\n")[0] if len(text) > _MAX_DESCRIPTION else text
        rule |= {
            "fullDescription": {"text": description[:_MAX_DESCRIPTION]},
            "help": {"text": text, "markdown": text},
        }
    return rule | ({"helpUri": finding.url} if finding.url else {})


def _results(report: Report, order: dict[str, int]) -> Iterator[dict[str, Any]]:
    """A result for each finding; of equal findings, each has a fingerprint of its own."""
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
            **({"fixes": [_fix(finding, finding.fix)]} if finding.fix and finding.fix.text_edits else {}),
            "properties": properties | {"severity": finding.severity.value},
        }


def _fix(finding: Finding, fix: Fix) -> dict[str, Any]:
    """A fix as replacements in the finding's file."""
    proof = "" if fix.safe else "; it is not proved that the policy allows nothing new"
    change = {
        "artifactLocation": _artifact(finding.span.path),
        "replacements": [_replacement(edit) for edit in fix.text_edits],
    }
    return {"description": {"text": f"{fix.description}{proof}"}, "artifactChanges": [change]}


def _replacement(edit: TextEdit) -> dict[str, Any]:
    """A text edit; the deleted region is empty for an insertion."""
    (line, column), (end_line, end_column) = edit.start, edit.end
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _location(finding: Finding) -> dict[str, Any]:
    """The place of a finding in a file, and in a policy."""
    where = finding.span
    places = {
        "startLine": where.line,
        "startColumn": where.column,
        "endLine": where.end_line,
        "endColumn": where.end_column,
    }
    region = {name: number for name, number in places.items() if number is not None}
    logical = {"name": finding.subject.name, "fullyQualifiedName": f"{finding.subject.name}{where.pointer}"}
    physical: dict[str, Any] = {"artifactLocation": _artifact(where.path)}
    return {
        "physicalLocation": physical | ({"region": region} if region else {}),
        "logicalLocations": [logical],
    }


def _artifact(path: str) -> dict[str, str]:
    """The location of a file: an absolute address, or one relative to the root of the sources."""
    if PurePath(path).is_absolute():
        return {"uri": f"file://{'' if path.startswith('/') else '/'}{_uri(path)}"}
    return {"uri": _uri(path), "uriBaseId": _ROOT_ID}


def _uri(path: str) -> str:
    """The path as a URI reference."""
    path = path.replace("\\", "/")
    try:
        return quote(path, errors="surrogateescape")  # bytes that are not valid UTF-8 are kept
    except UnicodeEncodeError:
        return quote(escape_surrogates(path))


def _notes(report: Report) -> Iterator[dict[str, Any]]:
    """A notification for each check that failed (an error) or is undecided (a note)."""
    for item in report.not_evaluated:
        level = "error" if item.kind is NotEvaluatedKind.FAILED else "note"
        yield {"level": level, "message": {"text": f"{item.subject.name}: {item.what}: {item.reason}"}}
