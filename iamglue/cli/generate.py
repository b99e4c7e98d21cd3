"""`iamglue generate`: writes the smallest policy that grants what a spec declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from iamglue.cli.deployment_target import TargetFlags
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.input_options import OPTION_NAMES
from iamglue.cli.output import escape_for_format, leftover_files, outdated_files, print_data, replace_files
from iamglue.cli.progress import show_elapsed
from iamglue.cli.spec_permission_sets import spec_functions
from iamglue.cli.stderr import print_line, print_lines, print_note
from iamglue.errors import ExitCode, IamglueError, worst_exit_code
from iamglue.files.atomic_write import InputDigests
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import STDIN
from iamglue.formats.policies.renderer import DOCUMENT_FORMATS, FORMATS, permission_set_files, render_permission_sets
from iamglue.formats.words.single_document import DOCUMENT_KINDS
from iamglue.generate import generate as verb
from iamglue.generate.requirements.schedule_names import check_distinct_schedules, require_schedule_names
from iamglue.model.permission_set import PermissionSet
from iamglue.model.proof_table import ProofTable
from iamglue.model.spec import SpecFunction

_PROOF_CODES = {True: ExitCode.OK, False: ExitCode.FINDINGS, None: ExitCode.NOT_EVALUATED}
_NAMES = replace(
    OPTION_NAMES, parameter_alternative="choose a format that supports parameters: cloudformation, sam, terraform"
)


@dataclass(frozen=True, slots=True)
class _Options:
    """The command line options."""

    spec: str
    function: str | None
    format: str
    only: str
    region: str | None
    account: str | None
    partition: str | None
    settings: tuple[str, ...]
    from_aws: bool
    output: str | None
    check: bool
    explain: bool
    prove: bool
    compact: bool
    report: str | None


@click.command(cls=HelpCommand)
@click.argument("spec")
@click.option("--function", metavar="NAME", help="Only this function of the spec.")
@click.option("--format", type=click.Choice(FORMATS), default="json", show_default=True, help="Output format.")
@click.option(
    "--only",
    type=click.Choice(DOCUMENT_KINDS),
    default="policy",
    show_default=True,
    help="Part to write as JSON or YAML: the identity policy, the trust policy, the invoke permissions, or the "
    "policies required on other accounts' roles and resources.",
)
@click.option("--region", metavar="REGION", help="Region of the function; overrides the spec and AWS_REGION.")
@click.option("--account", metavar="ID", help="Account of the function; overrides the spec.")
@click.option("--partition", metavar="NAME", help="AWS partition, if it cannot be derived from the Region.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="Value of the parameter ${NAME}.")
@click.option("--from-aws", is_flag=True, help="Get the account of the current credentials from AWS STS.")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="Write to a file, or to a directory with one file per function, instead of stdout.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the files at -o are out of date.")
@click.option("--explain", is_flag=True, help="Explain on stderr which line of the spec requires which statement.")
@click.option(
    "--prove",
    is_flag=True,
    help="Prove on stderr that the policy allows what is needed and nothing else; exit 1 if a line of the proof fails, "
    "3 if one is undecided.",
)
@click.option(
    "--report",
    metavar="FILE",
    help="Write what --check, --explain and --prove find to a file as JSON; - is stdout, if the policy goes to a file.",
)
@click.option(
    "--compact",
    is_flag=True,
    help="Write readable wildcards such as s3:Get*Tagging if they make the policy shorter and match no other current "
    "action.",
)
def generate(**values: Any) -> ExitCode:
    """Print the smallest policy that grants what SPEC declares.

    SPEC is a YAML file, or - for stdin. CloudFormation, SAM, Terraform, Serverless Framework and AWS CLI output
    contains role, policy and invoke permissions.
    """
    options = _Options(**values)
    if options.check and options.output in (None, "-"):
        raise click.UsageError("--check compares with the files at -o: give -o PATH")
    _check_report(options)
    flags = TargetFlags(options.region, options.account, options.partition, options.from_aws)
    read = read_input_digests([options.spec], options.output, options.report)
    functions = spec_functions(options.spec, options.function, options.settings, flags, options.format)
    if options.format in DOCUMENT_FORMATS:
        check_distinct_schedules(function for function, _ in functions)
    else:
        require_schedule_names((function for function, _ in functions), options.format)
    permission_sets = tuple(
        verb.generate(function, target, compact=options.compact, names=_NAMES) for function, target in functions
    )
    code, stale = _deliver(permission_sets, options, read)
    codes, proofs = [code], []
    printed: set[str] = set()  # entries that functions share have the same notes
    for (function, _), permission_set in zip(functions, permission_sets, strict=True):
        if options.explain:
            _print_explanation(permission_set)
        for text in (*permission_set.notes, *_counterpart_notes(permission_set, options)):
            if text not in printed:
                print_note(text)
            printed.add(text)
        if options.prove:
            proofs.append(_print_proof(function, permission_set))
            codes.append(_PROOF_CODES[proofs[-1].holds])
    if options.report:
        _write_report(permission_sets, options, stale, proofs, read)
    return worst_exit_code(codes)


def _check_report(options: _Options) -> None:
    """Raises UsageError if there is nothing to report, or no place for the report."""
    if options.report is None:
        return
    if not (options.check or options.explain or options.prove):
        raise click.UsageError("--report has what --check, --explain and --prove find: give one of them")
    if options.report == STDIN and options.output in (None, STDIN):
        raise click.UsageError("--report - needs -o PATH: the policy is written to stdout too")
    if options.output and Path(options.report) == Path(options.output):
        raise click.UsageError("--report and -o name the same file")


def _write_report(
    permission_sets: Sequence[PermissionSet],
    options: _Options,
    stale: Sequence[str],
    proofs: Sequence[ProofTable],
    read: InputDigests,
) -> None:
    """Write the JSON of `--report` to a file or to standard output."""
    from iamglue.formats.reports.generation_json import generation_json  # noqa: PLC0415 - startup: rarely needed

    out_of_date = stale if options.check else None
    text = generation_json(permission_sets, out_of_date=out_of_date, explains=options.explain, proofs=proofs)
    if options.report == STDIN:
        print_data(text, "json")
    else:
        replace_files({Path(str(options.report)): escape_for_format(text, "json")}, as_read=read)


def _counterpart_notes(permission_set: PermissionSet, options: _Options) -> Iterator[str]:
    """Yield a note if a document of the role's policy alone leaves out policies of others, without which it fails."""
    count = len(permission_set.counterparts)
    if count and options.format not in DOCUMENT_FORMATS and options.only == "policy":
        policies = "policy of another role or resource is" if count == 1 else "policies of other roles or resources are"
        yield f"`{permission_set.function}`: {count} {policies} needed too: `--only peers` prints what it must allow"


def _print_explanation(permission_set: PermissionSet) -> None:
    """Print why each statement of a function's policies is there."""
    from iamglue.formats.reports.explain import explanation_text  # noqa: PLC0415 - startup: rarely needed

    print_lines(explanation_text(permission_set))


def _print_proof(function: SpecFunction, permission_set: PermissionSet) -> ProofTable:
    """Prove the permission set, print the proof on stderr, and return it."""
    from iamglue.formats.reports.proof import proof_text  # noqa: PLC0415
    from iamglue.generate.prove import prove  # noqa: PLC0415 - startup: rarely needed

    with show_elapsed("proving the policy"):
        table = prove(function, permission_set)
    print_lines(proof_text(table))
    return table


def _deliver(
    permission_sets: Sequence[PermissionSet], options: _Options, read: InputDigests
) -> tuple[ExitCode, Sequence[str]]:
    """Write the output to stdout, a file or a directory; with --check only compare it: the files that differ."""
    if options.output in (None, "-"):
        print_data(render_permission_sets(permission_sets, options.format, options.only), options.format)
        return ExitCode.OK, ()
    path = Path(options.output)
    folder = path if _is_folder(path, permission_sets, options) else None
    texts = _files(permission_sets, options, path, folder)
    leftovers = leftover_files(texts, folder) if folder else ()
    if options.check:
        stale = (*outdated_files(texts), *leftovers)
        for outdated in stale:
            print_line(f"out of date: {outdated}")
        return (ExitCode.FINDINGS if stale else ExitCode.OK), [str(outdated) for outdated in stale]
    replace_files(texts, folder, as_read=read)
    for leftover in leftovers:
        print_note(f"{leftover} is from an earlier run and is not part of the policy any more")
    return ExitCode.OK, ()


def _is_folder(path: Path, permission_sets: Sequence[PermissionSet], options: _Options) -> bool:
    """True if -o is a directory: it exists, ends with `/`, or is a new name without suffix for several files."""
    if path.is_dir() or str(options.output).endswith("/"):
        return True
    if options.format in DOCUMENT_FORMATS or path.suffix or path.exists():
        return False
    return len(permission_sets) > 1 or len(permission_set_files(permission_sets[0], options.format, options.only)) > 1


def _files(
    permission_sets: Sequence[PermissionSet], options: _Options, path: Path, folder: Path | None
) -> dict[Path, str]:
    """Output texts by path: one document, or the files below `folder`."""
    if folder is None:
        return {path: render_permission_sets(permission_sets, options.format, options.only)}
    if options.format in DOCUMENT_FORMATS:
        raise IamglueError(
            f"{path} is a directory, but {options.format} writes all functions to one document",
            hint="give a file with -o",
        )
    return {
        path / name: text
        for permission_set in permission_sets
        for name, text in permission_set_files(permission_set, options.format, options.only).items()
    }
