"""The output of the subcommands of `infer`, and the options that they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from iamglue.cli.output import print_data, replace_files
from iamglue.cli.stderr import print_note
from iamglue.errors import ExitCode
from iamglue.files.atomic_write import InputDigests
from iamglue.files.text_files import STDIN
from iamglue.formats.policies.spec_text import commented_spec_text
from iamglue.formats.reports.inference_json import inference_json
from iamglue.model.inference import Inference, SpecChange

FORMATS = ("spec", "json")
_Command = Callable[..., Any]


def output_options(command: _Command) -> _Command:
    """Add --format, -o and --strict to a subcommand of `infer`."""
    for option in (
        click.option("--strict", is_flag=True, help="Exit 1 if the spec does not allow exactly the same."),
        click.option("-o", "--output", metavar="FILE", help="Write to a file instead of stdout."),
        click.option("--format", type=click.Choice(FORMATS), default="spec", show_default=True, help="Output format."),
    ):
        command = option(command)
    return command


def deliver(inference: Inference, format: str, output: str | None, read: InputDigests, *, strict: bool) -> ExitCode:
    """Write the spec, report the changes on stderr, and return the exit code."""
    spec = commented_spec_text(inference.functions, inference.head)
    text = inference_json(inference) if format == "json" else spec
    write_output(text, "json" if format == "json" else "yaml", output, read)
    print_changes(inference.changes)
    return ExitCode.FINDINGS if strict and not all(change.is_exact for change in inference.changes) else ExitCode.OK


def write_output(text: str, format: str, output: str | None, read: InputDigests) -> None:
    """Write a text in `format` to stdout or to the file of -o; `read` are the digests of what was read."""
    if output in (None, STDIN):
        print_data(text, format)
    else:
        replace_files({Path(str(output)): text}, as_read=read)


def print_changes(changes: Sequence[SpecChange]) -> None:
    """Report on stderr what a spec does not say as its input does."""
    for change in changes:
        print_note(f"{change.location}: {change.kind}: {change.subject}: {change.reason}")
