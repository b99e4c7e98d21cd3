"""The `iamglue` command: a literal table of subcommands, which are imported on demand."""

from __future__ import annotations

import sys
import warnings
from contextvars import copy_context
from typing import Any

import click

from iamglue.catalog import services
from iamglue.cli import stderr
from iamglue.cli.error_boundary import run_command
from iamglue.cli.lazy_group import LazyGroup
from iamglue.version import VERSION

# name -> ("module:function", one line for `iamglue --help`)
COMMANDS = {
    "audit": ("iamglue.cli.audit:audit", "Audit the execution roles of deployed functions."),
    "can": ("iamglue.cli.can:can", "Evaluate whether a request is allowed, and why."),
    "changes": ("iamglue.cli.changes:changes", "Show what access a Git branch adds and removes."),
    "check": ("iamglue.cli.check:check", "Check that a spec grants what the code calls."),
    "compact": ("iamglue.cli.compact:compact", "Shrink a policy to a size limit; it allows the same as before."),
    "completion": ("iamglue.cli.completion:completion", "Print the completion script of a shell."),
    "diff": ("iamglue.cli.diff:diff", "Show what one policy allows that another does not."),
    "fmt": ("iamglue.cli.fmt:fmt", "Rewrite specs with the standard name of each service and trigger."),
    "generate": ("iamglue.cli.generate:generate", "Write the smallest policy that grants what a spec declares."),
    "infer": ("iamglue.cli.infer:infer", "Write a spec from code, policies, templates, functions or records."),
    "init": ("iamglue.cli.init:init", "Write a first spec with explanatory comments."),
    "lint": ("iamglue.cli.lint:lint", "Check IAM policies in files and optionally fix them."),
    "lsp": ("iamglue.cli.lsp:lsp", "Start a language server for editors."),
    "mcp": ("iamglue.cli.mcp:mcp", "Serve tools for assistants (Model Context Protocol)."),
    "reconcile": ("iamglue.cli.reconcile:reconcile", "Compare what is declared, called, used and granted."),
    "rules": ("iamglue.cli.rules:rules", "List the rules of lint and audit, or describe one."),
    "schema": ("iamglue.cli.schema:schema", "Print the JSON Schema of the spec, or of another format."),
    "services": ("iamglue.cli.services:services", "List verbs, actions and resource types of a service."),
}


class Commands(LazyGroup):
    """The commands of `COMMANDS`; their errors are handled by `run_command`."""

    table = COMMANDS

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line and exit with the exit code of the command or of its error."""
        kwargs["standalone_mode"] = False
        run = super().main
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: stderr.print_note(
                f"{message}"
            )  # a library's warning may quote a hostile file
            # what an option sets for the run, such as --color, ends with it
            sys.exit(copy_context().run(run_command, lambda: run(*args, **kwargs)))


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Print the version, and the date of the reference data, which decides what is known of AWS."""
    if value:
        click.echo(f"iamglue {VERSION} (AWS reference data of {services.reference_date()})")
        ctx.exit()


@click.group(cls=Commands, context_settings={"max_content_width": 80, "help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and the date of the AWS reference data.",
)
def main() -> None:
    """Least-privilege IAM roles for AWS Lambda functions, from a small YAML spec.

    New here? `iamglue init` asks what a function needs and writes its spec. The
    tutorial, docs/tutorial.md in the repository, takes ten minutes.

    Exit codes: 0 success, nothing found; 1 findings, output out of date, new
    access, or a request that is not allowed; 2 invalid usage or input; 3 something
    could not be evaluated; 4 bug in iamglue; 130 interrupted.
    """
