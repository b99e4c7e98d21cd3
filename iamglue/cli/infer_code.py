"""`iamglue infer code`: the spec of a function from its code."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from iamglue.cli.code_inference import CodeInput, CodeProject, left_out_files, read_code_project
from iamglue.cli.infer_output import write_output
from iamglue.cli.stderr import print_note
from iamglue.errors import ExitCode, IamglueError, Location
from iamglue.files.input_digests import read_input_digests
from iamglue.formats.policies.spec_text import commented_spec_text
from iamglue.infer.code.declared import declared_function
from iamglue.infer.code.json_report import code_report
from iamglue.infer.code.project import Project
from iamglue.infer.code.spec import code_spec, function_name, without_others
from iamglue.infer.evidence import InferredCode
from iamglue.model.account import DeployedFunction
from iamglue.model.spec import SpecFunction, is_function_name
from iamglue.model.spec_comments import CommentedFunction

_HEAD = ("Inferred from the code, which was not run. Comments name the lines of calls.",)
_NAME_HINT = "letters, digits, `-` and `_`, or a parameter of the spec such as ${Name}"


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


@click.command("code")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--handler", metavar="FILE:NAME", help="The function that Lambda invokes; what it reaches is granted.")
@click.option("--template", metavar="FILE", help="The template that deploys the code; by default one beside it.")
@click.option("--name", metavar="N", help="The function's name in the spec; with a template, which of its functions.")
@click.option(
    "--format", type=click.Choice(("spec", "json")), default="spec", show_default=True, help="The form of the output."
)
@click.option("--strict", is_flag=True, help="Exit 1 if a call is not resolved or a file does not parse.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file.")
def infer_code(**values: Any) -> ExitCode:
    """Write a spec from the AWS calls in the code at PATH.

    PATH is a file of code or a directory: Python, and JavaScript and
    TypeScript with iamglue[javascript]. Nothing of the code is run or
    imported. Each entry says in which lines the calls are; what could not be
    resolved stands as comments.

    \b
    Examples:
      iamglue infer code src/ --template template.yaml -o spec.yaml
      iamglue infer code handler.py --handler handler.py:main --format json
    """
    options = _Options(**values)
    gc.disable()  # trees of code have no reference cycles; searching for them takes a third of the time
    read = read_input_digests([], options.output)
    code = read_code_project(CodeInput(options.paths, options.handler, options.template, options.name))
    inferred = code.inferred()
    if options.format == "json":
        text = json.dumps(code_report(inferred), indent=2) + "\n"
    else:
        text = commented_spec_text(list(_spec_functions(options, code, inferred)), _HEAD)
    write_output(text, "json" if options.format == "json" else "yaml", options.output, read)
    _print_notes(inferred, code.project)
    return ExitCode.FINDINGS if options.strict and (inferred.unresolved or inferred.failed) else ExitCode.OK


def _spec_functions(options: _Options, code: CodeProject, inferred: InferredCode) -> Iterator[CommentedFunction]:
    """The functions of the spec: those of the template, each with what its own handler reaches."""
    by_name: dict[str, list[DeployedFunction]] = {}
    for function in code.functions:
        by_name.setdefault(function.name, []).append(function)
    if not by_name:
        if options.name is not None and not is_function_name(options.name):
            raise IamglueError(f"`{options.name}` is no name of a Lambda function", hint=_NAME_HINT)
        yield code_spec(inferred, SpecFunction(function_name(options.name, options.paths), Location("")))
    for cases in by_name.values():
        own = inferred if len(by_name) == 1 else without_others(code.inferred(cases), inferred)
        yield code_spec(own, declared_function(cases[0]))


def _print_notes(inferred: InferredCode, project: Project) -> None:
    """What was not read or not resolved, on stderr."""
    for item in inferred.failed:
        print_note(f"{item.place}: {item.reason}")
    if inferred.unresolved:
        count = len(inferred.unresolved)
        print_note(f"{count} {'call was' if count == 1 else 'calls were'} not resolved")
    for files in left_out_files(project):
        print_note(f"{files} left out")
