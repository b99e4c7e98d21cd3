"""`iamglue schema`: prints the JSON Schema of the spec, a rule file, or another format."""

from __future__ import annotations

import click

from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import print_data
from iamglue.errors import ExitCode
from iamglue.formats.schemas import SCHEMA_NAMES, schema_text


@click.command(cls=HelpCommand)
@click.argument("name", type=click.Choice(SCHEMA_NAMES), default="spec", metavar="[NAME]")
@click.option("--format", type=click.Choice(("json",)), default="json", show_default=True, help="Output format.")
def schema(name: str, format: str) -> ExitCode:
    """Print the JSON Schema of the spec, a rule file, or what a command prints.

    NAME is spec (the default), rules (a rule file), policy, generate-report,
    lint, audit, graph, can, can-requests, can-error, can-never, diff,
    diff-trust, changes, reconcile, check, infer, infer-code, usage, fmt, init,
    rule-list or services.

    For validation in an editor with the YAML language server, begin a file with
    the comment `# yaml-language-server: $schema=PATH`.
    """
    print_data(schema_text(name), format)
    return ExitCode.OK
