"""`iamglue mcp`: serves tools for assistants by the Model Context Protocol."""

from __future__ import annotations

import click

from iamglue.cli.help_command import HelpCommand
from iamglue.errors import ExitCode, IamglueError


@click.command(cls=HelpCommand)
def mcp() -> ExitCode:
    """Serve tools for assistants (Model Context Protocol, over stdio).

    An assistant can draft specs, generate, lint and fix policies, explain
    denials, compare policies, evaluate requests and look up actions. No tool
    reads files, uses the network or changes anything. Requires iamglue[mcp].
    """
    try:
        from iamglue.assistant_server.server import run_server  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "iamglue":
            raise
        message = f"the server for assistants requires the package {error.name}"
        raise IamglueError(message, hint="pip install 'iamglue[mcp]'") from error
    run_server()
    return ExitCode.OK
