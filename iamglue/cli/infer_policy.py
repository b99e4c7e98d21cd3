"""`iamglue infer policy`: from the policies of a role to a spec."""

from __future__ import annotations

import click

from iamglue.cli.help_command import HelpCommand
from iamglue.cli.infer_output import deliver, output_options
from iamglue.errors import ExitCode, IamglueError
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import display_path, read_text
from iamglue.infer.policy import infer_policies
from iamglue.model.inference import Inference
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.document_size import check_document_sizes
from iamglue.readers.policy_texts import is_spec, read_policies
from iamglue.readers.role_policies import role_policies


@click.command("policy", cls=HelpCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--name", metavar="NAME", help="Name of the function; by default that of its log group, or of the file.")
@click.option("--role", metavar="NAME", help="Role, or policy, of files that have several.")
@output_options
def infer_policy(
    files: tuple[str, ...], name: str | None, role: str | None, format: str, output: str | None, strict: bool
) -> ExitCode:
    """Write the spec of a function whose role has the policies in FILE.

    FILE is a policy in JSON or YAML, output of the AWS CLI, a template, or -
    for stdin; several files are policies of the same role. The policy that
    `generate` writes for the spec is compared with the given ones: what it
    allows more or less is reported with an example.
    """
    read = read_input_digests(files, output)
    policies, left_out = role_policies([_parse_file(path) for path in files], role)
    result = infer_policies(policies, name)
    inference = Inference((result.function,), (*left_out, *result.changes))
    return deliver(inference, format, output, read, strict=strict)


def _parse_file(path: str) -> ParsedFile:
    """The policies of a file. Raises IamglueError for a spec, and for a policy that is too large."""
    text, name = read_text(path), display_path(path)
    if is_spec(text):
        raise IamglueError(f"{name} is a spec already", hint="give a policy, a template or output of the AWS CLI")
    file = read_policies(name, text, None, ParameterValues())
    check_document_sizes(file)
    return file
