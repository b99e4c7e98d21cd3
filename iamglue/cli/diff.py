"""`iamglue diff`: exactly what one policy allows that another does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from iamglue import diff as verb
from iamglue.cli.output import print_data
from iamglue.diff import DiffSide
from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.errors import ExitCode, IamglueError
from iamglue.files.text_files import STDIN, display_path
from iamglue.formats.reports.diff import FORMATS, render_diff
from iamglue.model.policy_file import PolicyFile
from iamglue.readers.policy_file import read_policy_files, split_paths


@dataclass(frozen=True, slots=True)
class _Options:
    """The options as given."""

    policies: tuple[str, ...]
    format: str
    against: str | None
    boundary: str | None
    scp: tuple[str, ...]
    function: str | None
    region: str | None
    account: str | None
    partition: str | None
    settings: tuple[str, ...]
    from_aws: bool
    full: bool


@click.command()
@click.argument("policies", nargs=-1, required=True, metavar="OLD NEW")
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("--full", is_flag=True, help="Show all of a long difference, not the first 60 lines of text.")
@click.option("--against", metavar="SPEC", help="In place of OLD: what this spec needs; then give one policy.")
@click.option("--boundary", metavar="FILE", help="A permissions boundary that holds on both sides.")
@click.option("--scp", metavar="FILE", multiple=True, help="Service control policies of one level, on both sides.")
@click.option("--function", metavar="NAME", help="With --against: the function of the spec.")
@click.option("--region", metavar="REGION", help="With --against: the function's Region.")
@click.option("--account", metavar="ID", help="With --against: the function's account.")
@click.option("--partition", metavar="NAME", help="With --against: the partition.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="With --against: a parameter's value.")
@click.option("--from-aws", is_flag=True, help="With --against: ask AWS STS for the account.")
def diff(**given: Any) -> ExitCode:
    """Show exactly what the policy NEW allows that OLD does not, and the reverse.

    Each is a file of JSON or YAML, several files joined with + that hold
    together, or - for stdin. Each difference is shown as a statement with a
    request that NEW allows and OLD does not. Exit code 0: NEW allows nothing
    that OLD does not; 1: it does, or it could not be decided.
    """
    options = _Options(**given)
    _check(options)
    old = _needed(options) if options.against else _side(options.policies[0])
    new = _side(options.policies[-1])
    limits = [read_policy_files(paths) for paths in (options.boundary, *options.scp) if paths is not None]
    found = verb.compare_policies(old, new, limits)
    print_data(render_diff(found, options.format, full=options.full), options.format)
    return ExitCode.OK if found.added.comparison.answer is ComparisonAnswer.NO_NEW_ACCESS else ExitCode.FINDINGS


def _check(options: _Options) -> None:
    wanted = 1 if options.against else 2
    if len(options.policies) != wanted:
        what = "one policy beside --against SPEC" if options.against else "two policies, OLD and NEW"
        raise click.UsageError(f"expected {what}, found {len(options.policies)}")
    for name in ("function", "region", "account", "partition", "settings", "from_aws"):
        if getattr(options, name) and not options.against:
            raise click.UsageError(f"--{name.replace('settings', 'set').replace('_', '-')} goes with --against SPEC")
    read = [*options.policies, *options.scp, *filter(None, (options.boundary, options.against))]
    if sum(name == STDIN for paths in read for name in split_paths(paths)) > 1:
        raise click.UsageError("- stands for stdin, which can be read once only")


def _side(paths: str) -> DiffSide:
    return DiffSide(" + ".join(map(display_path, split_paths(paths))), read_policy_files(paths))


def _needed(options: _Options) -> DiffSide:
    """What the spec's function needs, as a side."""
    from iamglue.cli.deployment_target import TargetFlags  # noqa: PLC0415 - reading specs is slow to import
    from iamglue.cli.spec_permission_sets import spec_permission_sets  # noqa: PLC0415

    path = str(options.against)
    flags = TargetFlags(options.region, options.account, options.partition, options.from_aws)
    bundles = spec_permission_sets(path, options.function, options.settings, flags)
    if len(bundles) > 1:
        names = ", ".join(bundle.function for bundle in bundles)
        raise IamglueError(f"{display_path(path)} has {len(bundles)} functions", hint=f"give --function: {names}")
    files = tuple(PolicyFile(display_path(path), named.policy) for named in bundles[0].policies)
    return DiffSide(display_path(path), files, is_spec=True)
