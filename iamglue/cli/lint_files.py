"""Files read and linted one by one, in several processes where there are many."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from iamglue.cli.config import PerFileConfig
from iamglue.errors import IamglueError
from iamglue.files.output_file import content_digest
from iamglue.files.signals import exit_with_parent
from iamglue.files.text_files import STDIN, STDIN_PATH, read_text
from iamglue.findings import Finding, Report
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection, parse_rule_names
from iamglue.model.parsed_file import ParsedFile
from iamglue.parsed_files import read_file_for_lint
from iamglue.policy.parsed_policy import ParameterValues, PolicyType

# A process of its own takes as long to start as a few hundred small files take to lint.
_MANY = 300
_CHUNK = 50
_MARK = b"\xef\xbb\xbf"  # the byte order mark that some editors put first
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LintJob:
    """What is to be done with each file."""

    selection: RuleSelection
    type: PolicyType | None
    settings: ParameterValues
    per_file: tuple[PerFileConfig, ...]
    today: date
    fixes: bool = False
    unsafe: bool = False
    stdin_filename: str | None = None


@dataclass(frozen=True, slots=True)
class FileResult:
    """What was found in one file. `whole` is the mended text, `diff` the change; both empty when nothing changed.

    `content` is what the file is to hold, `as_read` the digest of what it held when it was read. `growth` is what
    is to be said of new access that unsafe fixes gave, in lines.
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


def lint_paths(paths: Sequence[str], job: LintJob, processes: int | None) -> list[FileResult]:
    """Every file, in the order of the paths."""
    count = min(processes or os.cpu_count() or 1, len(paths) // _CHUNK + 1)
    look = partial(lint_path, job=job)
    if count < 2 or len(paths) < _MANY or STDIN in paths:
        return list(map(look, paths))
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - startup: only for many files

    with ProcessPoolExecutor(count, initializer=_begin) as pool:
        return list(pool.map(look, paths, chunksize=_CHUNK))


def _begin() -> None:
    """What a process of its own does first."""
    gc.disable()
    exit_with_parent()


def lint_path(path: str, job: LintJob) -> FileResult:
    """One file: read, mended if asked, and linted."""
    shown = (job.stdin_filename or STDIN_PATH) if path == STDIN else path
    try:
        text = read_text(path, _MAX_BYTES)
    except IamglueError as error:
        return FileResult(path, unreadable=error)
    own = _for_file(job, shown)
    read = partial(read_file_for_lint, shown, type=own.type, parameter_values=own.settings)
    try:
        found = _mend(path, text, own, read) if job.fixes else FileResult(path)
        return replace(found, report=lint_file(read(found.fixed_text or text), own.selection, job.today))
    except IamglueError as error:  # what reads files of this kind is not installed
        return FileResult(path, unreadable=error)


def _mend(path: str, text: str, job: LintJob, read: partial[ParsedFile]) -> FileResult:
    from difflib import unified_diff  # noqa: PLC0415 - startup: only for fixes

    from iamglue.lint.autofix import apply_fixes  # noqa: PLC0415

    found = apply_fixes(text, read, job.selection, job.today, unsafe=job.unsafe)
    if found.text == text:
        return FileResult(path, is_fixed=True, fixed_text=text, unproved=found.unproved)
    old, new = text.splitlines(keepends=True), found.text.splitlines(keepends=True)
    diff = "".join(_ended(line) for line in unified_diff(old, new, path, path))
    content = found.text.encode()
    before = _content(path)
    if before == _MARK + text.encode():
        content = _MARK + content
    else:  # where it is not what was read, it changed already, which shows when it is to be written
        before = text.encode()
    return FileResult(
        path,
        is_fixed=True,
        fixed_text=found.text,
        diff=diff,
        new_content=content,
        original_digest=content_digest(before),
        fix_count=len(found.applied),
        unproved=found.unproved,
        growth=_growth(read(text), read(found.text), found.applied),
    )


def _growth(old: ParsedFile, new: ParsedFile, made: Sequence[Finding]) -> tuple[str, ...]:
    """How access grew where fixes were made that are not proved, in lines."""
    if all(finding.fix is None or finding.fix.safe for finding in made):
        return ()
    from iamglue.formats.reports.growth import growth_lines  # noqa: PLC0415
    from iamglue.lint.new_access import find_new_access  # noqa: PLC0415 - startup: only for unsafe fixes

    return tuple(growth_lines(find_new_access(old, new)))


def _content(path: str) -> bytes | None:
    """The bytes of a file; None for what is none (any more)."""
    try:
        return Path(path).read_bytes() if path != STDIN and Path(path).is_file() else None
    except OSError:
        return None


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _for_file(job: LintJob, path: str) -> LintJob:
    """The job with what the configuration says of this file besides."""
    for each in job.per_file:
        if fnmatchcase(path, each.path):
            old = job.selection
            selection = RuleSelection(
                parse_rule_names(each.select, "per-file select") or old.select,
                old.ignore | parse_rule_names(each.ignore, "per-file ignore"),
                old.pedantic,
            )
            job = replace(job, selection=selection, type=each.type or job.type)
    return job
