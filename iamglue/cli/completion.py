"""`iamglue completion`: prints the script that completes commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import VERBATIM_FORMAT, print_data
from iamglue.errors import ExitCode

_VARIABLE = "_IAMGLUE_COMPLETE"  # where click's script passes what to complete

# A zsh whose configuration does not start completion has no `compdef`, which click's script calls.
_ZSH_START = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }"


@click.command(cls=HelpCommand)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> ExitCode:
    """Print a script that completes commands, options and values in SHELL.

    Bash (4.4 or later): add the first example to ~/.bashrc. Zsh: add the
    second one to ~/.zshrc. Fish: write the script to a file, as in the third.
    """
    script_type = get_completion_class(shell)
    if script_type is None:
        raise click.UsageError(f"click has no completion for {shell}")
    root = click.get_current_context().find_root().command
    script = script_type(root, {}, "iamglue", _VARIABLE).source().strip()
    if shell == "zsh":
        script = script.replace("\n", f"\n{_ZSH_START}\n", 1)
    print_data(f"{script}\n", VERBATIM_FORMAT)
    return ExitCode.OK
