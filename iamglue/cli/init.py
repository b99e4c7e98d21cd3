"""`iamglue init`: a commented first spec."""

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
    """What the first spec is to say."""

    function: str
    region: str
    account: str
    entries: dict[str, tuple[str, ...]]


@click.command()
@click.argument("path", default="spec.yaml")
@click.option("--function", metavar="NAME", help="The Lambda function's name; without it, all is asked for.")
@click.option("--region", metavar="REGION", default="", help="The function's Region.")
@click.option("--account", metavar="ID", default="", help="The function's account.")
@click.option(
    "--triggers",
    metavar="SERVICE=RESOURCE",
    multiple=True,
    help="What invokes it, such as s3=images-bucket; may be repeated, as may the next three.",
)
@click.option("--reads", metavar="SERVICE=RESOURCE", multiple=True, help="What it reads.")
@click.option("--writes", metavar="SERVICE=RESOURCE", multiple=True, help="What it writes.")
@click.option("--calls", metavar="SERVICE=RESOURCE", multiple=True, help="What it invokes.")
def init(path: str, function: str | None, region: str, account: str, **entries: tuple[str, ...]) -> ExitCode:
    """Write a first spec to PATH (spec.yaml, or - for stdout).

    Asks for what it needs, or takes it from the options. A file that is there already is left alone.
    """
    target = Path(path)
    if path != "-" and target.exists():
        raise IamglueError(f"{path} is there already, expected a new file", hint="give another PATH")
    answers = _Answers(function, region, account, entries) if function else _asked(region, account, entries)
    text = _spec_text(answers)
    parse_spec(text, path)
    if path == "-":
        print_data(text, "yaml")
        return ExitCode.OK
    replace_files({target: text}, as_read={Path(os.path.realpath(target)): None})
    print_line(f"wrote {path}; next: iamglue generate {path}")
    return ExitCode.OK


def _asked(region: str, account: str, entries: dict[str, tuple[str, ...]]) -> _Answers:
    return _Answers(
        click.prompt("Lambda function name", err=True),
        region or click.prompt("Region (empty: told later)", default="", show_default=False, err=True),
        account or click.prompt("Account id (empty: told later)", default="", show_default=False, err=True),
        {name: given or _asked_entries(name) for name, given in entries.items()},
    )


def _asked_entries(name: str) -> tuple[str, ...]:
    found = []
    while answer := click.prompt(
        f"{name}: SERVICE=RESOURCE (empty: no more)", default="", show_default=False, err=True
    ):
        found.append(answer)
    return tuple(found)


def _spec_text(answers: _Answers) -> str:
    lines = [
        "# What the function is meant to do. `iamglue generate` turns it into the smallest IAM role.",
        "iamglue: 1",
        f"function: {_scalar(answers.function)}",
        _place("region", answers.region, "eu-west-1"),
        _place("account", answers.account, '"123456789012"'),
    ]
    for name, comment in _LISTS.items():
        lines += _list_lines(name, comment, answers.entries.get(name, ()))
    return "\n".join(lines) + "\n"


def _place(name: str, value: str, example: str) -> str:
    return f"{name}: {_scalar(value)}" if value else f"# {name}: {example}"


def _list_lines(name: str, comment: str, entries: tuple[str, ...]) -> list[str]:
    items = [f"  - {_scalar(service)}: {_resource(resource)}" for service, resource in map(_pair, entries)]
    return ["", f"# {comment}", *([f"{name}:", *items] if items else [f"# {name}:"])]


def _pair(entry: str) -> tuple[str, str]:
    service, separator, resource = entry.partition("=")
    if not separator:
        service, separator, resource = entry.partition(":")
    if not separator or not service.strip() or not resource.strip():
        raise IamglueError(f"{entry!r}: expected SERVICE=RESOURCE, such as s3=images-bucket")
    return service.strip(), resource.strip()


def _resource(text: str) -> str:
    # A mapping of an ARN format's variables stands as it is: what is wrong in it is told when the spec is read.
    return text if text.startswith("{") and text.endswith("}") and "\n" not in text else _scalar(text)


def _scalar(text: str) -> str:
    # JSON strings are YAML strings; only words that no YAML reader takes for anything else go unquoted.
    return text if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS else json.dumps(text)
