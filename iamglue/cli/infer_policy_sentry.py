"""`iamglue infer policy-sentry`: from a template of policy_sentry to a spec."""

from __future__ import annotations

import click

from iamglue.cli.help_command import HelpCommand
from iamglue.cli.infer_output import deliver, output_options
from iamglue.errors import ExitCode
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import display_path, read_text
from iamglue.infer.policy import infer_policies
from iamglue.model.inference import Inference
from iamglue.readers.policy_sentry import read_policy_sentry

_HEAD = "policy_sentry gives all actions of an access level: remove those that the function does not call"


@click.command("policy-sentry", cls=HelpCommand)
@click.argument("file")
@click.option("--name", metavar="NAME", help="Name of the function; by default that of the template, or of the file.")
@output_options
def infer_policy_sentry(file: str, name: str | None, format: str, output: str | None, strict: bool) -> ExitCode:
    """Write the spec for FILE, a YAML template of policy_sentry.

    An access level of an ARN becomes all actions of that level on it, as
    policy_sentry writes them; in the mode `actions` resources are parameters.
    """
    read = read_input_digests([file], output)
    template = read_policy_sentry(read_text(file), display_path(file))
    result = infer_policies([template.file], name or template.name or None)
    inference = Inference((result.function,), (*template.changes, *result.changes), (_HEAD,))
    return deliver(inference, format, output, read, strict=strict)
