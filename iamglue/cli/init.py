"""`iamglue init`: writes a first spec with comments."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import click

from iamglue.catalog.trigger_reference import trigger_references
from iamglue.catalog.triggers import trigger_facts
from iamglue.catalog.verbs import default_verb, verbs
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import print_data, replace_files
from iamglue.cli.stderr import print_error, print_line, print_lines, print_next
from iamglue.errors import ExitCode, IamglueError, MultipleErrors
from iamglue.files.text_files import read_text
from iamglue.formats.reports.readable_json import readable_json
from iamglue.formats.reports.service_reference import trigger_list_text
from iamglue.output_escaping import dump_escaped_json
from iamglue.readers.spec.json_schema import spec_schema
from iamglue.readers.spec.reader import parse_spec

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_SCHEMA_FILE = "iamglue.schema.json"
# Each list: what it says, and an example for a list without entries.
_LISTS = {
    "triggers": ("What invokes the function; `iamglue services --triggers` lists the triggers.", "s3: BUCKET"),
    "reads": ("What it reads; `iamglue services SERVICE` shows the verbs for `do`.", "s3: BUCKET"),
    "writes": ("What it writes.", "dynamodb: TABLE"),
    "calls": ("What it invokes: functions, state machines, models, keys.", "lambda: FUNCTION"),
}
# The lists that the command asks for; `calls` is rare, and a comment in the spec.
_QUESTIONS = {
    "triggers": "What invokes it? TRIGGER=SOURCE, such as s3=images-bucket; ? lists the triggers",
    "reads": "What does it read? SERVICE=RESOURCE, such as s3=images-bucket",
    "writes": "What does it write? SERVICE=RESOURCE, such as dynamodb=exifDataTable",
}
_SETTINGS = """
# Settings of the function that need permissions. Writing to the function's own log group is always allowed.
# settings:
#   vpc: true
#   tracing: true
#   dead_letter: {sqs: QUEUE}
"""


@dataclass(frozen=True, slots=True)
class _Answers:
    """The values of the first spec."""

    function: str
    region: str
    account: str
    entries: dict[str, tuple[str, ...]]


@click.command(cls=HelpCommand)
@click.argument("path", default="spec.yaml")
@click.option(
    "--function", metavar="NAME", help="Name of the Lambda function; without it, the command asks for everything."
)
@click.option("--region", metavar="REGION", default="", help="Region of the function.")
@click.option("--account", metavar="ID", default="", help="Account of the function.")
@click.option(
    "--triggers",
    metavar="SERVICE=RESOURCE",
    multiple=True,
    help="What invokes the function, such as s3=images-bucket; repeatable, like the next three options.",
)
@click.option("--reads", metavar="SERVICE=RESOURCE", multiple=True, help="What the function reads.")
@click.option("--writes", metavar="SERVICE=RESOURCE", multiple=True, help="What the function writes.")
@click.option("--calls", metavar="SERVICE=RESOURCE", multiple=True, help="What the function invokes.")
@click.option(
    "--schema",
    is_flag=True,
    help=f"Also write the JSON Schema to {_SCHEMA_FILE} beside PATH, for completion in editors.",
)
@click.option(
    "--format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="json: also print what was written, as JSON.",
)
def init(
    *, path: str, function: str | None, region: str, account: str, schema: bool, format: str, **entries: tuple[str, ...]
) -> ExitCode:
    """Write a first spec to PATH (spec.yaml, or - for stdout).

    Without --function, the command asks for the values. An existing file is never overwritten.
    """
    target = Path(path)
    if path == "-" and schema:
        raise IamglueError("--schema writes a file beside PATH", hint="give a PATH, or use `iamglue schema`")
    if path != "-" and target.exists():
        raise IamglueError(f"{path} already exists", hint="give another PATH")
    files = _schema_file(target) if schema else {}
    answers = _Answers(function, region, account, entries) if function else _prompt_answers(region, account, entries)
    text = _spec_text(answers, has_schema=schema)
    parse_spec(text, path)
    if path == "-":
        print_data(_report(text, {}) if format == "json" else text, "json" if format == "json" else "yaml")
        return ExitCode.OK
    files[target] = text
    replace_files(files, as_read={Path(os.path.realpath(file)): None for file in files})
    if format == "json":
        print_data(_report(text, files), "json")
    print_line(f"wrote {' and '.join(map(str, reversed(files)))}")
    _print_next_steps(answers, path)
    return ExitCode.OK


def _print_next_steps(answers: _Answers, path: str) -> None:
    """Print the command that generates the policy, and what the spec lacks for it."""
    command = shlex.join(["iamglue", "generate", path])
    missing = [f"`{name}`" for name in ("region", "account") if not getattr(answers, name)]
    if not missing:
        print_next(command, "generate the policy")
        return
    print_next(command, f"write {' and '.join(missing)} into {path}, then generate the policy")
    pronoun = "them" if len(missing) > 1 else "it"
    print_next(f"{command} --format sam", f"or generate a template, where CloudFormation fills {pronoun} in")


def _report(text: str, files: dict[Path, str]) -> str:
    """The text of the spec and the files that were written, as JSON, version 1."""
    return dump_escaped_json({"version": 1, "files": [str(file) for file in files], "spec": text})


def _schema_file(target: Path) -> dict[Path, str]:
    """The file with the JSON Schema beside the spec; empty if it is there already.

    Raises IamglueError if a file of this name has other contents.
    """
    file, text = target.parent / _SCHEMA_FILE, readable_json(spec_schema())
    if not file.exists():
        return {file: text}
    if read_text(str(file)) != text:
        hint = f"replace it with `iamglue schema > {file}`, or leave out --schema"
        raise IamglueError(f"{file} already exists and is not the schema of this version", hint=hint)
    return {}


def _prompt_answers(region: str, account: str, entries: dict[str, tuple[str, ...]]) -> _Answers:
    """Ask for what the options did not give."""
    return _Answers(
        click.prompt("Lambda function name", err=True),
        region or click.prompt("Region (empty: set it later)", default="", show_default=False, err=True),
        account or click.prompt("Account ID (empty: set it later)", default="", show_default=False, err=True),
        {name: values or _prompt_entries(name) for name, values in entries.items()},
    )


def _prompt_entries(name: str) -> tuple[str, ...]:
    """Ask for the entries of a list, one a line, until an empty line; an entry with an error is asked for again."""
    if name not in _QUESTIONS:
        return ()
    print_line(_QUESTIONS[name])
    answers = []
    while answer := click.prompt(f"{name} (empty: done)", default="", show_default=False, err=True):
        if answer == "?":
            print_lines(trigger_list_text(trigger_references()).rstrip())
        elif _is_valid_entry(name, answer):
            answers.append(answer)
    return tuple(answers)


def _is_valid_entry(name: str, answer: str) -> bool:
    """Whether a spec with this entry can be read; its errors are printed."""
    try:
        parse_spec(_spec_text(_Answers("function", "", "", {name: (answer,)}), has_schema=False), "spec.yaml")
    except IamglueError as error:
        for problem in error.problems if isinstance(error, MultipleErrors) else (error,):
            print_error(problem.message, problem.hint, problem.choices)
        return False
    return True


def _spec_text(answers: _Answers, *, has_schema: bool) -> str:
    """The spec with its comments; what was not answered is in it as a comment with an example."""
    lines = [
        *([f"# yaml-language-server: $schema={_SCHEMA_FILE}"] if has_schema else []),
        "# What the function needs. `iamglue generate` writes the smallest IAM role for it.",
        "iamglue: 1",
        f"function: {_scalar(answers.function)}",
        _scalar_line("region", answers.region, "eu-west-1"),
        _scalar_line("account", answers.account, '"123456789012"'),
    ]
    for name in _LISTS:
        lines += _list_lines(name, answers.entries.get(name, ()))
    return "\n".join(lines) + f"\n{_SETTINGS}"


def _scalar_line(name: str, value: str, example: str) -> str:
    """A line with the value, or a comment with the example if it is empty."""
    return f"{name}: {_scalar(value)}" if value else f"# {name}: {example}"


def _list_lines(name: str, entries: tuple[str, ...]) -> list[str]:
    """The lines of one list of entries; without entries, an example as a comment."""
    comment, example = _LISTS[name]
    items = [
        line
        for service, resource in map(_service_and_resource, entries)
        for line in (f"  - {_scalar(service)}: {_resource(resource)}", *_next_option(name, service))
    ]
    return ["", f"# {comment}", *([f"{name}:", *items] if items else [f"# {name}:", f"#   - {example}"])]


def _next_option(name: str, service: str) -> list[str]:
    """A comment with the option of an entry that people need next; empty if there is none."""
    if name == "triggers":
        facts = trigger_facts(service)
        return ["    # on_failure: {sqs: QUEUE}   # where failed batches go"] if facts and facts.destination else []
    names = [verb.name for verb in verbs(service, name)]
    default = default_verb(service, name)
    if len(names) < 2 or default is None:
        return []
    others = ", ".join(other for other in names if other != default.name)
    return [f"    # do: {default.name}   # the default; also: {others}"]


def _service_and_resource(entry: str) -> tuple[str, str]:
    """SERVICE and RESOURCE of an entry. Raises IamglueError if one of them is missing."""
    service, separator, resource = entry.partition("=")
    if not separator:
        service, separator, resource = entry.partition(":")
    if not separator or not service.strip() or not resource.strip():
        raise IamglueError(f"`{entry}`: expected SERVICE=RESOURCE, such as s3=images-bucket")
    return service.strip(), resource.strip()


def _resource(text: str) -> str:
    # A mapping of ARN variables is copied unchanged: errors in it are reported when the spec is parsed.
    return text if text.startswith("{") and text.endswith("}") and "\n" not in text else _scalar(text)


def _scalar(text: str) -> str:
    # JSON strings are valid YAML strings; only unambiguous words are not quoted.
    return text if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS else json.dumps(text)
