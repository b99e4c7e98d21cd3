"""`iamglue fmt`: rewrites specs with the standard name of each service and trigger."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from iamglue.cli.color import paint_diff
from iamglue.cli.error_boundary import report_error
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import VERBATIM_FORMAT, print_data, replace_unchanged_files
from iamglue.cli.rewritten_file import RewrittenFile, rewrite_file
from iamglue.cli.stderr import print_error, print_line
from iamglue.errors import ExitCode, IamglueError, worst_exit_code
from iamglue.files.text_files import STDIN, display_path, read_text
from iamglue.formats.reports.fmt_json import FileReport, fmt_json
from iamglue.formats.words.labelled_lines import count_text
from iamglue.readers.spec.canonical_text import canonical_spec_text


@dataclass(frozen=True, slots=True)
class _FormatResult:
    """What was read, what could not be read, and the files that were not written because they changed meanwhile."""

    files: Sequence[RewrittenFile]
    errors: Sequence[IamglueError]
    skipped: Sequence[str] = field(default=())
    is_dry: bool = False

    @property
    def changed(self) -> list[RewrittenFile]:
        """The files whose new text differs."""
        return [file for file in self.files if file.diff]

    def exit_code(self) -> ExitCode:
        """The worst exit code of all files."""
        codes = [error.exit_code for error in self.errors]
        codes += [ExitCode.NOT_EVALUATED] if self.skipped else []
        codes += [ExitCode.FINDINGS] if self.is_dry and self.changed else []
        return worst_exit_code(codes)


@click.command(cls=HelpCommand)
@click.argument("paths", nargs=-1, required=True, metavar="SPEC...")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a spec would change.")
@click.option("--diff", is_flag=True, help="Show the changes as a diff; write nothing; exit 1 if there are any.")
@click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True, help="Output format.")
def fmt(paths: tuple[str, ...], check: bool, diff: bool, format: str) -> ExitCode:
    """Rewrite specs with the standard name of each service and trigger.

    Other names, such as AWS::SQS::Queue, aws_sqs_queue or StepFunctions, and S3
    URIs are replaced; comments, quotes and layout are kept. SPEC is a YAML
    file, or - for stdin, whose new text goes to stdout.

    With --format json, stdout has a report of all files; the new text of - is
    in it.
    """
    if STDIN in paths and len(paths) > 1:
        raise click.UsageError("- must be the only SPEC: its new text goes to stdout")
    errors: list[IamglueError] = []
    files = list(_rewritten_files(paths, errors))
    outcome = _FormatResult(files, errors, is_dry=check or diff)
    if not outcome.is_dry:
        skipped = _write([file for file in outcome.changed if file.path != STDIN])
        outcome = _FormatResult(files, errors, skipped)
    if format == "json":
        print_data(fmt_json(_file_reports(outcome), errors), "json")
    else:
        _print_text(outcome, with_diff=diff)
    return outcome.exit_code()


def _rewritten_files(paths: Sequence[str], errors: list[IamglueError]) -> Iterator[RewrittenFile]:
    """Yield every spec; those with errors are reported, and their errors are added to `errors`."""
    for path in dict.fromkeys(paths):
        try:
            text = read_text(path)
            yield rewrite_file(path, text, canonical_spec_text(text, display_path(path)))
        except IamglueError as error:
            report_error(error)
            errors.append(error)


def _print_text(outcome: _FormatResult, *, with_diff: bool) -> None:
    """The diff, or the new text of stdin; which files would change, on stderr."""
    if with_diff:
        print_data("".join(file.diff for file in outcome.changed), "text", paint_diff)
    if outcome.is_dry:
        for file in outcome.changed:
            print_line(f"would change: {display_path(file.path)}")
        return
    print_data("".join(file.text for file in outcome.files if file.path == STDIN), VERBATIM_FORMAT)


def _file_reports(outcome: _FormatResult) -> Iterator[FileReport]:
    """Yield what happened to each file; the new text only of standard input."""
    for file in outcome.files:
        is_written = bool(file.diff) and not outcome.is_dry and file.path not in (STDIN, *outcome.skipped)
        text = file.text if file.path == STDIN and not outcome.is_dry else None
        yield FileReport(
            display_path(file.path), bool(file.diff), is_written, file.path in outcome.skipped, file.diff, text
        )


def _write(changed: Sequence[RewrittenFile]) -> tuple[str, ...]:
    """Write the files; the paths of those that changed in the meantime, which are reported and skipped."""
    if not changed:
        return ()
    as_read = {Path(os.path.realpath(file.path)): file.original_digest for file in reversed(changed)}
    skipped = {
        str(path) for path in replace_unchanged_files({Path(file.path): file.content for file in changed}, as_read)
    }
    for path in skipped:
        print_error(f"{path} changed while it was rewritten, so it was not written", "run the command again")
    if len(changed) > len(skipped):
        print_line(f"rewrote {count_text(len(changed) - len(skipped), 'spec')}")
    return tuple(file.path for file in changed if str(Path(file.path)) in skipped)
