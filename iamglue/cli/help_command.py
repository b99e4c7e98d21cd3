"""A command whose help groups its options under headings and ends with examples."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

import click

from iamglue.cli.color import color_option
from iamglue.cli.completion_values import complete_paths
from iamglue.cli.help_texts import HEADINGS, command_name, write_examples

_ARGUMENTS = "iamglue.arguments"
_LAST_HEADING = "General options"
_GENERAL = frozenset({"--color", "--help"})


class HelpCommand(click.Command):
    """A command with `--color`; its help takes headings and examples from `help_texts`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As the base class; a shell completes the parameters that are paths."""
        super().__init__(*args, **kwargs)
        complete_paths(self.params)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The parameters of the command, then `--color` and `--help`."""
        parameters = super().get_params(ctx)
        own = len(self.params)
        return [*parameters[:own], color_option(), *parameters[own:]]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, and keep them as they are for `next_command`."""
        ctx.meta[_ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings, those without one last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        headings = {name: heading for heading, names in HEADINGS.get(command_name(ctx), {}).items() for name in names}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                default = _LAST_HEADING if headings or _GENERAL & {*parameter.opts} else "Options"
                heading = next((headings[name] for name in parameter.opts if name in headings), default)
                groups.setdefault(heading, []).append(record)
        order = [*dict.fromkeys(headings.values()), "Options", _LAST_HEADING]
        for heading in sorted(groups, key=order.index):
            with formatter.section(heading):
                formatter.write_dl(groups[heading])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples of the command."""
        write_examples(ctx, formatter)


def next_command(*options: str, paths: Sequence[str] | None = None, instead_of: Sequence[str] = ()) -> str:
    """The command line that is running, with `options` added, as a shell takes it.

    With `paths`, it has these and not the ones of `instead_of`.
    """
    ctx = click.get_current_context()
    arguments: Any = ctx.meta.get(_ARGUMENTS, ())
    if paths is not None:
        arguments = (*(argument for argument in arguments if argument not in set(instead_of)), *paths)
    return shlex.join(["iamglue", *command_name(ctx).split(), *options, *arguments])
