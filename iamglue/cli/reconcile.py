"""`iamglue reconcile`: one table of what is declared, called, used and granted."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import escape_for_format, print_data, replace_files
from iamglue.cli.progress import show_elapsed
from iamglue.cli.reconcile_sources import ReconcileOptions, chosen_functions, input_paths, read_sources
from iamglue.cli.spec_argument import spec_and_code
from iamglue.cli.stderr import print_line, print_note
from iamglue.errors import ExitCode, IamglueError, worst_exit_code
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import STDIN, display_path, read_text
from iamglue.formats.policies.spec_text import entry_text, entry_value
from iamglue.formats.reports.reconcile import FORMATS, render_reconciliation
from iamglue.formats.words.reconcile_words import reconcile_summary
from iamglue.readers.spec.added_entries import with_added_entries
from iamglue.readers.spec.reader import parse_spec
from iamglue.readers.spec.removed_entries import without_entries
from iamglue.reconcile.fixes import SpecFix, spec_fixes
from iamglue.reconcile.run import FunctionSources
from iamglue.reconcile.run import reconcile as build_table


@click.command(cls=HelpCommand)
@click.argument("arguments", metavar="SPEC", nargs=-1, required=True)
@click.option("--code", metavar="PATH", multiple=True, help="The function's code; several paths may follow.")
@click.option("--handler", metavar="FILE:NAME", help="The function that Lambda invokes.")
@click.option("--usage", metavar="FILE", help="Recorded use, as JSON (see docs/audit.md).")
@click.option("--role", metavar="NAME", help="With --usage: the function's role in the file, by name or ARN.")
@click.option("--policy", metavar="FILE", help="The policy of the function's role; several are joined with +.")
@click.option("--function", metavar="NAME", help="The deployed function whose role is compared, by name or ARN.")
@click.option("--template", metavar="FILE", help="The template with the function's role, before it is deployed.")
@click.option("--input", metavar="FILE", help="With --function: a file of `iamglue audit --save`, instead of AWS.")
@click.option("--name", metavar="N", help="Function of the spec; default: all.")
@click.option("--region", metavar="REGION", help="Region of the function, if the spec has none.")
@click.option("--account", metavar="ID", help="Account of the function, if the spec has none.")
@click.option("--profile", metavar="NAME", help="With --function: profile of the AWS configuration.")
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@click.option("--fix", is_flag=True, help="Add and remove entries of the spec where that is certain.")
@click.option("-o", "--output", metavar="FILE", help="Write the table to a file.")
def reconcile(arguments: tuple[str, ...], code: tuple[str, ...], **values: Any) -> ExitCode:
    """Compare what SPEC declares with what is called, used and granted.

    One row for each action and resource. The code, the record of requests and
    the policies of the role are each optional; what is not known is "?", never
    "no". Disagreements come first, ranked by risk, each with a change that
    resolves it. Exit 1 if there is one, 3 if something could not be read.
    """
    spec, code = spec_and_code(arguments, code)
    options = ReconcileOptions(spec, code, **values)
    _check(options)
    gc.disable()  # trees of code have no reference cycles; searching for them takes a third of the time
    atexit.register(gc.freeze)  # otherwise Python would search for cycles at exit
    outputs = (options.output, options.spec if options.fix else None)
    read = read_input_digests(input_paths(options), *outputs)
    text = read_text(options.spec)
    functions = chosen_functions(options, parse_spec(text, display_path(options.spec)).functions)
    with show_elapsed("reading the sources"):
        sources = tuple(read_sources(options, functions))
    table = build_table(display_path(options.spec), sources)
    fixes = tuple(spec_fixes(table, functions)) if options.fix else ()
    if fixes:
        text = _fixed_text(text, options.spec, fixes)
        table = build_table(display_path(options.spec), _with_functions(sources, text, options))
        replace_files({Path(options.spec): text}, as_read=read)
        _print_fixes(fixes)
    report = escape_for_format(render_reconciliation(table, options.format), options.format)
    if options.output in (None, STDIN):
        print_data(report, options.format)
    else:
        replace_files({Path(str(options.output)): report}, as_read=read)
    if options.format != "text" or options.output not in (None, STDIN):
        print_line(reconcile_summary(table))
    return worst_exit_code(
        [
            ExitCode.FINDINGS if table.disagreements else ExitCode.OK,
            ExitCode.NOT_EVALUATED if table.has_failures else ExitCode.OK,
        ]
    )


def _check(options: ReconcileOptions) -> None:
    """Raises UsageError for options that cannot be combined."""
    granted = [name for name in ("policy", "function", "template") if getattr(options, name)]
    if len(granted) > 1:
        raise click.UsageError(f"give one of --{' and --'.join(granted)}: both say what is granted")
    for name, needed in (("input", "function"), ("profile", "function"), ("handler", "code"), ("role", "usage")):
        if getattr(options, name) and not getattr(options, needed):
            raise click.UsageError(f"--{name} requires --{needed}")
    if options.fix and options.spec == STDIN:
        raise IamglueError("--fix needs a file that it can write", hint="name the spec's file instead of -")


def _fixed_text(text: str, spec: str, fixes: Sequence[SpecFix]) -> str:
    """The spec with all changes. Raises IamglueError if one of them cannot be made."""
    path = display_path(spec)
    # From the last function to the first: a change moves the lines of all that follows it.
    for fix in sorted(fixes, key=lambda fix: fix.function.location.line or 0, reverse=True):
        name = fix.function.name
        text = without_entries(text, path, name, fix.removed) if fix.removed else text
        added: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for entry in fix.added:
            added.setdefault(str(entry.access), []).append((entry_text(entry), entry_value(entry)))
        text = with_added_entries(text, path, name, added) if added else text
    return text


def _with_functions(
    sources: Sequence[FunctionSources], text: str, options: ReconcileOptions
) -> tuple[FunctionSources, ...]:
    """The sources with the functions of the changed spec."""
    functions = {function.name: function for function in parse_spec(text, display_path(options.spec)).functions}
    return tuple(replace(item, function=functions[item.function.name]) for item in sources)


def _print_fixes(fixes: Sequence[SpecFix]) -> None:
    """Say what was changed in the spec, and that the table is that of the changed spec."""
    counts = {"added": sum(len(fix.added) for fix in fixes), "removed": sum(len(fix.removed) for fix in fixes)}
    changes = [f"{count} {'entry' if count == 1 else 'entries'} {verb}" for verb, count in counts.items() if count]
    print_note(f"{' and '.join(changes)}; the table is that of the changed spec")
