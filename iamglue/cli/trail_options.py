"""The options of `iamglue infer trail`, and which of them belong together."""

from __future__ import annotations

import os
from dataclasses import dataclass

import click

from iamglue.files.text_files import STDIN


@dataclass(frozen=True, slots=True)
class TrailOptions:
    """The command line options."""

    places: tuple[str, ...]
    role: str | None
    function: str | None
    since: str | None
    until: str | None
    output: str | None
    format: str
    query: bool
    store: str | None
    jobs: int | None
    region: str | None
    profile: str | None
    endpoint_url: str | None
    spark: str | None
    athena: str | None
    accounts: str | None
    regions: str | None
    workgroup: str | None
    output_location: str | None
    print_sql: bool
    print_ddl: bool
    yes: bool

    @property
    def processes(self) -> int:
        """How many processes may work at once."""
        return self.jobs or os.cpu_count() or 1


def check_trail_options(options: TrailOptions) -> None:
    """Raise UsageError for options that do not belong together."""
    if options.query and (options.places or not options.store):
        raise click.UsageError("--query answers from the store alone: give --store DIR, and no PATH")
    _check_athena_options(options)
    if not options.query and not options.places and not options.athena:
        raise click.UsageError("give a PATH or s3://BUCKET/PREFIX, or --query and --store")
    if options.format == "parquet" and options.output in (None, STDIN):
        raise click.UsageError("--format parquet needs -o FILE")


def _check_athena_options(options: TrailOptions) -> None:
    """Raise UsageError for options of Athena that do not belong together."""
    of_athena = (options.accounts, options.regions, options.workgroup, options.output_location)
    if not options.athena:
        if any((*of_athena, options.print_sql, options.print_ddl, options.yes)):
            message = "--accounts, --regions, --workgroup, --output-location, --print-sql, --print-ddl and --yes need "
            raise click.UsageError(f"{message}--athena")
        return
    if options.print_sql and options.print_ddl:
        raise click.UsageError("give --print-sql or --print-ddl")
    if options.print_ddl and len(options.places) != 1:
        raise click.UsageError("--print-ddl needs the folder AWSLogs of the trail: s3://BUCKET/AWSLogs/")
    if (options.places and not options.print_ddl) or options.store or options.spark:
        raise click.UsageError("--athena reads its table: give no PATH, --store or --spark")
