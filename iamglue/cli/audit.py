"""`iamglue audit`: what deployed functions may do, against what they need."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iamglue.audit.run import AuditSelection
from iamglue.audit.run import audit as judge
from iamglue.aws.collect_request import CollectRequest
from iamglue.cli.audit_sources import (
    AuditSources,
    collect_usage,
    common_location_settings,
    read_accounts,
    with_evaluation_time,
)
from iamglue.cli.config import Config, read_config
from iamglue.cli.output import escape_for_format, print_data, replace_files, write_tree
from iamglue.cli.stderr import print_line, print_note
from iamglue.errors import ExitCode, IamglueError, worst_exit_code
from iamglue.files.atomic_write import InputDigests
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import STDIN
from iamglue.findings import Severity
from iamglue.formats.reports.audit import FORMATS, render_audit
from iamglue.formats.words.audit_words import audit_summary
from iamglue.lint.baseline import baseline_text, read_baseline, read_report_as_baseline
from iamglue.model.account import Account
from iamglue.model.role_context import AuditResult
from iamglue.model.suppressions import apply_baseline, apply_suppressions
from iamglue.policy.document import policy_json

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.spec import SpecFunction

_FAIL_ON = tuple(each.value for each in Severity)


@dataclass(frozen=True, slots=True)
class _Options:
    """The options as given."""

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


@click.command()
@click.option("--function", metavar="NAME", multiple=True, help="A deployed function, by name or ARN.")
@click.option("--role", metavar="NAME", multiple=True, help="A role, by name or ARN.")
@click.option("--all", "everything", is_flag=True, help="Every function of the account and Region.")
@click.option("--input", metavar="FILE", multiple=True, help="What --save or get-account-authorization-details wrote.")
@click.option("--functions", metavar="FILE", help="With --input: what `aws lambda list-functions` wrote.")
@click.option("--template", metavar="FILE", multiple=True, help="A template or plan, before it is deployed.")
@click.option("--spec", metavar="SPEC", multiple=True, help="What the functions are meant to do.")
@click.option("--usage", metavar="FILE", help="What they did, in JSON (see docs/audit.md).")
@click.option("--last-accessed", is_flag=True, help="Ask IAM when each role last used what.")
@click.option("--region", metavar="REGION", help="The Region of the functions.")
@click.option("--profile", metavar="NAME", help="The profile of the AWS configuration to use.")
@click.option("--endpoint-url", metavar="URL", help="Another endpoint than AWS's.")
@click.option("--assume-role", metavar="ARN", multiple=True, help="Assume this role first; one option an account.")
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("-o", "--output", metavar="FILE", help="Write the report into a file instead of stdout.")
@click.option("--fail-on", type=click.Choice(_FAIL_ON), help="Exit 1 from this severity on; default: warning.")
@click.option("--suggest", metavar="DIR", help="Write replacement policies, and scripts that put them in place.")
@click.option("--save", metavar="FILE", help="Write what was collected, for --input.")
@click.option("--resume", metavar="FILE", help="With --all: keep here what was read, and go on from it.")
@click.option("--only-new", metavar="REPORT", help="Leave out what this earlier JSON report holds.")
@click.option("--baseline", metavar="FILE", help="Leave out the findings that this file holds.")
@click.option("--write-baseline", metavar="FILE", help="Write all findings into a baseline, and exit 0.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="The value of a parameter of the spec.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes at most; default: one a core.")
@click.option("--account", metavar="ID", help="With --print-policy: the account that is to be audited.")
@click.option("--print-policy", is_flag=True, help="Print the policy that the audit itself needs.")
def audit(**given: Any) -> ExitCode:
    """Find what deployed functions' roles grant beyond their need.

    Reads AWS, never writes to it: the roles of functions with all their
    policies, boundary, SCPs, triggers and URLs; or, offline, what was saved,
    an account's authorization details, or templates and plans.
    """
    gc.disable()  # what is read holds no circles, and looking for them takes long
    options = _Options(**given)
    if options.print_policy:
        return _print_policy(options)
    _check(options)
    config = read_config()
    read = _as_read(options, config)
    specs = _specs(options)
    sources = _sources(options, specs)
    usage, accounts = collect_usage(sources, read_accounts(sources))
    if options.save:
        _save(accounts, options.save, read)
    chosen = AuditSelection(frozenset(options.function), frozenset(options.role))
    found = judge(with_evaluation_time(accounts), specs, usage, chosen, processes=options.jobs or os.cpu_count() or 1)
    if options.write_baseline:
        return _write_baseline(found, options.write_baseline, read)
    found = _left_out(found, options, config)
    if options.suggest:
        found = _suggested(found, Path(options.suggest), read)
    _deliver(found, options, read)
    gc.freeze()  # when Python ends, it would look for circles after all
    fail_on = Severity(options.fail_on) if options.fail_on else config.fail_on or Severity.WARNING
    return worst_exit_code(
        [
            ExitCode.FINDINGS if found.report.has_severity_at_least(fail_on) else ExitCode.OK,
            ExitCode.NOT_EVALUATED if found.report.has_failures else ExitCode.OK,
        ]
    )


def _check(options: _Options) -> None:
    live = options.function or options.role or options.everything
    offline = options.input or options.template
    if not live and not offline:
        raise click.UsageError("what is to be audited? give --function, --role, --all, --input or --template")
    if options.everything and offline:
        raise click.UsageError("--all asks AWS; --input and --template are audited as a whole anyway")
    if options.functions and not options.input:
        raise click.UsageError("--functions goes with --input")
    for name in ("last_accessed", "region", "profile", "endpoint_url", "assume_role", "resume"):
        if getattr(options, name) and offline:
            raise click.UsageError(f"--{name.replace('_', '-')} is for asking AWS, not for --input and --template")
    if options.resume and (not options.everything or len(options.assume_role) > 1):
        raise click.UsageError("--resume goes with --all and one account")
    if options.save and len(options.assume_role) > 1:
        raise click.UsageError("--save writes one account: give one --assume-role")


def _as_read(options: _Options, config: Config) -> InputDigests:
    """What the inputs hold that may be written to."""
    inputs = (*options.input, options.functions, *options.template, *options.spec, options.usage)
    known = (options.baseline, options.only_new, config.baseline)
    return read_input_digests((*inputs, *known), options.output, options.save, options.write_baseline, options.suggest)


def _specs(options: _Options) -> tuple[SpecFunction, ...]:
    if not options.spec and not options.settings:
        return ()
    from iamglue.cli.audit_specs import read_declared_functions  # noqa: PLC0415 - startup: reading specs is slow to import

    return read_declared_functions(options.spec, options.settings, templates=bool(options.template))


def _resources(specs: Sequence[SpecFunction], options: _Options) -> tuple[str, ...]:
    if not specs or options.input or options.template:
        return ()
    from iamglue.cli.audit_specs import spec_resource_arns  # noqa: PLC0415 - startup: as above

    return spec_resource_arns(specs, options.region)


def _sources(options: _Options, specs: Sequence[SpecFunction]) -> AuditSources:
    wanted = CollectRequest(
        options.function,
        options.role,
        options.everything,
        options.region,
        options.profile,
        options.endpoint_url,
        last_accessed=options.last_accessed,
        resources=_resources(specs, options),
        checkpoint=None if options.resume is None else Path(options.resume),
    )
    given = tuple((name, value) for name, _, value in (each.partition("=") for each in options.settings))
    values = (*given, *common_location_settings(specs))
    return AuditSources(
        wanted, options.input, options.functions, options.template, options.assume_role, options.usage, values
    )


def _print_policy(options: _Options) -> ExitCode:
    from iamglue.audit.audit_policy import audit_policy  # noqa: PLC0415 - startup: seldom asked for
    from iamglue.catalog.partitions import infer_partition  # noqa: PLC0415

    partition = infer_partition(options.region or "") or "aws"
    print_data(policy_json(audit_policy(options.account, options.region, partition)), "json")
    return ExitCode.OK


def _save(accounts: Sequence[Account], path: str, read: InputDigests) -> None:
    from iamglue.aws.saved_account import account_text  # noqa: PLC0415 - startup: seldom asked for

    if len(accounts) != 1:
        raise IamglueError(f"--save writes one account, and {len(accounts)} were read")
    replace_files({Path(path): account_text(accounts[0])}, as_read=read, private=True)
    print_note(f"{path} holds what was read: policies, names and ARNs, no credentials")


def _left_out(found: AuditResult, options: _Options, config: Config) -> AuditResult:
    """The audit without what the configuration, a baseline and an earlier report leave out."""
    today = date.today()  # noqa: DTZ011 - the day that the writer of `until` meant
    report, unused = apply_suppressions(found.report, config.suppressions, today)
    for one in unused:
        if not one.is_active(today):
            print_note(
                f"{one.span.path}: the suppression of {', '.join(one.rules)} ({one.reason}) ended on {one.until}"
            )
    if options.baseline:
        report = apply_baseline(report, read_baseline(options.baseline))
    if options.only_new:
        report = apply_baseline(report, read_report_as_baseline(options.only_new))
    if report == found.report:
        return found
    kept = set(map(id, report.findings))
    judged = tuple(
        replace(each, findings=tuple(finding for finding in each.findings if id(finding) in kept))
        for each in found.role_results
    )
    return replace(found, report=report, role_results=judged)


def _write_baseline(found: AuditResult, path: str, read: InputDigests) -> ExitCode:
    replace_files({Path(path): baseline_text(found.report)}, as_read=read)
    print_note(f"{len(found.report.findings)} findings are in {path} now")
    return ExitCode.NOT_EVALUATED if found.report.has_failures else ExitCode.OK


def _suggested(found: AuditResult, folder: Path, read: InputDigests) -> AuditResult:
    """The audit with replacements, which are written as files; nothing is changed in AWS."""
    from iamglue.audit.suggest.suggest import replacement_blocker, suggest_replacement  # noqa: PLC0415
    from iamglue.formats.suggestions.suggestion import suggestion_files  # noqa: PLC0415 - startup: seldom asked for

    judged = []
    texts: dict[Path, str] = {}
    several = len({each.context.role.account for each in found.role_results}) > 1
    for each in found.role_results:
        why_not = replacement_blocker(each.context)
        if why_not is not None:
            print_note(f"role {each.context.role.name}: nothing is suggested: {why_not}")
        with_one = replace(each, replacement=suggest_replacement(each.context))
        judged.append(with_one)
        texts |= {folder / name: text for name, text in suggestion_files(with_one, by_account=several).items()}
    write_tree(texts, folder, as_read=read)
    print_note(f"{len(texts)} files are in {folder}; nothing was changed in AWS")
    return replace(found, role_results=tuple(judged))


def _deliver(found: AuditResult, options: _Options, read: InputDigests) -> None:
    text = escape_for_format(render_audit(found, options.format), options.format)
    if options.output in (None, STDIN):
        print_data(text, options.format)
    else:
        replace_files({Path(str(options.output)): text}, as_read=read)
    if options.format != "text" or options.output not in (None, STDIN):
        print_line(audit_summary(found))
