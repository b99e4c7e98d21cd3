"""`iamglue infer code`: the spec of a function from its code."""

from __future__ import annotations

import atexit
import gc
import json
import shlex
from dataclasses import dataclass
from typing import Any

import click

from iamglue.cli.help_command import HelpCommand
from iamglue.cli.infer_output import write_output
from iamglue.cli.progress import show_elapsed
from iamglue.cli.stderr import print_next, print_note
from iamglue.deployed_code.inference import CodeInput, left_out_files, read_code_project
from iamglue.errors import ExitCode
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import STDIN
from iamglue.infer.code.json_report import code_report
from iamglue.infer.code.project import Project
from iamglue.infer.evidence import InferredCode


@dataclass(frozen=True, slots=True)
class _Options:
    """The command line options."""

    paths: tuple[str, ...]
    handler: str | None
    template: str | None
    name: str | None
    format: str
    strict: bool
    output: str | None


@click.command("code", cls=HelpCommand)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--handler", metavar="FILE:NAME", help="The function that Lambda invokes; what it reaches is granted.")
@click.option("--template", metavar="FILE", help="The template that deploys the code; by default one beside it.")
@click.option("--name", metavar="N", help="The function's name in the spec; with a template, a function of it.")
@click.option(
    "--format", type=click.Choice(("spec", "json")), default="spec", show_default=True, help="The form of the output."
)
@click.option("--strict", is_flag=True, help="Exit 1 if a call is not resolved or a file does not parse.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file.")
def infer_code(**values: Any) -> ExitCode:
    """Write a spec from the AWS calls in the code at PATH.

    PATH is a file of code or a directory: Python, and JavaScript and
    TypeScript with iamglue[javascript]. Nothing of the code is run or
    imported. Comments on each entry name the lines of the calls; other comments
    list what could not be resolved.
    """
    options = _Options(**values)
    gc.disable()  # trees of code have no reference cycles; searching for them takes a third of the time
    atexit.register(gc.freeze)  # otherwise Python would search for cycles at exit
    read = read_input_digests([], options.output)
    with show_elapsed("reading the code"):
        code = read_code_project(CodeInput(options.paths, options.handler, options.template, options.name))
        if options.format == "json":
            inferred = code.inferred()
            text = json.dumps(code_report(inferred), indent=2) + "\n"
        else:
            inference = code.inference()
            inferred, text = inference.code, inference.spec_text
    for note in code.notes:
        print_note(note)
    write_output(text, "json" if options.format == "json" else "yaml", options.output, read)
    _print_notes(inferred, code.project)
    if options.format == "spec" and options.output not in (None, STDIN):
        print_next(shlex.join(["iamglue", "generate", str(options.output)]), "write the policy of this spec")
    return ExitCode.FINDINGS if options.strict and not inferred.is_complete else ExitCode.OK


def _print_notes(inferred: InferredCode, project: Project) -> None:
    """What was not read or not resolved, on stderr."""
    for item in inferred.failed:
        print_note(f"{item.place}: {item.reason}")
    if inferred.unresolved:
        count = len(inferred.unresolved)
        print_note(f"{count} {'call was' if count == 1 else 'calls were'} not resolved")
    for files in left_out_files(project):
        print_note(f"{files} left out")
