"""`iamglue generate`: from a spec to the smallest policy that grants what it declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from iamglue.cli.deployment_target import TargetFlags
from iamglue.cli.output import leftover_files, outdated_files, print_data, replace_files
from iamglue.cli.spec_permission_sets import spec_functions
from iamglue.cli.stderr import print_line, print_lines, print_note
from iamglue.errors import ExitCode, IamglueError, worst_exit_code
from iamglue.files.atomic_write import InputDigests
from iamglue.files.input_digests import read_input_digests
from iamglue.formats.policies.renderer import DOCUMENT_FORMATS, FORMATS, permission_set_files, render_permission_sets
from iamglue.formats.words.single_document import DOCUMENT_KINDS
from iamglue.generate import generate as verb
from iamglue.model.permission_set import PermissionSet
from iamglue.model.spec import SpecFunction


@dataclass(frozen=True, slots=True)
class _Options:
    """The options as given."""

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


@click.command()
@click.argument("spec")
@click.option("--function", metavar="NAME", help="Only this function of the spec.")
@click.option("--format", type=click.Choice(FORMATS), default="json", show_default=True, help="What to write.")
@click.option(
    "--only",
    type=click.Choice(DOCUMENT_KINDS),
    default="policy",
    show_default=True,
    help="Which part JSON and YAML hold: the identity policy, the trust policy, the invoke permissions, or the "
    "halves that belong on other roles and resources.",
)
@click.option("--region", metavar="REGION", help="The function's Region; wins over the spec and AWS_REGION.")
@click.option("--account", metavar="ID", help="The function's account; wins over the spec.")
@click.option("--partition", metavar="NAME", help="The partition, where the Region does not tell it.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="The value of a parameter ${NAME}.")
@click.option("--from-aws", is_flag=True, help="Ask AWS STS which account the credentials at hand are of.")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="Write a file, or with a directory one file for each function, instead of stdout.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if what stands at -o is out of date.")
@click.option("--explain", is_flag=True, help="Say on stderr which line of the spec asks for which statement.")
@click.option(
    "--prove",
    is_flag=True,
    help="Prove on stderr that the policy is enough and no more; exit 1 if a line of the proof fails, 3 if one is "
    "undecided.",
)
@click.option(
    "--compact",
    is_flag=True,
    help="Write readable wildcards such as s3:Get*Tagging where they make the policy shorter and match no other action "
    "of today.",
)
def generate(**given: Any) -> ExitCode:
    """Print the smallest policy that grants what SPEC declares.

    SPEC is a YAML file, or - for stdin. CloudFormation, SAM, Terraform, Serverless Framework and AWS CLI output
    holds role, policy and invoke permissions together.
    """
    options = _Options(**given)
    if options.check and options.output in (None, "-"):
        raise click.UsageError("--check compares with what stands at -o: give -o PATH")
    flags = TargetFlags(options.region, options.account, options.partition, options.from_aws)
    read = read_input_digests([options.spec], options.output)
    functions = spec_functions(options.spec, options.function, options.settings, flags, options.format)
    bundles = tuple(verb.generate(function, choice, compact=options.compact) for function, choice in functions)
    codes = [_deliver(bundles, options, read)]
    for (function, _), bundle in zip(functions, bundles, strict=True):
        if options.explain:
            _explain(bundle)
        for text in bundle.notes:
            print_note(text)
        if options.prove:
            codes.append(_proved(function, bundle))
    return worst_exit_code(codes)


def _explain(bundle: PermissionSet) -> None:
    from iamglue.formats.reports.explain import explanation_text  # noqa: PLC0415 - startup: seldom asked for

    print_lines(explanation_text(bundle))


def _proved(function: SpecFunction, bundle: PermissionSet) -> ExitCode:
    from iamglue.formats.reports.proof import proof_text  # noqa: PLC0415
    from iamglue.generate.prove import prove  # noqa: PLC0415 - startup: seldom asked for, as is what writes it

    table = prove(function, bundle)
    print_lines(proof_text(table))
    return {True: ExitCode.OK, False: ExitCode.FINDINGS, None: ExitCode.NOT_EVALUATED}[table.holds]


def _deliver(bundles: Sequence[PermissionSet], options: _Options, read: InputDigests) -> ExitCode:
    if options.output in (None, "-"):
        print_data(render_permission_sets(bundles, options.format, options.only), options.format)
        return ExitCode.OK
    path = Path(options.output)
    folder = path if _is_folder(path, bundles, options) else None
    texts = _files(bundles, options, path, folder)
    old = leftover_files(texts, folder) if folder else ()
    if options.check:
        stale = (*outdated_files(texts), *old)
        for each in stale:
            print_line(f"out of date: {each}")
        return ExitCode.FINDINGS if stale else ExitCode.OK
    replace_files(texts, folder, as_read=read)
    for each in old:
        print_note(f"{each} is of an earlier run and no part of the policy now")
    return ExitCode.OK


def _is_folder(path: Path, bundles: Sequence[PermissionSet], options: _Options) -> bool:
    """Whether -o names a directory: it is one, is written as one, or is new where several files are needed."""
    if path.is_dir() or str(options.output).endswith("/"):
        return True
    if options.format in DOCUMENT_FORMATS or path.suffix or path.exists():
        return False
    return len(bundles) > 1 or len(permission_set_files(bundles[0], options.format, options.only)) > 1


def _files(bundles: Sequence[PermissionSet], options: _Options, path: Path, folder: Path | None) -> dict[Path, str]:
    if folder is None:
        return {path: render_permission_sets(bundles, options.format, options.only)}
    if options.format in DOCUMENT_FORMATS:
        raise IamglueError(
            f"{path} is a directory: {options.format} holds all functions in one document",
            hint="give a file with -o",
        )
    return {
        path / name: text
        for bundle in bundles
        for name, text in permission_set_files(bundle, options.format, options.only).items()
    }
