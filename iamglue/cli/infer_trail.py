"""`iamglue infer trail`: from CloudTrail's records to a usage, or a spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iamglue.catalog.services import reference_date
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.infer_output import print_changes, write_output
from iamglue.cli.output import print_lines
from iamglue.cli.stderr import print_note
from iamglue.cli.trail_messages import counted, print_report, trail_progress
from iamglue.cli.trail_options import TrailOptions, check_trail_options
from iamglue.cli.trail_period import PeriodDays, parse_period
from iamglue.errors import ExitCode, IamglueError, worst_exit_code
from iamglue.files.folders import check_path_exists
from iamglue.files.streamed_output import write_blocks
from iamglue.files.text_files import STDIN
from iamglue.formats.policies.spec_text import commented_spec_text
from iamglue.formats.reports.usage_json import ACCESS_TEXT_SQL, access_text, usage_json_lines
from iamglue.model.trail_files import TrailSource
from iamglue.model.trail_usage import RecordTotals, TrailSummary

if TYPE_CHECKING:
    from iamglue.infer.trail.engines.spark import SparkEngine
    from iamglue.infer.trail.trail_rows import TrailRows
    from iamglue.infer.trail.usage_filter import UsageFilter
    from iamglue.infer.trail.usage_rows import UsageRows

INSTALL_COMMAND = "pip install 'iamglue[trail]'"
_S3 = "s3://"


@click.command("trail", cls=HelpCommand)
@click.argument("places", metavar="PATH|s3://BUCKET/PREFIX...", nargs=-1)
@click.option("--role", metavar="R", help="Only the access of this role, by its name or ARN.")
@click.option("--function", metavar="F", help="Only the access of this function.")
@click.option("--since", metavar="T", help="Only events from this date (UTC) or time on.")
@click.option("--until", metavar="T", help="Only events up to the end of this date (UTC), or before this time.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of stdout.")
@click.option(
    "--format",
    type=click.Choice(("usage", "spec", "parquet")),
    default="usage",
    show_default=True,
    help="A usage for `audit --usage`, a spec, or the counted rows.",
)
@click.option("--store", metavar="DIR", help="Keep what was read here; the next run reads new files only.")
@click.option("--query", is_flag=True, help="Answer from the store alone; nothing is read.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Number of processes; default: one per CPU core.")
@click.option("--region", metavar="REGION", help="Region of the bucket.")
@click.option("--profile", metavar="NAME", help="Profile of the AWS configuration.")
@click.option("--endpoint-url", metavar="URL", help="Use this endpoint instead of AWS's.")
@click.option("--spark", metavar="MASTER", help="Count with Apache Spark: local[4], spark://HOST:7077, yarn.")
@click.option("--athena", metavar="[CATALOG.]DB.TABLE", help="Count with Amazon Athena the records of this table.")
@click.option("--accounts", metavar="A,B", help="Athena: only the records of these accounts.")
@click.option("--regions", metavar="R,S", help="Athena: only the records of these Regions.")
@click.option("--workgroup", metavar="NAME", help="Athena: the workgroup that runs the query.")
@click.option("--output-location", metavar="s3://...", help="Athena: where AWS writes the results of the query.")
@click.option("--print-sql", is_flag=True, help="Athena: only print the query.")
@click.option("--print-ddl", is_flag=True, help="Athena: only print the statement that creates the table for PATH.")
@click.option("--yes", is_flag=True, help="Athena: run the query without asking, whatever it costs.")
def infer_trail(**values: Any) -> ExitCode:
    """Write what roles used, from CloudTrail's records at PATH.

    PATH is a file, a folder with all below it, or a prefix of a bucket: log
    files of a trail, output of `aws cloudtrail lookup-events`, lists and lines
    of events, EventBridge's events, exports of Athena and CloudTrail Lake as
    JSON or CSV. Needs iamglue[trail].

    A usage file lists every action on every resource, by role and function,
    with the number of requests and of denied requests, and the times of the
    first and last one. Each record is counted once: as an action, as not an
    action (with the reason), or as unreadable. If something could not be read,
    the exit code is 3.
    """
    options = TrailOptions(**values)
    check_trail_options(options)
    _check_extra()
    if options.athena:
        return _count_with_athena(options)
    from iamglue.infer.trail.reading import TrailPeriod  # noqa: PLC0415 - an optional extra
    from iamglue.infer.trail.run import TrailRequest, read_rows, stored_rows  # noqa: PLC0415

    period = parse_period(options.since, options.until, is_stored=options.store is not None)
    with _engine(options) as engine:
        if options.query:
            with stored_rows(Path(str(options.store)), engine) as rows:
                return _write(rows, options, period.days)
        folder = Path(options.store) if options.store else None
        sources = [_source(place, options, period.days) for place in options.places]
        request = TrailRequest(sources, folder, TrailPeriod(period.since, period.until), options.processes, engine)
        with read_rows(request, trail_progress()) as rows:
            code = print_report(rows)
            return worst_exit_code((code, _write(rows, options, period.days)))


@contextmanager
def _engine(options: TrailOptions) -> Iterator[SparkEngine | None]:
    """What counts the records, if it is not this process."""
    if options.spark is None:
        yield None
        return
    from iamglue.infer.trail.engines.spark import SparkEngine  # noqa: PLC0415 - an optional extra

    engine = SparkEngine(options.spark)
    try:
        yield engine
    finally:
        engine.close()


def _count_with_athena(options: TrailOptions) -> ExitCode:
    """Print the statement or the query, or run it and write what was asked for."""
    from iamglue.cli.infer_trail_athena import AthenaRequest, athena_rows, printed_statement  # noqa: PLC0415

    period = parse_period(options.since, options.until, is_stored=False)
    request = AthenaRequest(
        str(options.athena),
        _comma_items(options.accounts),
        _comma_items(options.regions),
        period,
        (options.region, options.profile, options.endpoint_url, options.workgroup, options.output_location),
    )
    if options.print_sql or options.print_ddl:
        location = options.places[0] if options.print_ddl else None
        print_lines(printed_statement(request, location).splitlines(), "sql")
        return ExitCode.OK
    with athena_rows(request, is_confirmed=options.yes) as rows:
        code = print_report(rows)
        return worst_exit_code((code, _write(rows, options, period.days)))


def _comma_items(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text else ()


def _check_extra() -> None:
    """Raise IamglueError if the packages of the extra are not installed."""
    try:
        import duckdb  # noqa: F401, PLC0415 - an optional extra, and slow to import
        import isal  # noqa: F401, PLC0415
        import msgspec  # noqa: F401, PLC0415
    except ImportError as error:
        message = f"to read CloudTrail's records needs the package {error.name}, which is not installed"
        raise IamglueError(message, hint=f"install it with: {INSTALL_COMMAND}") from error


def _source(place: str, options: TrailOptions, days: PeriodDays) -> TrailSource:
    """The log files in a bucket (`s3://...`) or a folder. Raises IamglueError for a path that is not there."""
    if not place.lower().startswith(_S3):
        from iamglue.readers.trail_folders import LocalTrail  # noqa: PLC0415

        check_path_exists(place)
        return LocalTrail(place)
    from iamglue.aws.trail_bucket import BucketTrail  # noqa: PLC0415 - startup: imports boto3

    return BucketTrail.from_uri(
        place,
        region=options.region,
        profile=options.profile,
        endpoint_url=options.endpoint_url,
        days=(days.since, days.until),
    )


def _write(rows: TrailRows, options: TrailOptions, days: PeriodDays) -> ExitCode:
    """Write what was asked for."""
    from iamglue.infer.trail.usage_filter import UsageFilter  # noqa: PLC0415 - an optional extra

    wanted = UsageFilter(options.role, options.function)
    if options.format == "parquet":
        rows.write_parquet(Path(str(options.output)), wanted, days.since, days.until)
    elif options.format == "spec":
        notes, usage = _read_usage(rows, wanted, days, options.processes)
        _print_notes(notes)
        _write_spec(usage, options)
    else:
        notes, blocks = _usage_answer(rows, wanted, days, options.processes)
        _print_notes(notes)
        if options.output in (None, STDIN):
            print_lines((block.decode().removesuffix("\n") for block in blocks), "json")
        else:
            write_blocks(Path(str(options.output)), blocks)
    return _exit_code(rows)


def _usage_answer(
    rows: TrailRows, wanted: UsageFilter, days: PeriodDays, processes: int
) -> tuple[list[str], Iterator[bytes]]:
    """The notes and the lines of the usage, in blocks with their ends, from the store if it has them."""
    from iamglue.infer.trail.answers import AnswerFile  # noqa: PLC0415 - an optional extra

    file = None
    if rows.answer_place is not None:
        folder, identity = rows.answer_place
        question = (reference_date(), identity, wanted.role, wanted.function, days.since, days.until)
        file = AnswerFile(folder, question)
        answer = file.read()
        if answer is not None:
            return answer
    notes, usage = _read_usage(rows, wanted, days, processes)
    summary = _summary(rows, usage, days, notes)
    if wanted.is_limited:
        # Without this, all that other roles and functions did would seem not to be used.
        limited = (replace(item, role=wanted.role, function=wanted.function) for item in summary.coverage)
        summary = replace(summary, coverage=tuple(limited))
    lines = usage_json_lines(usage.texts(access_text, ACCESS_TEXT_SQL), summary)
    blocks = (f"{line}\n".encode() for line in lines)
    return notes, blocks if file is None else file.saved(notes, blocks)


def _read_usage(rows: TrailRows, wanted: UsageFilter, days: PeriodDays, processes: int) -> tuple[list[str], UsageRows]:
    """The access that is wanted, and notes on the callers."""
    from iamglue.infer.trail.usage_rows import UsageRows  # noqa: PLC0415 - an optional extra

    usage = UsageRows(wanted, rows.database, rows.work_folder, processes)
    usage.add_lines(rows.usage_lines(days.since, days.until), rows.expected)
    return list(_caller_notes(usage, wanted)), usage


def _print_notes(notes: Iterable[str]) -> None:
    for note in notes:
        print_note(note)


def _exit_code(rows: TrailRows) -> ExitCode:
    return ExitCode.NOT_EVALUATED if rows.totals.unreadable or rows.failed else ExitCode.OK


def _write_spec(usage: UsageRows, options: TrailOptions) -> None:
    """Write the spec of what was used; what it does not contain is printed."""
    from iamglue.infer.trail.spec import usage_spec  # noqa: PLC0415 - an optional extra

    inference = usage_spec(usage.accesses(), options.function, ", ".join(options.places) or str(options.store))
    write_output(commented_spec_text(inference.functions, inference.head), "yaml", options.output, {})
    print_changes(inference.changes)


def _summary(rows: TrailRows, usage: UsageRows, days: PeriodDays, notes: list[str]) -> TrailSummary:
    """All of the usage but its access; what limits the coverage is added to the notes."""
    from iamglue.infer.trail.coverage import trail_coverage  # noqa: PLC0415 - an optional extra

    covered = None
    if rows.totals.others:
        notes.append(_no_coverage_note(rows.totals.others))
    elif rows.table is not None:
        covered = trail_coverage(rows.database, rows.table, days.since, days.until)
        notes += (f"no record of {gap}: coverage begins after it" for gap in covered.gaps)
        notes += (
            f"no management event of account {account or '(not named)'} was read: only data events"
            for account in covered.data_only
        )
    coverage = covered.coverage if covered else ()
    seen = usage.data_resources
    totals = rows.totals
    counted = rows.record_count(days.since, days.until)
    return TrailSummary(
        usage.not_actions(),
        tuple(
            replace(item, data_resources=seen.of(item.account or "", item.service)) if item.data_events else item
            for item in coverage
        ),
        RecordTotals(counted + totals.unreadable, totals.unreadable, totals.files),
        rows.failed,
    )


def _no_coverage_note(files: int) -> str:
    """Why there is no coverage: files other than logs may have only the events of a name, a user or a service."""
    those = counted(files, "file is not a log file", "files are not log files")
    return (
        f"{those} of a trail, so that events may be left out: the usage has no `coverage`, and nothing is reported as "
        "unused. Add it by hand where the files have all events of a period"
    )


def _caller_notes(usage: UsageRows, wanted: UsageFilter) -> Iterator[str]:
    """Whose requests were counted."""
    callers = usage.callers
    if callers.users and not wanted.is_limited:
        those = counted(callers.users, "request is", "requests are")
        yield f"{those} of users or root, not of roles: `role` is the user's ARN"
    if callers.assumed_functions:
        those = counted(callers.assumed_functions, "request", "requests")
        yield f"the records of {those} do not say that a function made them: `function` is the name of the session"
