"""`iamglue check`: whether a spec grants what the function's code calls, for CI."""

from __future__ import annotations

import atexit
import gc
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from iamglue.cli.color import paint_report
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import print_data, replace_files
from iamglue.cli.progress import show_elapsed
from iamglue.cli.spec_argument import spec_and_code
from iamglue.cli.stderr import print_note
from iamglue.deployed_code.inference import CodeInput
from iamglue.deployed_code.spec_check import CodeCheck, check_function_code, function_of_spec
from iamglue.errors import ExitCode, IamglueError
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import STDIN, display_path, read_text
from iamglue.formats.policies.spec_text import entry_text, entry_value
from iamglue.infer.code.calls import CodePlace
from iamglue.infer.code.json_report import failed_data, places_data, unresolved_data
from iamglue.readers.spec.added_entries import with_added_entries
from iamglue.readers.spec.reader import parse_spec

_VERSION = 1


@dataclass(frozen=True, slots=True)
class _Options:
    """The command line options."""

    spec: str
    code: tuple[str, ...]
    handler: str | None
    template: str | None
    name: str | None
    unused: bool
    fix: bool
    format: str


@click.command(cls=HelpCommand)
@click.argument("arguments", metavar="SPEC", nargs=-1, required=True)
@click.option(
    "--code", metavar="PATH", multiple=True, required=True, help="The function's code; several paths may follow."
)
@click.option("--handler", metavar="FILE:NAME", help="The function that Lambda invokes.")
@click.option("--template", metavar="FILE", help="The template that deploys the code; by default one beside it.")
@click.option("--name", metavar="N", help="Function of the spec.")
@click.option("--unused", is_flag=True, help="Exit 1 also for entries that the code never calls.")
@click.option("--fix", is_flag=True, help="Add the missing entries to the spec.")
@click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True, help="Output format.")
def check(arguments: tuple[str, ...], code: tuple[str, ...], **values: Any) -> ExitCode:
    """Check that SPEC grants what the code calls.

    Exit 1 if the spec does not grant a call of the code, with the line of the
    call and the entry to add. An entry that the code never calls is a note.
    """
    spec, code = spec_and_code(arguments, code)
    options = _Options(spec, code, **values)
    gc.disable()  # trees of code have no reference cycles; searching for them takes a third of the time
    atexit.register(gc.freeze)  # otherwise Python would search for cycles at exit
    if options.fix and options.spec == STDIN:
        raise IamglueError("--fix needs a file that it can write", hint="name the spec's file instead of -")
    read = read_input_digests([options.spec], options.spec) if options.fix else {}
    text = read_text(options.spec)
    function = function_of_spec(parse_spec(text, display_path(options.spec)), options.name)
    with show_elapsed("reading the code"):
        result = check_function_code(function, CodeInput(options.code, options.handler, options.template))
    if options.fix and result.missing:
        entries: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for item in result.missing:
            added = (entry_text(item.entry), entry_value(item.entry))
            entries.setdefault(str(item.entry.access), []).append(added)
        fixed = with_added_entries(text, display_path(options.spec), function.name, entries)
        replace_files({Path(options.spec): fixed}, as_read=read)
    for note in result.notes:
        print_note(note)
    _print_result(result, options)
    return _exit_code(result, options)


def _exit_code(result: CodeCheck, options: _Options) -> ExitCode:
    """Exit code 1 for a missing entry that `--fix` does not add, and with `--unused` for an unused one."""
    if result.code.failed:
        return ExitCode.NOT_EVALUATED
    has_findings = (result.missing and not options.fix) or (result.unused and options.unused)
    return ExitCode.FINDINGS if has_findings else ExitCode.OK


def _print_result(result: CodeCheck, options: _Options) -> None:
    """Print the answer, and what could not be read as notes on standard error."""
    if options.format == "json":
        print_data(json.dumps(_report(result), indent=2) + "\n", "json")
    else:
        print_data("".join(f"{line}\n" for line in _lines(result, options)), "text", paint_report)
    for item in result.code.failed:
        print_note(f"{item.place}: {item.reason}")


def _lines(result: CodeCheck, options: _Options) -> Iterator[str]:
    """The findings as text, then a summary."""
    severity = "added" if options.fix else "error"
    for item in result.missing:
        actions = ", ".join(f"`{action}`" for action in sorted({access.action for access in item.accesses}))
        place = item.evidence[0]
        operations = ", ".join(sorted({f"`{access.operation}`" for access in item.accesses}))
        resource = item.accesses[0].resource
        yield (
            f"{_place_text(place)}: {severity}: the code calls {operations}, "
            f"and the spec does not grant {actions} on `{resource}`"
        )
        yield from (f"  also at {_place_text(other)}" for other in item.evidence[1:])
        if not options.fix:
            yield f"  help: add to `{item.entry.access}`:"
            yield from (f"    {line}" for line in entry_text(item.entry).splitlines())
    for unused in result.unused:
        level = "error" if options.unused else "note"
        actions = ", ".join(f"`{action}`" for action in unused.actions)
        yield f"{unused.entry.location}: {level}: no call of the code needs {actions}"
    for call in result.code.unresolved:
        yield f"{_place_text(call.place)}: note: `{call.call}` is not resolved: {call.reason}"
    yield _summary(result, options)


def _summary(result: CodeCheck, options: _Options) -> str:
    """The counts in a sentence, with those of files that were not read, which may have more calls."""
    missing, unresolved = len(result.missing), len(result.code.unresolved)
    entries = (
        "no entry is missing" if not missing else f"{missing} {'entry is' if missing == 1 else 'entries are'} missing"
    )
    if options.fix and missing:
        entries = f"{missing} {'entry was' if missing == 1 else 'entries were'} added"
    unknown = f"; {unresolved} {'call is' if unresolved == 1 else 'calls are'} not resolved" if unresolved else ""
    failed = len(result.code.failed)
    unread = f"; {failed} {'file was' if failed == 1 else 'files were'} not read" if failed else ""
    return f"{entries}{unknown}{unread}"


def _place_text(place: CodePlace) -> str:
    return f"{place}:{place.column}"


def _report(result: CodeCheck) -> dict[str, Any]:
    """The result as JSON data, version 1."""
    return {
        "version": _VERSION,
        "function": result.function.name,
        "missing": [
            {
                "list": str(item.entry.access),
                "entry": entry_text(item.entry),
                "actions": sorted({access.action for access in item.accesses}),
                "resource": item.accesses[0].resource,
                "evidence": places_data(item.evidence),
            }
            for item in result.missing
        ],
        "unused": [
            {
                "line": item.entry.location.line,
                "column": item.entry.location.column,
                "actions": list(item.actions),
                "whole_entry": item.is_whole,
            }
            for item in result.unused
        ],
        "unresolved": unresolved_data(result.code),
        "failed": failed_data(result.code),
    }
