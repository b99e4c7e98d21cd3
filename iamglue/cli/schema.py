"""`iamglue schema`: prints the JSON Schema of the spec, or of a rule file."""

from __future__ import annotations

import click

from iamglue.cli.output import print_data
from iamglue.errors import ExitCode
from iamglue.formats.reports.readable_json import readable_json

_SPEC, _RULES = "spec", "rules"


@click.command()
@click.argument("name", type=click.Choice((_SPEC, _RULES)), default=_SPEC)
def schema(name: str) -> ExitCode:
    """Print the JSON Schema of the spec, or of a rule file, for editors.

    NAME is spec (the default) or rules. For validation in an editor with the
    YAML language server, begin a file with the comment
    `# yaml-language-server: $schema=PATH`.
    """
    if name == _RULES:
        from iamglue.readers.own_rules.json_schema import own_rules_schema  # noqa: PLC0415 - startup: one of the two

        print_data(readable_json(own_rules_schema()), "json")
        return ExitCode.OK
    from iamglue.readers.spec.json_schema import spec_schema  # noqa: PLC0415 - startup: as above

    print_data(readable_json(spec_schema()), "json")
    return ExitCode.OK
