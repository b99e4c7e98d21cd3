"""`iamglue lint`: every fault of every policy in files, in one pass, and the fixes."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from iamglue.cli.config import Config, read_config
from iamglue.cli.lint_files import FileResult, LintJob, lint_paths
from iamglue.cli.output import VERBATIM_FORMAT, escape_for_format, print_data, replace_files, replace_unchanged_files
from iamglue.cli.stderr import print_error, print_line, print_lines, print_note
from iamglue.errors import ExitCode, IamglueError, worst_exit_code
from iamglue.files.atomic_write import InputDigests
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import STDIN
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Report, Severity, Subject, merge_reports
from iamglue.formats.reports.report import FORMATS, render_report
from iamglue.formats.reports.report_text import summary_line
from iamglue.lint.selection import RuleSelection, parse_rule_names
from iamglue.model.suppressions import apply_baseline, apply_suppressions
from iamglue.parsed_files import check_parameter_value
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.readers.policy_paths import find_policy_paths

_TYPES = ("auto", *(each.value for each in PolicyType))
_FAIL_ON = tuple(each.value for each in Severity)


@dataclass(frozen=True, slots=True)
class _Options:
    """The options as given."""

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
    baseline: str | None
    write_baseline: str | None
    stdin_filename: str | None
    output: str | None
    jobs: int | None


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--type", type=click.Choice(_TYPES), help="What the policies are, where their file does not tell.")
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("--select", metavar="RULE", multiple=True, help="Only these rules: slugs, AWS codes, breadth.")
@click.option("--ignore", metavar="RULE", multiple=True, help="Not these rules.")
@click.option("--fail-on", type=click.Choice(_FAIL_ON), help="Exit 1 from this severity on; default: warning.")
@click.option("--pedantic", is_flag=True, help="Run rules too that are useful but noisy.")
@click.option("--fix", is_flag=True, help="Make the safe fixes: the policies grant nothing new after them.")
@click.option("--unsafe-fixes", is_flag=True, help="Make the other fixes too: they may change what is granted.")
@click.option("--diff", is_flag=True, help="Write no file: show the fixes as a diff.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="What a fix puts for a placeholder.")
@click.option("--baseline", metavar="FILE", help="Leave out the findings that this file holds.")
@click.option("--write-baseline", metavar="FILE", help="Write all findings into a baseline, and exit 0.")
@click.option("--stdin-filename", metavar="PATH", help="What the text of stdin (-) is called.")
@click.option("-o", "--output", metavar="FILE", help="Write the report into a file instead of stdout.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes at most; default: one a core.")
def lint(**given: Any) -> ExitCode:
    """Find every fault of the policies in files, and mend what can be mended.

    PATH is a file, a directory, or - for stdin: policies as JSON or YAML, as
    the AWS CLI prints them, CloudFormation, SAM and Serverless Framework
    templates, Terraform files and plans, and specs.
    """
    gc.disable()  # nothing that is read goes in circles, and looking for circles takes as long as reading
    options = _Options(**given)
    config = read_config()
    _check(options)
    job = _job(options, config)
    found = find_policy_paths(options.paths, config.exclude)
    inputs = read_input_digests(
        (*found.paths, options.baseline, config.baseline), options.output, options.write_baseline
    )
    looked = lint_paths(found.paths, job, options.jobs)
    unreadable = [*found.unreadable, *(one.unreadable for one in looked if one.unreadable is not None)]
    for problem in unreadable:
        print_error(f"{problem.location}: {problem.message}", problem.hint)
    for path, kind in found.skipped:
        print_note(f"{path}: it is {kind}, not a file, and was not read")
    looked = _with_fixes(looked, options)
    report = _report(looked, options, config, job.today)
    if options.write_baseline:
        from iamglue.lint.baseline import baseline_text  # noqa: PLC0415 - startup: seldom asked for

        replace_files({Path(options.write_baseline): baseline_text(report)}, as_read=inputs)
        print_note(f"{len(report.findings)} findings are in {options.write_baseline} now")
        return ExitCode.USAGE if unreadable else ExitCode.OK
    _deliver(report, looked, options, inputs, len(unreadable))
    fail_on = Severity(options.fail_on) if options.fail_on else config.fail_on or Severity.WARNING
    changes = options.diff and any(one.fix_count for one in looked)
    ranked = ExitCode.FINDINGS if report.has_severity_at_least(fail_on) or changes else ExitCode.OK
    failed = ExitCode.NOT_EVALUATED if report.has_failures else ExitCode.OK
    return worst_exit_code([ranked, failed, ExitCode.USAGE if unreadable else ExitCode.OK])


def _check(options: _Options) -> None:
    if options.stdin_filename and STDIN not in options.paths:
        raise click.UsageError("--stdin-filename names the text of stdin: give - as a PATH")
    if STDIN in options.paths and len(options.paths) > 1 and (options.fix or options.unsafe_fixes or options.diff):
        raise click.UsageError("with fixes, - stands alone: what is mended goes to stdout")


def _job(options: _Options, config: Config) -> LintJob:
    select = options.select or config.select
    selection = RuleSelection(
        parse_rule_names(_split(select), "--select"),
        parse_rule_names((*_split(options.ignore), *config.ignore), "--ignore"),
        options.pedantic or config.pedantic,
    )
    settings = ParameterValues((*map(_setting, options.settings), *config.settings))
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
    )


def _split(names: tuple[str, ...]) -> list[str]:
    return [name for each in names for name in each.split(",") if name]


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise IamglueError(f"--set {text!r}: expected NAME=VALUE")
    return name, check_parameter_value(name, value)


def _report(looked: list[FileResult], options: _Options, config: Config, today: date) -> Report:
    report = merge_reports(one.report for one in looked)
    report, unused = apply_suppressions(report, config.suppressions, today)
    seen = [one.path for one in looked]
    for one in unused:
        if not one.is_active(today) or any(one.path == path for path in seen):
            ended = f"ended on {one.until}" if one.until and not one.is_active(today) else "leaves out nothing"
            print_note(f"{one.span.path}: the suppression of {', '.join(one.rules)} ({one.reason}) {ended}")
    baseline = options.baseline or (None if options.write_baseline else config.baseline)
    if not baseline:
        return report
    from iamglue.lint.baseline import read_baseline  # noqa: PLC0415 - startup: seldom asked for

    return apply_baseline(report, read_baseline(baseline))


def _with_fixes(looked: list[FileResult], options: _Options) -> list[FileResult]:
    """Write what was mended, or show it; a file that changed meanwhile is left alone, and not evaluated."""
    for one in looked:
        for finding in one.unproved:
            print_note(f"{finding.span.path}:{finding.span.line}: left as it is, since nothing proves the fix safe")
    if options.diff:
        print_data("".join(one.diff for one in looked), "text")
    else:
        looked = _written([one for one in looked if one.fix_count and one.path != STDIN], looked)
        print_data("".join(one.fixed_text for one in looked if one.path == STDIN and one.is_fixed), VERBATIM_FORMAT)
    changed = [one for one in looked if one.fix_count]
    for line in (line for one in changed for line in one.growth):
        print_line(line)
    made = sum(one.fix_count for one in changed)
    if made:
        print_line(f"{'would mend' if options.diff else 'mended'} {made} in {len(changed)} files")
    return looked


def _written(changed: list[FileResult], looked: list[FileResult]) -> list[FileResult]:
    """What was looked at, after the files that changed were written."""
    if not changed:
        return looked
    contents = {Path(one.path): one.new_content for one in changed}
    read = {Path(os.path.realpath(one.path)): one.original_digest for one in reversed(changed)}
    left = {*map(str, replace_unchanged_files(contents, read))}
    for one in changed:
        if str(Path(one.path)) in left:
            print_error(f"{one.path} was changed while its faults were mended: it is left as it is now", "run it again")
    return [_left_alone(one) if one.fix_count and str(Path(one.path)) in left else one for one in looked]


def _left_alone(one: FileResult) -> FileResult:
    what, reason = "the file as it is now", "it was changed while its faults were mended, and left alone"
    gap = NotEvaluated(NotEvaluatedKind.FAILED, Subject("file", one.path), what, reason)
    return FileResult(one.path, Report(not_evaluated=(gap,), file_count=1))


def _deliver(report: Report, looked: list[FileResult], options: _Options, inputs: InputDigests, unread: int) -> None:
    text = escape_for_format(render_report(report, options.format), options.format)
    mending = options.diff or (options.paths == (STDIN,) and (options.fix or options.unsafe_fixes))
    if options.output not in (None, STDIN):
        replace_files({Path(str(options.output)): text}, as_read=inputs)
    elif mending:
        print_lines(text.rstrip("\n")) if text else None
    else:
        print_data(text, options.format)
    if options.format in ("text", "github"):
        print_line(f"{summary_line(report)}{f'; {unread} could not be read' if unread else ''}")
    without = [one.path for one in looked if not one.report.policy_count and one.unreadable is None]
    if without and not report.policy_count and not report.findings:
        print_note(f"no policy found in {', '.join(without[:3])}{' and others' if len(without) > 3 else ''}")
