"""`iamglue infer trail --athena`: what a query costs is shown and asked for before it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click

from iamglue.aws.athena import Athena, AthenaOptions, ScanEstimate, TableDescription
from iamglue.cli.stderr import print_note
from iamglue.cli.trail_period import Period
from iamglue.errors import IamglueError
from iamglue.infer.trail.engines.athena_rows import counted_rows
from iamglue.infer.trail.engines.athena_sql import AthenaScope, AthenaTable, athena_sql, table_ddl
from iamglue.infer.trail.reading import TrailPeriod
from iamglue.infer.trail.trail_rows import TrailRows

# Dollars for 10^12 bytes, in most Regions; 10 MB at least.
# https://aws.amazon.com/athena/pricing/
PRICE_PER_TERABYTE = 5.0
_TERABYTE, _SMALLEST = 1e12, 10e6
_PRICES = "https://aws.amazon.com/athena/pricing/"
_GLUE_CATALOG = "awsdatacatalog"


@dataclass(frozen=True, slots=True)
class AthenaRequest:
    """What to count: the table, the accounts and Regions, the period; and how AWS is asked."""

    table: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    period: Period
    options: tuple[str | None, str | None, str | None, str | None, str | None]

    @property
    def scope(self) -> AthenaScope:
        """The scope of the query. Raises IamglueError for a wrong account or Region."""
        period = self.period
        times = TrailPeriod(period.since, period.until)
        return AthenaScope(self.accounts, self.regions, period.days.since, period.days.until, times)


def printed_statement(request: AthenaRequest, location: str | None) -> str:
    """The statement that makes the table at a location, else the query. Raises IamglueError."""
    table = AthenaTable.from_name(request.table)
    return athena_sql(table, request.scope) if location is None else table_ddl(table, location, request.scope)


@contextmanager
def athena_rows(request: AthenaRequest, *, is_confirmed: bool) -> Iterator[TrailRows]:
    """The rows that Athena counted. Raises IamglueError, NotEvaluatedError, or Abort if it is not wanted."""
    table, scope = AthenaTable.from_name(request.table), request.scope
    athena = Athena(AthenaOptions(*request.options))
    if table.catalog is not None and table.catalog.lower() != _GLUE_CATALOG:
        print_note(f"the columns of `{request.table}` are taken to be those of --print-ddl; its cost is not known")
        estimate = None
    else:
        described = athena.describe_table(table.database, table.table)
        table = _describe_table(table, described)
        estimate = athena.estimate(described, scope.accounts, scope.regions, (scope.since, scope.until))
    _confirm_cost(estimate, is_confirmed=is_confirmed)
    rows = athena.rows(athena_sql(table, scope), table.database, table.catalog)
    files, failed = (estimate.files, estimate.failed) if estimate else (0, ())
    with counted_rows(rows, request.table, files, scope.period, failed) as counted:
        yield counted


def scan_text(estimate: ScanEstimate) -> str:
    """What a query reads, and what it costs."""
    cost = max(estimate.size, _SMALLEST) / _TERABYTE * PRICE_PER_TERABYTE
    unknown = f"; {len(estimate.failed)} listings failed, so it is more" if estimate.failed else ""
    return (
        f"Athena will read {estimate.size / 1e9:,.3f} GB in {estimate.files:,} files{unknown}: about ${cost:,.2f}, at "
        f"${PRICE_PER_TERABYTE:.2f} per TB ({_PRICES})"
    )


def _confirm_cost(estimate: ScanEstimate | None, *, is_confirmed: bool) -> None:
    """Show what the query costs, and ask whether to run it. Raises IamglueError where nobody can be asked."""
    if estimate is not None:
        print_note(scan_text(estimate))
    if is_confirmed:
        return
    if not sys.stdin.isatty():
        raise IamglueError("the query was not run: nobody can be asked here", hint="give --yes")
    click.confirm("Run it?", abort=True, err=True)


def _describe_table(table: AthenaTable, described: TableDescription) -> AthenaTable:
    """The table with what the catalog says of it. Raises IamglueError if it has no records of CloudTrail."""
    missing = [name for name in ("eventsource", "eventname", "useridentity") if name not in described.columns]
    if missing:
        hint = "`--print-ddl` prints the statement that makes such a table"
        message = f"`{table.database}.{table.table}` is not a table of CloudTrail: it has no column `{missing[0]}`"
        raise IamglueError(message, hint=hint)
    has_scope = "inscopeof" in described.columns["useridentity"]
    if not has_scope:
        print_note("the table has no `useridentity.inscopeof`: functions are known by user agents and session names")
    return replace(
        table,
        partitions=described.partitions,
        has_scope=has_scope,
        has_management="managementevent" in described.columns,
    )
