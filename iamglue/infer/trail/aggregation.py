"""The aggregation of the flat columns, in standard SQL that DuckDB, Spark and Athena take."""

from __future__ import annotations

from iamglue.infer.trail.flat_columns import DENIED_ERRORS, KEY_COLUMNS, USAGE_COLUMNS

# Columns of the flat rows whose names are words of SQL.
_QUOTED = frozenset({"day", "count", "first", "last", "source", "name", "account", "region", "error"})


def usage_sql(table: str, *, since: str | None = None, until: str | None = None) -> str:
    """The SQL that gives one row for each kind of request: USAGE_COLUMNS, then count, denied, first and last.

    `since` and `until` are dates; the day of `until` is included. A record without a time is in every period. The rows
    are in no order.
    """
    keys = ", ".join(map(column_sql, USAGE_COLUMNS))
    denied = ", ".join(f"'{code}'" for code in DENIED_ERRORS)
    condition = day_condition(since, until)
    where = f" WHERE {condition}" if condition else ""
    return (
        f'SELECT {keys}, SUM("count") AS "count", '  # noqa: S608 - dates are checked, the rest are our own names
        f'SUM(CASE WHEN {column_sql("error")} IN ({denied}) THEN "count" ELSE 0 END) AS denied, '
        'COALESCE(MIN(NULLIF("first", \'\')), \'\') AS "first", MAX("last") AS "last" '
        f"FROM {table}{where} GROUP BY {keys}"
    )


def merge_sql(table: str) -> str:
    """The SQL that merges rows with the same key."""
    keys = ", ".join(map(column_sql, KEY_COLUMNS))
    return (
        f'SELECT {keys}, CAST(SUM("count") AS BIGINT) AS "count", '  # noqa: S608 - our own names
        'COALESCE(MIN(NULLIF("first", \'\')), \'\') AS "first", MAX("last") AS "last" '
        f"FROM {table} GROUP BY {keys}"
    )


def day_condition(since: str | None, until: str | None) -> str:
    """The condition of SQL for a period of days, both ends included; empty if it has no end."""
    day = column_sql("day")
    conditions = ([f"{day} >= '{since}'"] if since else []) + ([f"{day} <= '{until}'"] if until else [])
    return f"{day} = '' OR ({' AND '.join(conditions)})" if conditions else ""


def column_sql(name: str) -> str:
    """A column's name in standard SQL."""
    return f'"{name}"' if name in _QUOTED else name
