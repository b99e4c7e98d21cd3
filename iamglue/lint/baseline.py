"""Baselines: known findings that a run does not report."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

from iamglue.errors import IamglueError, Location
from iamglue.files.configured_paths import ConfigFolder
from iamglue.files.text_files import read_text
from iamglue.findings import Finding, Report
from iamglue.lint.renamed_rules import renamed_rule_message
from iamglue.output_escaping import dump_escaped_json

_VERSION = 2  # 1 identified a finding by its message
_MAX_REPORT = 256 * 1024 * 1024
_HINT = "write a new baseline with --write-baseline"


def baseline_report(report: Report, base: ConfigFolder | None) -> Report:
    """The report with paths relative to the directory of the configuration file, by which a baseline knows findings.

    So a finding is the same wherever the command runs and however the file was named. Without a `base`, paths stay.
    """
    if base is None:
        return report
    return replace(report, findings=tuple(_with_relative_path(finding, base) for finding in report.findings))


def _with_relative_path(finding: Finding, base: ConfigFolder) -> Finding:
    """The finding with a path from the folder of the baseline, so that it is the same wherever `lint` is run."""
    path = base.relative(finding.span.path)
    subject = finding.subject
    if subject.name == finding.span.path:  # a policy without a name
        subject = replace(subject, name=path)
    return replace(finding, span=replace(finding.span, path=path), subject=subject)


def baseline_text(report: Report) -> str:
    """The baseline of a report as JSON: for each distinct finding its identity, a description, and the count."""
    counts = Counter(finding.identity for finding in report.findings)
    rows = {
        finding.identity: {
            "rule": finding.rule,
            "path": finding.span.path,
            "subject": finding.subject.name,
            "message": finding.message,
            "identity": finding.identity,
            "count": counts[finding.identity],
        }
        for finding in report.findings
    }
    return dump_escaped_json({"version": _VERSION, "findings": list(rows.values())})


def read_baseline(path: str) -> dict[str, int]:
    """Number of findings for each identity. Raises IamglueError if the file is not a valid baseline."""
    location = Location(path)
    try:
        data = json.loads(read_text(path, _MAX_REPORT))
    except (ValueError, RecursionError) as error:
        reason = "values are nested too deeply" if isinstance(error, RecursionError) else error
        raise IamglueError(f"the baseline is not JSON: {reason}", hint=_HINT, location=location) from error
    if not isinstance(data, dict) or not _is_version(data.get("version")) or not isinstance(data.get("findings"), list):
        version = data.get("version") if isinstance(data, dict) else None
        actual = f", not of version {version}" if type(version) is int and version != _VERSION else ""
        message = f"expected a baseline of version {_VERSION}{actual}"
        raise IamglueError(message, hint=_HINT, location=location)
    return dict(_parse_row(row, location) for row in data["findings"])


def read_report_as_baseline(path: str) -> dict[str, int]:
    """Read a JSON report as a baseline. Raises IamglueError if the file is not a valid report."""
    location = Location(path)
    try:
        findings = json.loads(read_text(path, _MAX_REPORT))["findings"]
        rows = [
            (row["rule"], row["identity"])
            for finding in findings
            for row in (finding, *finding.get("consequences", ()))
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _report_error(location) from error
    if not all(isinstance(text, str) for row in rows for text in row):
        raise _report_error(location)
    return dict(Counter(identity for _, identity in rows))


def _report_error(location: Location) -> IamglueError:
    message = "the file is not a JSON report of this version of iamglue"
    return IamglueError(message, hint="write a new report with --format json", location=location)


def _is_version(value: Any) -> bool:
    return type(value) is int and value == _VERSION


def _parse_row(row: Any, location: Location) -> tuple[str, int]:
    """Identity and count of a finding. Raises IamglueError if one of them is not valid."""
    identity = row.get("identity") if isinstance(row, dict) else None
    count = row.get("count", 1) if isinstance(row, dict) else None
    if not isinstance(identity, str) or type(count) is not int or count < 1:
        raise IamglueError("a finding of the baseline has no valid identity or count", hint=_HINT, location=location)
    if renamed := renamed_rule_message(str(row.get("rule"))):
        raise IamglueError(renamed, hint=_HINT, location=location)
    return identity, count
