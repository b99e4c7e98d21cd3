"""The `iamglue` command: a literal table of subcommands, each imported only when it is run."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import Any

import click

from iamglue.catalog import services
from iamglue.catalog.spelling import did_you_mean
from iamglue.cli import stderr as talk
from iamglue.cli.error_boundary import run_command
from iamglue.version import VERSION

# name -> ("module:function", one line for `iamglue --help`)
COMMANDS = {
    "audit": ("iamglue.cli.audit:audit", "Deployed functions: granted against needed."),
    "can": ("iamglue.cli.can:can", "Whether a request is allowed, and which statement decides."),
    "compact": ("iamglue.cli.compact:compact", "Shrink a policy to a size limit; it allows the same as before."),
    "diff": ("iamglue.cli.diff:diff", "What one policy allows that another does not."),
    "generate": ("iamglue.cli.generate:generate", "The smallest policy that grants what a spec declares."),
    "init": ("iamglue.cli.init:init", "Write a first spec, with comments that say what else it may hold."),
    "lint": ("iamglue.cli.lint:lint", "Every fault of the policies in files, and fixes."),
    "rules": ("iamglue.cli.rules:rules", "The rules of lint and audit, and the page of each."),
    "schema": ("iamglue.cli.schema:schema", "The JSON Schema of the spec, for editors and validators."),
    "services": ("iamglue.cli.services:services", "What a spec may say of a service: verbs, actions, resources."),
}


class Commands(click.Group):
    """A group whose commands are named by `COMMANDS` and whose errors end at the boundary."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line and exit; the exit code is the command's, or its error's."""
        kwargs["standalone_mode"] = False
        run = super().main
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: talk.print_note(
                f"{message}"
            )  # a library's may quote a hostile file
            sys.exit(run_command(lambda: run(*args, **kwargs)))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands' names, as the table has them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now; None when there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command that the first argument names; an unknown one is an error with the nearest right word."""
        if not args[0].startswith("-") and args[0] not in COMMANDS:
            hint = did_you_mean(args[0], COMMANDS)
            raise click.UsageError(f"there is no command `{args[0]}`{f'; {hint}' if hint else ''}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, so that help imports none of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"iamglue {VERSION} (AWS facts of {services.reference_date()})")
        ctx.exit()


@click.group(cls=Commands, context_settings={"max_content_width": 80, "help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and the date of the facts about AWS.",
)
def main() -> None:
    """Least-privilege IAM roles for AWS Lambda functions, from a small YAML spec.

    Exit codes: 0 nothing found, 1 output out of date, new access, or a request not
    allowed, 2 bad usage or unreadable input, 3 something could not be evaluated, 4
    a bug, 130 interrupted.
    """
