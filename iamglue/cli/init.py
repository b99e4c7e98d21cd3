"""`iamglue init`: writes a first spec with comments."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import click

from iamglue.cli.output import print_data, replace_files
from iamglue.cli.stderr import print_line
from iamglue.errors import ExitCode, IamglueError
from iamglue.readers.spec.reader import parse_spec

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_LISTS = {
    "triggers": "what invokes the function: `s3: BUCKET`, `sqs: QUEUE`, `schedule: RULE`, ...",
    "reads": "what it reads: `SERVICE: RESOURCE`; `iamglue services SERVICE` shows the verbs for `do`",
    "writes": "what it writes",
    "calls": "what it invokes: functions, state machines, models, keys",
}


@dataclass(frozen=True, slots=True)
class _Answers:
    """The values of the first spec."""

    function: str
    region: str
    account: str
    entries: dict[str, tuple[str, ...]]


@click.command()
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
def init(path: str, function: str | None, region: str, account: str, **entries: tuple[str, ...]) -> ExitCode:
    """Write a first spec to PATH (spec.yaml, or - for stdout).

    Without --function, the command asks for the values. An existing file is never overwritten.
    """
    target = Path(path)
    if path != "-" and target.exists():
        raise IamglueError(f"{path} already exists", hint="give another PATH")
    answers = _Answers(function, region, account, entries) if function else _prompt_answers(region, account, entries)
    text = _spec_text(answers)
    parse_spec(text, path)
    if path == "-":
        print_data(text, "yaml")
        return ExitCode.OK
    replace_files({target: text}, as_read={Path(os.path.realpath(target)): None})
    print_line(f"wrote {path}; next: iamglue generate {path}")
    return ExitCode.OK


def _prompt_answers(region: str, account: str, entries: dict[str, tuple[str, ...]]) -> _Answers:
    return _Answers(
        click.prompt("Lambda function name", err=True),
        region or click.prompt("Region (empty: set it later)", default="", show_default=False, err=True),
        account or click.prompt("Account id (empty: set it later)", default="", show_default=False, err=True),
        {name: values or _prompt_entries(name) for name, values in entries.items()},
    )


def _prompt_entries(name: str) -> tuple[str, ...]:
    answers = []
    while answer := click.prompt(f"{name}: SERVICE=RESOURCE (empty: done)", default="", show_default=False, err=True):
        answers.append(answer)
    return tuple(answers)


def _spec_text(answers: _Answers) -> str:
    lines = [
        "# What the function needs. `iamglue generate` writes the smallest IAM role for it.",
        "iamglue: 1",
        f"function: {_scalar(answers.function)}",
        _scalar_line("region", answers.region, "eu-west-1"),
        _scalar_line("account", answers.account, '"123456789012"'),
    ]
    for name, comment in _LISTS.items():
        lines += _list_lines(name, comment, answers.entries.get(name, ()))
    return "\n".join(lines) + "\n"


def _scalar_line(name: str, value: str, example: str) -> str:
    """A line with the value, or a comment with the example if it is empty."""
    return f"{name}: {_scalar(value)}" if value else f"# {name}: {example}"


def _list_lines(name: str, comment: str, entries: tuple[str, ...]) -> list[str]:
    items = [f"  - {_scalar(service)}: {_resource(resource)}" for service, resource in map(_pair, entries)]
    return ["", f"# {comment}", *([f"{name}:", *items] if items else [f"# {name}:"])]


def _pair(entry: str) -> tuple[str, str]:
    """SERVICE and RESOURCE of an entry. Raises IamglueError if one of them is missing."""
    service, separator, resource = entry.partition("=")
    if not separator:
        service, separator, resource = entry.partition(":")
    if not separator or not service.strip() or not resource.strip():
        raise IamglueError(f"{entry!r}: expected SERVICE=RESOURCE, such as s3=images-bucket")
    return service.strip(), resource.strip()


def _resource(text: str) -> str:
    # A mapping of ARN variables is copied unchanged: errors in it are reported when the spec is parsed.
    return text if text.startswith("{") and text.endswith("}") and "\n" not in text else _scalar(text)


def _scalar(text: str) -> str:
    # JSON strings are valid YAML strings; only unambiguous words are not quoted.
    return text if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS else json.dumps(text)
