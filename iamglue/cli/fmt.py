"""`iamglue fmt`: rewrites specs with the one name for each service and trigger."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from iamglue.cli.error_boundary import report_error
from iamglue.cli.output import VERBATIM_FORMAT, print_data, replace_unchanged_files
from iamglue.cli.rewritten_file import RewrittenFile, rewrite_file
from iamglue.cli.stderr import print_error, print_line
from iamglue.errors import ExitCode, IamglueError, worst_exit_code
from iamglue.files.text_files import STDIN, display_path, read_text
from iamglue.formats.policies.labelled_lines import count_text
from iamglue.readers.spec.canonical_text import canonical_spec_text


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="SPEC...")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a spec would change.")
@click.option("--diff", is_flag=True, help="Show the changes as a diff; write nothing; exit 1 if there are any.")
def fmt(paths: tuple[str, ...], check: bool, diff: bool) -> ExitCode:
    """Rewrite specs with the one name for each service and trigger.

    Other names, such as AWS::SQS::Queue, aws_sqs_queue or StepFunctions, and S3
    URIs are replaced; comments, quotes and layout are kept. SPEC is a YAML
    file, or - for stdin, whose new text goes to stdout.
    """
    if STDIN in paths and len(paths) > 1:
        raise click.UsageError("- must be the only SPEC: its new text goes to stdout")
    codes = [ExitCode.OK]
    files = list(_rewritten_files(paths, codes))
    changed = [file for file in files if file.diff]
    if diff:
        print_data("".join(file.diff for file in changed), "text")
    if check or diff:
        for file in changed:
            print_line(f"would change: {display_path(file.path)}")
        return worst_exit_code([*codes, ExitCode.FINDINGS if changed else ExitCode.OK])
    print_data("".join(file.text for file in files if file.path == STDIN), VERBATIM_FORMAT)
    codes.append(_write([file for file in changed if file.path != STDIN]))
    return worst_exit_code(codes)


def _rewritten_files(paths: Sequence[str], codes: list[ExitCode]) -> Iterator[RewrittenFile]:
    """Yield every spec; those with errors are reported, and their exit code is added to `codes`."""
    for path in dict.fromkeys(paths):
        try:
            text = read_text(path)
            yield rewrite_file(path, text, canonical_spec_text(text, display_path(path)))
        except IamglueError as error:
            report_error(error)
            codes.append(error.exit_code)


def _write(changed: Sequence[RewrittenFile]) -> ExitCode:
    """Write the files; those that changed in the meantime are reported and skipped."""
    if not changed:
        return ExitCode.OK
    as_read = {Path(os.path.realpath(file.path)): file.original_digest for file in reversed(changed)}
    skipped = replace_unchanged_files({Path(file.path): file.content for file in changed}, as_read)
    for path in skipped:
        print_error(f"{path} changed while it was rewritten, so it was not written", "run the command again")
    if len(changed) > len(skipped):
        print_line(f"rewrote {count_text(len(changed) - len(skipped), 'spec')}")
    return ExitCode.NOT_EVALUATED if skipped else ExitCode.OK
