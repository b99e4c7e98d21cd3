"""`iamglue diff`: compares what two policies allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from iamglue import diff as verb
from iamglue.cli.color import paint_diff
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import print_data
from iamglue.cli.progress import show_elapsed
from iamglue.diff import DiffSide
from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.errors import ExitCode, IamglueError
from iamglue.files.text_files import STDIN, display_path
from iamglue.formats.reports.diff import FORMATS, render_diff
from iamglue.model.policy_file import PolicyFile
from iamglue.readers.policy_file import read_policy_files, split_paths


@dataclass(frozen=True, slots=True)
class _Options:
    """The command line options."""

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
    trust: tuple[str, ...]


@click.command(cls=HelpCommand)
@click.argument("policies", nargs=-1, required=True, metavar="[OLD] NEW")
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@click.option("--full", is_flag=True, help="Show the whole difference, not only the first 60 lines of text.")
@click.option("--against", metavar="SPEC", help="Compare one policy with what this spec needs, instead of OLD.")
@click.option(
    "--trust",
    metavar="ACCOUNT|ORG|self",
    multiple=True,
    help="Show what one resource-based policy allows outside these accounts and organizations; repeatable.",
)
@click.option("--boundary", metavar="FILE", help="Permissions boundary for both sides.")
@click.option("--scp", metavar="FILE", multiple=True, help="SCPs of one organization level for both sides; repeatable.")
@click.option("--function", metavar="NAME", help="With --against: function of the spec.")
@click.option("--region", metavar="REGION", help="With --against: Region of the function.")
@click.option(
    "--account",
    metavar="ID",
    help="With --against: account of the function; with --trust: account of the resource.",
)
@click.option("--partition", metavar="NAME", help="With --against: AWS partition.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="With --against: value of a parameter.")
@click.option("--from-aws", is_flag=True, help="With --against: get the account from AWS STS.")
def diff(**values: Any) -> ExitCode:
    """Show exactly what the policy NEW allows that OLD does not, and the reverse.

    OLD and NEW are JSON or YAML files, several files joined with + that apply
    together, or - for stdin. Each difference is shown as a statement with an
    example request. Exit code 0: NEW allows nothing that OLD does not; 1: it
    does, or this could not be decided.

    With --trust, NEW is a resource-based policy or trust policy, and there is
    no OLD: shown is who outside the zone of trust may do what, as public,
    cross-account, cross-organization or unknown. A zone is account IDs,
    organization IDs (o-...), paths of an organization (o-.../r-.../ou-...),
    and self, the account of the resource. Exit code 0: nobody outside may do
    anything; 1: someone may, or this could not be decided.
    """
    options = _Options(**values)
    if options.trust:
        return _compare_with_trust(options)
    _check(options)
    old = _spec_side(options) if options.against else _side(options.policies[0])
    new = _side(options.policies[-1])
    limits = [read_policy_files(paths) for paths in (options.boundary, *options.scp) if paths is not None]
    with show_elapsed("comparing the policies"):
        difference = verb.compare_policies(old, new, limits)
    print_data(render_diff(difference, options.format, full=options.full), options.format, paint_diff)
    return ExitCode.OK if difference.added.comparison.answer is ComparisonAnswer.NO_NEW_ACCESS else ExitCode.FINDINGS


def _compare_with_trust(options: _Options) -> ExitCode:
    """Show what one policy allows outside a zone. Raises UsageError for options that compare two policies."""
    from iamglue.cli.trust import compare_with_trust  # noqa: PLC0415 - startup: only with --trust

    if len(options.policies) != 1 or len(split_paths(options.policies[0])) != 1:
        raise click.UsageError("expected one resource-based policy with --trust")
    for name in ("against", "boundary", "scp", "function", "region", "partition", "settings", "from_aws"):
        if getattr(options, name):
            raise click.UsageError(f"--trust cannot be used with {_option_name(name)}")
    return compare_with_trust(options.policies[0], options.trust, options.account, options.format)


def _option_name(name: str) -> str:
    return f"--{name.replace('settings', 'set').replace('_', '-')}"


def _check(options: _Options) -> None:
    """Raises UsageError for a wrong number of policies, or options that require --against."""
    expected_count = 1 if options.against else 2
    if len(options.policies) != expected_count:
        expected = "one policy with --against SPEC" if options.against else "two policies, OLD and NEW"
        raise click.UsageError(f"expected {expected}, got {len(options.policies)}")
    for name in ("function", "region", "account", "partition", "settings", "from_aws"):
        if getattr(options, name) and not options.against:
            raise click.UsageError(f"{_option_name(name)} requires --against SPEC")
    read = [*options.policies, *options.scp, *filter(None, (options.boundary, options.against))]
    if sum(name == STDIN for paths in read for name in split_paths(paths)) > 1:
        raise click.UsageError("- is stdin, which can be read only once")


def _side(paths: str) -> DiffSide:
    return DiffSide(" + ".join(map(display_path, split_paths(paths))), read_policy_files(paths))


def _spec_side(options: _Options) -> DiffSide:
    """The policies that the function of the spec needs."""
    from iamglue.cli.deployment_target import TargetFlags  # noqa: PLC0415 - reading specs is slow to import
    from iamglue.cli.spec_permission_sets import spec_permission_sets  # noqa: PLC0415

    path = str(options.against)
    flags = TargetFlags(options.region, options.account, options.partition, options.from_aws)
    permission_sets = spec_permission_sets(path, options.function, options.settings, flags)
    if len(permission_sets) > 1:
        names = ", ".join(permission_set.function for permission_set in permission_sets)
        raise IamglueError(
            f"{display_path(path)} has {len(permission_sets)} functions", hint=f"choose one with --function: {names}"
        )
    files = tuple(PolicyFile(display_path(path), named.policy) for named in permission_sets[0].policies)
    return DiffSide(display_path(path), files, is_spec=True)
