"""A group of commands that are imported on demand, from a literal table."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from iamglue.spelling import did_you_mean

if TYPE_CHECKING:  # startup: only for completion
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """A group with the commands of `table`: name -> ("module:function", one line for the group's help)."""

    table: Mapping[str, tuple[str, str]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The command names in the order of the table."""
        del ctx
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported on demand; None if there is none."""
        del ctx
        if cmd_name not in self.table:
            return None
        module, _, function = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command that the first argument names. Raises UsageError for an unknown name, with a suggestion."""
        if not args[0].startswith("-") and args[0] not in self.table:
            hint = did_you_mean(args[0], self.table)
            raise click.UsageError(f"there is no command `{args[0]}`{f'; {hint}' if hint else ''}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands whose names begin so, with their lines of the table, and options; imports no command."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - startup: only for completion

        names = [
            CompletionItem(name, help=line) for name, (_, line) in self.table.items() if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, so that help imports none of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.table.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples of the group."""
        from iamglue.cli.help_texts import write_examples  # noqa: PLC0415 - startup: only for help

        write_examples(ctx, formatter)
