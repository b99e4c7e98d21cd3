"""`iamglue lsp`: the language server for editors."""

from __future__ import annotations

import click

from iamglue.cli.help_command import HelpCommand
from iamglue.errors import ExitCode, IamglueError


@click.command(cls=HelpCommand)
@click.option("--stdio", is_flag=True, help="Use stdin and stdout: the default, for editors that ask for it.")
def lsp(stdio: bool) -> ExitCode:  # noqa: ARG001 - editors pass it; there is no other way to connect
    """Start a language server for editors, over stdin and stdout.

    It shows the findings of `iamglue lint` while you type in policies, specs,
    CloudFormation, SAM, serverless.yml and Terraform, offers fixes, completes and
    explains actions, condition keys, triggers and verbs, and finds the spec entry
    that requires a statement. docs/editors.md has the setup of editors.
    """
    try:
        from iamglue.language_server.server import run_server  # noqa: PLC0415 - startup: an optional extra
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol", "cattrs", "attrs", "attr"):
            raise
        message = "the language server requires the package pygls"
        raise IamglueError(message, hint="pip install 'iamglue[lsp]'") from error
    return run_server()
