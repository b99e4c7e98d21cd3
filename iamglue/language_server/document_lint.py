"""What `lint` reports for the text of a document, with the configuration of its directory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from iamglue.cli.lint import default_lint_job
from iamglue.cli.lint_files import LintJob, job_for_file
from iamglue.errors import IamglueError
from iamglue.findings import Finding, NotEvaluatedKind, Report, SourceSpan
from iamglue.inputs.parsed_files import read_file_for_lint
from iamglue.language_server.document_source import DocumentSource
from iamglue.lint.baseline import read_baseline
from iamglue.lint.run import lint_file
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.suppressions import apply_baseline, apply_suppressions
from iamglue.policy.source.source_text import SourceText
from iamglue.readers.policy_paths import find_policy_paths

# An editor shows so many at most; the last one says how many there are.
MAX_FINDINGS = 500
_MAX_GAPS = 5
_WORD = re.compile(r"(?:[^\s\"',:\[\]{}]|:(?!\s))+")

PlainData = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LintedDocument:
    """A document after `lint`. `file` is None for a document that the configuration excludes."""

    path: str
    file: ParsedFile | None
    report: Report
    read: Callable[[str], ParsedFile]
    job: LintJob
    fixable: tuple[Finding, ...] = field(default=())


def lint_document(document: DocumentSource) -> LintedDocument:
    """Run `lint` on the text of a document.

    Suppressions of the text and of the configuration, and its baseline, are applied. Raises IamglueError for an error
    in the configuration or the baseline, and where a reader needs a missing extra.
    """
    config, path = document.enter_directory()
    job = job_for_file(default_lint_job(config), path)
    read = partial(read_file_for_lint, path, type=job.type, parameter_values=job.settings)
    if not find_policy_paths([path], config.exclude, config.base).paths:
        return LintedDocument(path, None, Report(), read, job)
    file = read(document.text)
    report = lint_file(file, job.selection, job.today)
    report, _ = apply_suppressions(report, config.suppressions, job.today)
    if config.baseline:
        report = apply_baseline(report, read_baseline(config.baseline))
    return LintedDocument(path, file, report, read, job, tuple(item for item in report.findings if item.fix))


def check_data(document: DocumentSource) -> PlainData:
    """The findings of a document and what could not be evaluated, as plain data with offsets into its text."""
    try:
        linted = lint_document(document)
    except IamglueError as error:
        return {"findings": [], "problems": [_problem_data(error, document)]}
    source = SourceText(linted.path, document.text)
    findings = [_finding_data(finding, source) for finding in linted.report.findings[:MAX_FINDINGS]]
    data: PlainData = {"findings": findings, "problems": [*_gaps_data(linted.report)]}
    left_out = len(linted.report.findings) - len(findings)
    if left_out:
        message = f"{left_out} more findings: `iamglue lint` reports them all"
        data["problems"].append({"message": message, "severity": "suggestion", "start": 0, "end": 0})
    return data


def _finding_data(finding: Finding, source: SourceText) -> PlainData:
    """A finding as plain data. One in another file is shown at the start of this one, with its place in the message."""
    start, end, place = 0, 0, ""
    if finding.span.path == source.path:
        start, end = span_offsets(finding.span, source)
    else:  # such as a module of Terraform, or a nested stack
        place = f"{finding.span.path}:{finding.span.line}: " if finding.span.line else f"{finding.span.path}: "
    notes = [finding.help] if finding.help else []
    return {
        "start": start,
        "end": end,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": place + "; ".join([finding.message, *notes]),
        "url": finding.url or "",
    }


def span_offsets(span: SourceSpan, source: SourceText) -> tuple[int, int]:
    """The offsets of a span; one without an end reaches to the end of its line or word."""
    start = source.offset_at(span.line or 1, span.column or 1)
    if span.end_line:
        end = source.offset_at(span.end_line, span.end_column or 1)
    else:
        line_end = source.text.find("\n", start)
        end = len(source.text) if line_end < 0 else line_end
    if end <= start + 1:  # the place of an error, which has no end
        word = _WORD.match(source.text, start)
        end = word.end() if word else end
    return start, max(start, end)


def _gaps_data(report: Report) -> list[PlainData]:
    """What was not evaluated: each failure, and one line for all that is undecidable."""
    failures = [entry for entry in report.not_evaluated if entry.kind is NotEvaluatedKind.FAILED]
    unknown = [entry for entry in report.not_evaluated if entry.kind is not NotEvaluatedKind.FAILED]
    rows = [
        {"message": f"not evaluated: {entry.what}: {entry.reason}", "severity": "warning", "start": 0, "end": 0}
        for entry in failures
    ]
    if unknown:
        listed = "; ".join(f"{entry.what}: {entry.reason}" for entry in unknown[:_MAX_GAPS])
        more = f"; and {len(unknown) - _MAX_GAPS} more" if len(unknown) > _MAX_GAPS else ""
        message = f"not evaluated: {listed}{more}"
        rows.append({"message": message, "severity": "suggestion", "start": 0, "end": 0})
    return rows


def _problem_data(error: IamglueError, document: DocumentSource) -> PlainData:
    """An error that ended the check; at its place if that is in the document."""
    location = error.location
    start, place = 0, ""
    if location is not None and Path(location.path).absolute() != Path(document.path):
        place = f"{location}: "
    elif location is not None and location.line:
        start = SourceText(document.path, document.text).offset_at(location.line, location.column or 1)
    advice = f" ({error.advice})" if error.advice else ""
    return {"message": f"{place}{error.message}{advice}", "severity": "error", "start": start, "end": start}
