"""`iamglue schema`: prints the JSON Schema of the spec."""

from __future__ import annotations

import click

from iamglue.cli.output import print_data
from iamglue.errors import ExitCode
from iamglue.formats.reports.readable_json import readable_json
from iamglue.readers.spec.json_schema import spec_schema


@click.command()
def schema() -> ExitCode:
    """Print the JSON Schema of the spec, for editors and validators.

    For validation in an editor with the YAML language server, begin a spec with
    the comment `# yaml-language-server: $schema=PATH`.
    """
    print_data(readable_json(spec_schema()), "json")
    return ExitCode.OK
