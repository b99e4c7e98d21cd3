"""`iamglue infer record`: from a recording of tests to a spec."""

from __future__ import annotations

import json

import click

from iamglue.cli.help_command import HelpCommand
from iamglue.cli.infer_output import write_output
from iamglue.errors import ExitCode, Location
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import display_path, read_text
from iamglue.formats.policies.spec_text import commented_spec_text
from iamglue.infer.code.json_report import code_report
from iamglue.infer.code.spec import code_spec, function_name
from iamglue.infer.recording.recorded_access import recorded_access
from iamglue.model.spec import SpecFunction
from iamglue.recording.record_file import read_record

_HEAD = ("Recorded while the tests ran: what no test reaches is missing.",)


@click.command("record", cls=HelpCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--name", metavar="NAME", help="Name of the function; by default that of the first file.")
@click.option("--format", type=click.Choice(("spec", "json")), default="spec", show_default=True, help="Output format.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of stdout.")
def infer_record(files: tuple[str, ...], name: str | None, format: str, output: str | None) -> ExitCode:
    """Write the spec for what the code called while its tests ran.

    FILE is a recording that `pytest --iamglue-record FILE` wrote; several are
    merged. The tests may use moto or botocore's Stubber; what they mock away is
    not recorded. Comments on each entry name the lines of code and of tests.
    """
    read = read_input_digests(files, output)
    calls = [call for path in files for call in read_record(read_text(path), display_path(path))]
    function = SpecFunction(function_name(name, files), Location(files[0]))
    recorded = recorded_access(calls)
    if format == "json":
        write_output(json.dumps(code_report(recorded), indent=2) + "\n", "json", output, read)
        return ExitCode.OK
    write_output(commented_spec_text([code_spec(recorded, function)], _HEAD), "yaml", output, read)
    return ExitCode.OK
