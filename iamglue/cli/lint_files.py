"""Reads, fixes and lints files, in several processes where there are many."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from iamglue.cli.config import PerFileConfig
from iamglue.errors import IamglueError
from iamglue.files.configured_paths import matches_path
from iamglue.files.signals import exit_with_parent
from iamglue.files.text_files import STDIN, STDIN_PATH, read_text
from iamglue.findings import (
    Finding,
    NotEvaluated,
    NotEvaluatedKind,
    Report,
    Subject,
    merge_reports,
    unique_findings,
)
from iamglue.inputs.parsed_files import read_file_for_lint
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection, parse_rule_names
from iamglue.lint.text_edits import with_text_edits
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.policy.source.source_text import SourceText
from iamglue.processes.worker_pool import map_in_processes
from iamglue.readers.terraform.file_names import is_configuration_path
from iamglue.readers.terraform.rendered_files import find_rendering_file

# To start a process takes as long as to lint a few hundred small files.
_MIN_FILES_FOR_PROCESSES = 300
_FILES_PER_CHUNK = 50
_MAX_BYTES = 64 * 1024 * 1024
# What Terraform replaces in a template, or obeys there: `${name}`, but not the escape `$${name}`; `%{ if ... }`.
_INSERTION = re.compile(r"(?<!\$)\$\{")
_INSERTION_MARKS = ("$", "%")


@dataclass(frozen=True, slots=True)
class LintJob:
    """What to do with each file. `text_edits`: the report shows what each fix replaces.

    `terraform_files` are the configuration files among the files.
    """

    selection: RuleSelection
    type: PolicyType | None
    settings: ParameterValues
    per_file: tuple[PerFileConfig, ...]
    today: date
    fixes: bool = False
    unsafe: bool = False
    stdin_filename: str | None = None
    text_edits: bool = False
    terraform_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of one file. `fixed_text` and its `diff` are empty if nothing changed.

    `new_content` is what to write to the file, `original_digest` the digest of what was read. `growth` describes the
    new access of unsafe fixes, in lines.
    """

    path: str
    report: Report = field(default_factory=Report)
    unreadable: IamglueError | None = None
    is_fixed: bool = False
    fixed_text: str = ""
    diff: str = ""
    new_content: bytes = b""
    original_digest: str = ""
    fix_count: int = 0
    unproved: tuple[Finding, ...] = ()
    growth: tuple[str, ...] = ()


def lint_paths(
    paths: Sequence[str], job: LintJob, processes: int | None, report: Callable[[int, int], None] | None = None
) -> list[FileResult]:
    """The result of every file, in the order of the paths; `processes` is the highest number of processes.

    `report` is called with the number of files that were checked and of all.
    """
    count = min(processes or os.cpu_count() or 1, len(paths) // _FILES_PER_CHUNK + 1)
    look = partial(lint_path, job=replace(job, terraform_files=tuple(filter(is_configuration_path, paths))))
    if count < 2 or len(paths) < _MIN_FILES_FOR_PROCESSES or STDIN in paths:
        return _lint_here(look, paths, report)
    results = map_in_processes(
        look, paths, count, chunk_size=_FILES_PER_CHUNK, initializer=_start_worker, report=report
    )
    return _lint_here(look, paths, report) if results is None else results


def _lint_here(
    look: Callable[[str], FileResult], paths: Sequence[str], report: Callable[[int, int], None] | None
) -> list[FileResult]:
    """The results of all files, one after the other in this process."""
    results = []
    for path in paths:
        results.append(look(path))
        if report is not None:
            report(len(results), len(paths))
    return results


def _start_worker() -> None:
    """Prepare a worker process."""
    gc.disable()
    exit_with_parent()


def lint_path(path: str, job: LintJob) -> FileResult:
    """Read one file, fix it if the job says so, and lint it."""
    display_name = (job.stdin_filename or STDIN_PATH) if path == STDIN else path
    try:
        text = read_text(path, _MAX_BYTES)
    except IamglueError as error:
        return FileResult(path, unreadable=error)
    file_job = job_for_file(job, display_name)
    read = partial(read_file_for_lint, display_name, type=file_job.type, parameter_values=file_job.settings)
    try:
        result = _fix(path, text, file_job, read) if job.fixes else FileResult(path)
        file = read(result.fixed_text or text)
        report = lint_file(file, file_job.selection, job.today)
        renderer = (
            None if path == STDIN or not report.findings else find_rendering_file(path, text, job.terraform_files)
        )
        report = report if renderer is None else _report_of_template(report, renderer, SourceText(path, file.text))
        if job.text_edits:
            report = replace(report, findings=with_text_edits(report.findings, file.text))
        return replace(result, report=report)
    except IamglueError as error:  # the reader of such files is not installed
        return FileResult(path, unreadable=error)


def _report_of_template(report: Report, renderer: str, source: SourceText) -> Report:
    """The report on a template that a Terraform file renders: what its values decide is not an error in it."""
    decided = [finding for finding in report.findings if not _is_of_insertion(finding, source)]
    undecided = tuple(
        NotEvaluated(
            NotEvaluatedKind.UNDECIDABLE,
            finding.subject,
            f"the text at {finding.span.path}:{finding.span.line}:{finding.span.column}",
            f"`{renderer}` renders this template; `iamglue audit --template` reads the result",
        )
        for finding in report.findings
        if _is_of_insertion(finding, source)
    )
    return replace(report, findings=tuple(decided), not_evaluated=(*report.not_evaluated, *undecided))


def _is_of_insertion(finding: Finding, source: SourceText) -> bool:
    """Whether a finding is about `${name}` or a directive in the text, which Terraform replaces."""
    span = finding.span
    if span.line is None or span.column is None:
        return False
    start = source.offset_at(span.line, span.column)
    if finding.rule == "syntax-error":
        return source.text[start : start + 1] in _INSERTION_MARKS
    if finding.rule != "placeholder" or span.end_line is None or span.end_column is None:
        return False
    return _INSERTION.search(source.text[start : source.offset_at(span.end_line, span.end_column)]) is not None


def _fix(path: str, text: str, job: LintJob, read: partial[ParsedFile]) -> FileResult:
    """The text with its fixes, as a diff and as the new content of the file, and what they newly allow."""
    from iamglue.cli.rewritten_file import rewrite_file  # noqa: PLC0415 - startup: only for fixes
    from iamglue.lint.autofix import apply_fixes  # noqa: PLC0415

    fixed = apply_fixes(text, read, job.selection, job.today, unsafe=job.unsafe)
    if fixed.text == text:
        return FileResult(path, is_fixed=True, fixed_text=text, unproved=fixed.unproved)
    rewritten = rewrite_file(path, text, fixed.text)
    return FileResult(
        path,
        is_fixed=True,
        fixed_text=fixed.text,
        diff=rewritten.diff,
        new_content=rewritten.content,
        original_digest=rewritten.original_digest,
        fix_count=len(fixed.applied),
        unproved=fixed.unproved,
        growth=_new_access_lines(read(text), read(fixed.text), fixed.applied),
    )


def _new_access_lines(old: ParsedFile, new: ParsedFile, applied: Sequence[Finding]) -> tuple[str, ...]:
    """Lines that describe the new access of unsafe fixes; none where only safe fixes were applied."""
    if all(finding.fix is None or finding.fix.safe for finding in applied):
        return ()
    from iamglue.formats.reports.growth import growth_lines  # noqa: PLC0415
    from iamglue.lint.new_access import find_new_access  # noqa: PLC0415 - startup: only for unsafe fixes

    return tuple(growth_lines(find_new_access(old, new)))


def with_unread_files(report: Report, errors: Sequence[IamglueError]) -> Report:
    """The report with what could not be read as not evaluated: a report of these alone must not look clean."""
    unread = tuple(
        NotEvaluated(
            NotEvaluatedKind.FAILED,
            Subject("file", error.location.path if error.location else ""),
            f"the file at {error.location}",
            error.message,
        )
        for error in errors
    )
    return replace(report, not_evaluated=(*report.not_evaluated, *unread))


def merge_results(results: Sequence[FileResult]) -> Report:
    """The report of all files, each finding once; a file that another one names is checked if it is one of them."""
    report = merge_reports(result.report for result in results)
    checked = {os.path.normpath(result.path) for result in results}
    not_evaluated = tuple(entry for entry in report.not_evaluated if entry.unread_file not in checked)
    return replace(report, findings=unique_findings(report.findings), not_evaluated=not_evaluated)


def job_for_file(job: LintJob, path: str) -> LintJob:
    """The job with the settings of the configuration for this file."""
    for configuration in job.per_file:
        if matches_path(path, configuration.path, configuration.base):
            selection_of_run = job.selection
            own_rules = selection_of_run.own_rules
            selection = RuleSelection(
                parse_rule_names(configuration.select, "per-file select", own_rules) or selection_of_run.select,
                selection_of_run.ignore | parse_rule_names(configuration.ignore, "per-file ignore", own_rules),
                selection_of_run.pedantic,
                own_rules=own_rules,
            )
            job = replace(job, selection=selection, type=configuration.type or job.type)
    return job
