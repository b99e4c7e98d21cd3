"""`iamglue audit`: compares the permissions of deployed functions with what they need."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iamglue.audit.causes import merge_by_cause
from iamglue.audit.run import AuditSelection
from iamglue.audit.run import audit as judge
from iamglue.aws.collect_request import CollectRequest
from iamglue.cli.audit_delivery import AuditDelivery
from iamglue.cli.audit_files import save_account, write_baseline, write_suggestions
from iamglue.cli.audit_sources import (
    AuditSources,
    collect_usage,
    common_location_settings,
    read_accounts,
    with_evaluation_time,
)
from iamglue.cli.config import Config, read_config
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import print_data
from iamglue.cli.own_rules import read_run_rules
from iamglue.cli.progress import show_progress
from iamglue.cli.set_option import split_setting
from iamglue.cli.suppressions import apply_configured_suppressions
from iamglue.errors import ExitCode, worst_exit_code
from iamglue.files.atomic_write import InputDigests
from iamglue.files.input_digests import read_input_digests
from iamglue.findings import Severity
from iamglue.formats.reports.audit import FORMATS, GRAPH_FORMATS
from iamglue.lint.baseline import read_baseline, read_report_as_baseline
from iamglue.model.escalation_map import RouteOwners
from iamglue.model.role_context import AuditResult
from iamglue.model.suppressions import apply_baseline
from iamglue.model.written_roles import result_with_written_names
from iamglue.policy.document import policy_json

if TYPE_CHECKING:  # startup: only needed with --spec
    from iamglue.model.spec import SpecFunction

_FAIL_ON = tuple(severity.value for severity in Severity)


@dataclass(frozen=True, slots=True)
class _Options:
    """The command line options."""

    function: tuple[str, ...]
    role: tuple[str, ...]
    everything: bool
    input: tuple[str, ...]
    functions: str | None
    template: tuple[str, ...]
    spec: tuple[str, ...]
    usage: str | None
    last_accessed: bool
    region: str | None
    profile: str | None
    endpoint_url: str | None
    assume_role: tuple[str, ...]
    format: str
    graph: str | None
    output: str | None
    fail_on: str | None
    suggest: str | None
    save: str | None
    resume: str | None
    only_new: str | None
    baseline: str | None
    write_baseline: str | None
    settings: tuple[str, ...]
    account: str | None
    jobs: int | None
    print_policy: bool
    rules: tuple[str, ...]
    verbose: bool


@click.command(cls=HelpCommand)
@click.option(
    "--function", metavar="NAME", multiple=True, help="Audit this deployed function (name or ARN); repeatable."
)
@click.option("--role", metavar="NAME", multiple=True, help="Audit this role (name or ARN); repeatable.")
@click.option("--all", "everything", is_flag=True, help="Audit all functions of the account and Region.")
@click.option(
    "--input",
    metavar="FILE",
    multiple=True,
    help="Read a file written by --save or by `aws iam get-account-authorization-details`.",
)
@click.option("--functions", metavar="FILE", help="With --input: the output of `aws lambda list-functions`.")
@click.option(
    "--template", metavar="PATH", multiple=True, help="Audit a template, plan or directory before it is deployed."
)
@click.option("--spec", metavar="SPEC", multiple=True, help="A spec that declares what the functions need.")
@click.option("--usage", metavar="FILE", help="Actual use of the functions, as JSON (see docs/audit.md).")
@click.option("--last-accessed", is_flag=True, help="Fetch IAM last-accessed data for each role.")
@click.option("--region", metavar="REGION", help="Region of the functions.")
@click.option("--profile", metavar="NAME", help="Profile of the AWS configuration.")
@click.option("--endpoint-url", metavar="URL", help="Use this endpoint instead of AWS's.")
@click.option(
    "--assume-role",
    metavar="ARN",
    multiple=True,
    help="Assume this role first; repeat the option for several accounts.",
)
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@click.option(
    "--graph",
    type=click.Choice(GRAPH_FORMATS),
    help="Write the graph of who can become whom instead of the report.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show every finding in full; a report in a file always does.")
@click.option("-o", "--output", metavar="FILE", help="Write the report to a file instead of stdout.")
@click.option(
    "--fail-on", type=click.Choice(_FAIL_ON), help="Exit 1 for findings at or above this severity; default: warning."
)
@click.option("--rules", metavar="FILE", multiple=True, help="Also check the rules of this rule file; repeatable.")
@click.option("--suggest", metavar="DIR", help="Write replacement policies and scripts that apply them.")
@click.option("--save", metavar="FILE", help="Save the collected data to a file for --input.")
@click.option("--resume", metavar="FILE", help="With --all: checkpoint file; an interrupted run resumes from it.")
@click.option("--only-new", metavar="REPORT", help="Leave out findings of this earlier JSON report.")
@click.option("--baseline", metavar="FILE", help="Leave out the findings of this baseline file.")
@click.option("--write-baseline", metavar="FILE", help="Write all findings to a baseline file and exit 0.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="Value of a parameter of the spec.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Maximum number of processes; default: one per core.")
@click.option("--account", metavar="ID", help="With --print-policy: the account to audit.")
@click.option("--print-policy", is_flag=True, help="Print the policy that `iamglue audit` needs for itself.")
def audit(**values: Any) -> ExitCode:
    """Audit the execution roles of deployed functions.

    Compares what each role allows with what its functions need. Reads from
    AWS and never writes to it: the roles with all policies, boundary and
    SCPs, and the functions with triggers and URLs. Offline, it reads saved
    data, an account's authorization details, or templates and plans.
    """
    gc.disable()  # the data has no reference cycles, and searching for them is slow
    atexit.register(gc.freeze)  # otherwise Python would search for cycles at exit
    options = _Options(**values)
    if options.print_policy:
        return _print_policy(options)
    _check(options)
    config = read_config()
    read = _input_digests(options, config)
    own_rules = read_run_rules(options.rules, config)
    specs = _declared_functions(options)
    sources = _sources(options, specs)
    usage, accounts = collect_usage(sources, read_accounts(sources))
    if options.save:
        save_account(accounts, options.save, read)
    delivery = AuditDelivery(options.format, options.graph, options.output, options.verbose, options.suggest, own_rules)
    routes_of = RouteOwners.NONE if options.write_baseline else delivery.routes_of
    selection = AuditSelection(frozenset(options.function), frozenset(options.role), routes_of)
    processes = options.jobs or os.cpu_count() or 1
    with show_progress("evaluating roles") as report:
        result = judge(
            with_evaluation_time(accounts),
            specs,
            usage,
            selection,
            processes=processes,
            own_rules=own_rules,
            report_progress=report,
        )
    if options.write_baseline:
        return write_baseline(result, options.write_baseline, read)
    result = merge_by_cause(_without_suppressed(result, options, config))
    if options.suggest:
        result = write_suggestions(result, Path(options.suggest), read)
    delivery.write(result_with_written_names(result), read)
    fail_on = Severity(options.fail_on) if options.fail_on else config.fail_on or Severity.WARNING
    return worst_exit_code(
        [
            ExitCode.FINDINGS if result.report.has_severity_at_least(fail_on) else ExitCode.OK,
            ExitCode.NOT_EVALUATED if result.report.has_failures else ExitCode.OK,
        ]
    )


def _check(options: _Options) -> None:
    """Raises UsageError for options that are missing or cannot be combined."""
    live = options.function or options.role or options.everything
    offline = options.input or options.template
    if not live and not offline:
        raise click.UsageError("nothing to audit: give --function, --role, --all, --input or --template")
    if options.everything and offline:
        raise click.UsageError("--all reads from AWS; --input and --template are always audited completely")
    if options.functions and not options.input:
        raise click.UsageError("--functions requires --input")
    for name in ("last_accessed", "region", "profile", "endpoint_url", "assume_role", "resume"):
        if getattr(options, name) and offline:
            raise click.UsageError(
                f"--{name.replace('_', '-')} reads from AWS and is not valid with --input or --template"
            )
    if options.graph and options.format != "text":
        raise click.UsageError("--graph writes the graph instead of the report: give it without --format")
    if options.resume and (not options.everything or len(options.assume_role) > 1):
        raise click.UsageError("--resume requires --all and one account")
    if options.save and len(options.assume_role) > 1:
        raise click.UsageError("--save writes one account: give one --assume-role")


def _input_digests(options: _Options, config: Config) -> InputDigests:
    """Digests of the input files that the command may overwrite."""
    inputs = (*options.input, options.functions, *options.template, *options.spec, options.usage)
    earlier = (options.baseline, options.only_new, config.baseline, *options.rules, *config.rules)
    outputs = (options.output, options.save, options.write_baseline, options.suggest)
    return read_input_digests((*inputs, *earlier), *outputs)


def _declared_functions(options: _Options) -> tuple[SpecFunction, ...]:
    """Functions of the --spec files, with parameters replaced by --set."""
    if not options.spec and not options.settings:
        return ()
    from iamglue.cli.audit_specs import read_declared_functions  # noqa: PLC0415 - startup: reading specs is slow to import

    return read_declared_functions(options.spec, options.settings, templates=bool(options.template))


def _resource_arns(specs: Sequence[SpecFunction], options: _Options) -> tuple[str, ...]:
    """ARNs of resources whose own policies are to be read from AWS; empty offline."""
    if not specs or options.input or options.template:
        return ()
    from iamglue.cli.audit_specs import spec_resource_arns  # noqa: PLC0415 - startup: as above

    return spec_resource_arns(specs, options.region)


def _sources(options: _Options, specs: Sequence[SpecFunction]) -> AuditSources:
    """The sources and the AWS request that the options describe."""
    request = CollectRequest(
        options.function,
        options.role,
        options.everything,
        options.region,
        options.profile,
        options.endpoint_url,
        last_accessed=options.last_accessed,
        resources=_resource_arns(specs, options),
        checkpoint=None if options.resume is None else Path(options.resume),
    )
    values = (*map(split_setting, options.settings), *common_location_settings(specs))
    return AuditSources(
        request, options.input, options.functions, options.template, options.assume_role, options.usage, values
    )


def _print_policy(options: _Options) -> ExitCode:
    """Write the policy that the audit needs in an account and a Region; without them, in all."""
    from iamglue.audit.audit_policy import audit_policy  # noqa: PLC0415 - startup: rarely needed
    from iamglue.catalog.partitions import infer_partition  # noqa: PLC0415

    partition = infer_partition(options.region or "") or "aws"
    print_data(policy_json(audit_policy(options.account, options.region, partition)), "json")
    return ExitCode.OK


def _without_suppressed(result: AuditResult, options: _Options, config: Config) -> AuditResult:
    """The audit without the findings that the configuration, a baseline or an earlier report suppresses."""
    today = date.today()  # noqa: DTZ011 - `until` is a date in the user's time zone
    report = apply_configured_suppressions(result.report, config.suppressions, today)
    if options.baseline:
        report = apply_baseline(report, read_baseline(options.baseline))
    if options.only_new:
        report = apply_baseline(report, read_report_as_baseline(options.only_new))
    if report == result.report:
        return result
    remaining = set(map(id, report.findings))
    role_results = tuple(
        replace(role_result, findings=tuple(finding for finding in role_result.findings if id(finding) in remaining))
        for role_result in result.role_results
    )
    return replace(result, report=report, role_results=role_results)
