"""Writes the files that `lint` fixed, all or none; one that changed in the meantime is skipped."""

from __future__ import annotations

import os
from pathlib import Path

from iamglue.cli.lint_files import FileResult
from iamglue.cli.output import replace_unchanged_files
from iamglue.cli.stderr import print_error
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Report, Subject


def write_fixed_files(changed: list[FileResult], results: list[FileResult]) -> list[FileResult]:
    """The results after the fixed files were written."""
    if not changed:
        return results
    contents = {Path(result.path): result.new_content for result in changed}
    read = {Path(os.path.realpath(result.path)): result.original_digest for result in reversed(changed)}
    skipped_paths = {*map(str, replace_unchanged_files(contents, read))}
    for result in changed:
        if str(Path(result.path)) in skipped_paths:
            print_error(
                f"{result.path} changed while it was being fixed, so it was not written", "run the command again"
            )
    return [
        _skipped_result(result) if result.fix_count and str(Path(result.path)) in skipped_paths else result
        for result in results
    ]


def _skipped_result(result: FileResult) -> FileResult:
    """A failure in place of the findings: those that were found are of a text that is no longer there."""
    what, reason = "the file as it is now", "it changed while it was being fixed, and was not written"
    not_evaluated = NotEvaluated(NotEvaluatedKind.FAILED, Subject("file", result.path), what, reason)
    return FileResult(result.path, Report(not_evaluated=(not_evaluated,), file_count=1))
