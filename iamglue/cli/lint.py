"""`iamglue lint`: check every policy in files in one run, and fix them."""

from __future__ import annotations

import gc
from copy import copy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from iamglue.cli.color import paint_diff, paint_report
from iamglue.cli.completion_values import complete_rules
from iamglue.cli.config import Config, read_config
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.lint_files import FileResult, LintJob, lint_paths, merge_results, with_unread_files
from iamglue.cli.lint_fixes import write_fixed_files
from iamglue.cli.lint_next_step import print_missing_policies, print_next_step
from iamglue.cli.lint_report import render_lint_report
from iamglue.cli.output import VERBATIM_FORMAT, escape_for_format, print_data, replace_files
from iamglue.cli.own_rules import read_run_rules
from iamglue.cli.progress import show_progress
from iamglue.cli.set_option import parse_setting
from iamglue.cli.stderr import print_error, print_line, print_lines, print_note
from iamglue.cli.suppressions import apply_configured_suppressions
from iamglue.errors import ExitCode, worst_exit_code
from iamglue.files.atomic_write import InputDigests
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import STDIN
from iamglue.findings import Report, Severity
from iamglue.formats.reports.report import FORMATS, FORMATS_WITH_EDITS
from iamglue.formats.reports.report_text import summary_line
from iamglue.formats.words.labelled_lines import count_text
from iamglue.lint.selection import RuleSelection, parse_rule_names
from iamglue.model.own_rule_set import OwnRules
from iamglue.model.suppressions import apply_baseline
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.policy.trust_zone import parse_trust_zone
from iamglue.readers.policy_paths import PolicyPaths, find_policy_paths

_TYPES = ("auto", *(item.value for item in PolicyType))
_FAIL_ON = tuple(item.value for item in Severity)


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of the command line."""

    paths: tuple[str, ...]
    type: str | None
    format: str
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str | None
    pedantic: bool
    fix: bool
    unsafe_fixes: bool
    diff: bool
    settings: tuple[str, ...]
    trust: tuple[str, ...]
    baseline: str | None
    write_baseline: str | None
    stdin_filename: str | None
    staged: bool
    changed_since: str | None
    output: str | None
    jobs: int | None
    rules: tuple[str, ...]


@click.command(cls=HelpCommand)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--type", type=click.Choice(_TYPES), help="Type of the policies, where a file does not say it.")
@click.option(
    "--format", type=click.Choice(FORMATS), default="text", show_default=True, help="The format of the report."
)
@click.option(
    "--select",
    metavar="RULE",
    multiple=True,
    shell_complete=complete_rules,
    help="Run only these rules: names, AWS codes, breadth.",
)
@click.option("--ignore", metavar="RULE", multiple=True, shell_complete=complete_rules, help="Skip these rules.")
@click.option("--fail-on", type=click.Choice(_FAIL_ON), help="Exit 1 for this severity and above; default: warning.")
@click.option("--rules", metavar="FILE", multiple=True, help="Also check the rules of this rule file; repeatable.")
@click.option("--pedantic", is_flag=True, help="Also run rules that are useful but noisy.")
@click.option("--fix", is_flag=True, help="Apply safe fixes: proved to allow nothing new.")
@click.option("--unsafe-fixes", is_flag=True, help="Also apply fixes that may change what is allowed.")
@click.option("--diff", is_flag=True, help="Show the fixes as a diff; write no file.")
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="Value to substitute for placeholder NAME in fixes."
)
@click.option(
    "--trust",
    metavar="ACCOUNT|ORG|self",
    multiple=True,
    help="Report access from outside these accounts and organizations; repeatable.",
)
@click.option("--baseline", metavar="FILE", help="Skip the findings that this file lists.")
@click.option("--write-baseline", metavar="FILE", help="Write all findings to a baseline file, and exit 0.")
@click.option("--stdin-filename", metavar="PATH", help="File name to use for stdin in reports.")
@click.option("--staged", is_flag=True, help="Check the staged files, as they are staged in Git.")
@click.option("--changed-since", metavar="REV", help="Check the files that changed since the branch left REV.")
@click.option("-o", "--output", metavar="FILE", help="Write the report to a file instead of stdout.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Number of processes; default: one per CPU core.")
def lint(**given: Any) -> ExitCode:
    """Check IAM policies in files, and optionally fix them.

    PATH is a file, a directory, or - for stdin: policies as JSON or YAML, as
    the AWS CLI prints them, CloudFormation, SAM and Serverless Framework
    templates, Terraform files and plans, and specs. With --staged and
    --changed-since, the default is all such files of the working directory.
    """
    gc.disable()  # parsed files have no reference cycles; searching for cycles costs as much as parsing
    options = _Options(**given)
    config = read_config()
    _check_options(options)
    job, file_paths, inputs, results = _lint_files(options, config)
    unreadable = [*file_paths.unreadable, *(result.unreadable for result in results if result.unreadable is not None)]
    for problem in unreadable:
        print_error(f"{problem.location}: {problem.message}", problem.hint)
    for path, kind in file_paths.skipped:
        print_note(f"{path}: it is {kind}, not a file, and was not read")
    results = _deliver_fixes(results, options)
    report = _build_report(results, options, config, job.today)
    if options.write_baseline:
        from iamglue.lint.baseline import baseline_report, baseline_text  # noqa: PLC0415 - startup: seldom asked for

        text = baseline_text(baseline_report(report, config.base))
        replace_files({Path(options.write_baseline): text}, as_read=inputs)
        print_note(f"wrote {count_text(len(report.findings), 'finding')} to {options.write_baseline}")
        return ExitCode.USAGE if unreadable else ExitCode.OK
    # As text, the errors stand on stderr already.
    delivered = report if options.format == "text" else with_unread_files(report, unreadable)
    _deliver_report(delivered, results, options, inputs, len(unreadable), job.selection.own_rules)
    fail_on = Severity(options.fail_on) if options.fail_on else config.fail_on or Severity.WARNING
    changes = options.diff and any(result.fix_count for result in results)
    ranked = ExitCode.FINDINGS if report.has_severity_at_least(fail_on) or changes else ExitCode.OK
    failed = ExitCode.NOT_EVALUATED if report.has_failures else ExitCode.OK
    return worst_exit_code([ranked, failed, ExitCode.USAGE if unreadable else ExitCode.OK])


def _lint_files(options: _Options, config: Config) -> tuple[LintJob, PolicyPaths, InputDigests, list[FileResult]]:
    """The job, the paths of the files, the digests of inputs that may be overwritten, and the results.

    Inputs are digested before they are read.
    """
    earlier = (*options.rules, *config.rules, options.baseline, config.baseline)
    outputs = (options.output, options.write_baseline)
    if options.staged:
        from iamglue.cli.lint_git import staged_policy_paths  # noqa: PLC0415 - startup: only with --staged

        inputs = read_input_digests(earlier, *outputs)
        job = _build_job(options, config)
        with staged_policy_paths(options.paths or (".",), config) as file_paths:
            return job, file_paths, inputs, _lint_paths(file_paths, job, options)
    if options.changed_since is not None:
        from iamglue.cli.lint_git import changed_policy_paths  # noqa: PLC0415 - startup: only with --changed-since

        file_paths = changed_policy_paths(options.changed_since, options.paths or (".",), config)
    else:
        file_paths = find_policy_paths(options.paths, config.exclude, config.base)
    inputs = read_input_digests((*file_paths.paths, *earlier), *outputs)
    job = _build_job(options, config)
    return job, file_paths, inputs, _lint_paths(file_paths, job, options)


def _lint_paths(file_paths: PolicyPaths, job: LintJob, options: _Options) -> list[FileResult]:
    with show_progress("checking files") as report_progress:
        return lint_paths(file_paths.paths, job, options.jobs, report_progress)


def _check_options(options: _Options) -> None:
    """Raises UsageError for options that are missing or cannot be combined."""
    if options.staged or options.changed_since is not None:
        from iamglue.cli.lint_git import check_git_options  # noqa: PLC0415 - startup: only with these options

        check_git_options(
            options.paths,
            "--staged" if options.staged else "--changed-since",
            has_both=options.staged and options.changed_since is not None,
            has_fixes=options.fix or options.unsafe_fixes or options.diff,
            has_new_baseline=options.write_baseline is not None,
        )
    elif not options.paths:
        raise click.UsageError("expected a PATH: a file, a directory, or - for stdin")
    if options.stdin_filename and STDIN not in options.paths:
        raise click.UsageError("--stdin-filename needs - as a PATH: it names the text of stdin")
    if STDIN in options.paths and len(options.paths) > 1 and (options.fix or options.unsafe_fixes or options.diff):
        raise click.UsageError("with fixes, - must be the only PATH: the fixed text goes to stdout")


def default_lint_job(config: Config) -> LintJob:
    """The job of `iamglue lint` without options. Raises IamglueError for an error in the configuration."""
    # A copy, because a command keeps the help option of its first context, which is that of `iamglue`.
    with copy(lint).make_context("lint", [STDIN]) as context:
        return _build_job(_Options(**context.params), config)


def _build_job(options: _Options, config: Config) -> LintJob:
    """What to check and how; options precede the configuration, except that `--ignore` adds to it."""
    select = options.select or config.select
    own_rules = read_run_rules(options.rules, config)
    selection = RuleSelection(
        parse_rule_names(_split_names(select), "--select", own_rules),
        parse_rule_names((*_split_names(options.ignore), *config.ignore), "--ignore", own_rules),
        options.pedantic or config.pedantic,
        own_rules=own_rules,
    )
    trust = options.trust or config.trust
    parse_trust_zone(trust)  # an error in it is that of the run, not of each policy
    settings = ParameterValues((*map(parse_setting, options.settings), *config.settings), trust)
    kind = None if options.type in (None, "auto") else PolicyType(str(options.type))
    return LintJob(
        selection,
        kind or (config.type if options.type is None else None),
        settings,
        config.per_file,
        date.today(),  # noqa: DTZ011 - the day that the writer of `until` meant
        fixes=options.fix or options.unsafe_fixes or options.diff,
        unsafe=options.unsafe_fixes,
        stdin_filename=options.stdin_filename,
        text_edits=options.format in FORMATS_WITH_EDITS,
    )


def _split_names(names: tuple[str, ...]) -> list[str]:
    return [name for listed_names in names for name in listed_names.split(",") if name]


def _build_report(results: list[FileResult], options: _Options, config: Config, today: date) -> Report:
    """The report of all files without what the configuration or a baseline suppresses."""
    report = merge_results(results)
    report = apply_configured_suppressions(report, config.suppressions, today, {result.path for result in results})
    baseline = options.baseline or (None if options.write_baseline else config.baseline)
    if not baseline:
        return report
    from iamglue.lint.baseline import baseline_report, read_baseline  # noqa: PLC0415 - startup: seldom asked for

    return apply_baseline(report, read_baseline(baseline), baseline_report(report, config.base))


def _deliver_fixes(results: list[FileResult], options: _Options) -> list[FileResult]:
    """Write the fixed files, or show the fixes. A file that changed in the meantime is skipped."""
    for result in results:
        for finding in result.unproved:
            print_note(f"{finding.span.path}:{finding.span.line}: left as it is, since nothing proves the fix safe")
    if options.diff:
        print_data("".join(result.diff for result in results), "text", paint_diff)
    else:
        results = write_fixed_files(
            [result for result in results if result.fix_count and result.path != STDIN], results
        )
        print_data(
            "".join(result.fixed_text for result in results if result.path == STDIN and result.is_fixed),
            VERBATIM_FORMAT,
        )
    changed = [result for result in results if result.fix_count]
    for line in (line for result in changed for line in result.growth):
        print_line(line)
    fix_count = sum(result.fix_count for result in changed)
    if fix_count:
        print_line(f"{'would fix' if options.diff else 'fixed'} {fix_count} in {count_text(len(changed), 'file')}")
    return results


def _deliver_report(
    report: Report,
    results: list[FileResult],
    options: _Options,
    inputs: InputDigests,
    unreadable_count: int,
    own_rules: OwnRules,
) -> None:
    """Write the report to the file of -o, or print it with the summary and the next step."""
    text = escape_for_format(render_lint_report(report, options.format, own_rules), options.format)
    is_fixing = options.diff or (options.paths == (STDIN,) and (options.fix or options.unsafe_fixes))
    if options.output not in (None, STDIN):
        replace_files({Path(str(options.output)): text}, as_read=inputs)
    elif is_fixing:
        print_lines(text.rstrip("\n")) if text else None
    else:
        print_data(text, options.format, paint_report)
    if options.format in ("text", "github"):
        print_line(f"{summary_line(report)}{f'; {unreadable_count} could not be read' if unreadable_count else ''}")
    if options.format == "text" and options.output is None and not is_fixing:
        print_next_step(report, options.paths)
    paths_without_policies = [
        result.path
        for result in results
        if not (result.report.policy_count or result.report.not_evaluated) and result.unreadable is None
    ]
    if paths_without_policies and not report.policy_count and not report.findings:
        print_missing_policies(paths_without_policies)
