"""The aggregation of the flat columns, in standard SQL that DuckDB, Spark and Athena take."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.infer.trail.flat_columns import DENIED_ERRORS, KEY_COLUMNS, USAGE_COLUMNS

# Between the parts of a line of `usage_lines_sql`: no column has control characters.
LINE_SEPARATOR = "\x01"
# Who made the requests, and of what kind they were: the first two parts of a line; other columns are one part each.
_CALLER_COLUMNS = ("principal_type", "principal", "session", "session_evidence", "via")
_KIND_COLUMNS = ("account", "region", "source", "name", "event_type", "is_data")
_OTHER_COLUMNS = ("resources", "parameters", "count", "denied", "first", "last")
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


def usage_lines_sql(table: str, *, since: str | None = None, until: str | None = None) -> str:
    """The SQL of DuckDB for each row of `usage_sql` as a text: caller, kind, resources, parameters, and the counts.

    To fetch one text takes a quarter of the time that 17 columns take.
    """
    texts = [_joined_sql(columns, r"chr(9)") for columns in (_CALLER_COLUMNS, _KIND_COLUMNS)]
    texts += [f"CAST({column_sql(name)} AS VARCHAR)" for name in _OTHER_COLUMNS]
    rows = usage_sql(table, since=since, until=until)
    return f"SELECT {f' || chr({ord(LINE_SEPARATOR)}) || '.join(texts)} FROM ({rows})"  # noqa: S608 - our own names


def usage_line(row: Sequence[object]) -> str:
    """A row of `usage_sql` as a text of `usage_lines_sql`."""
    values = dict(zip((*USAGE_COLUMNS, *_OTHER_COLUMNS[2:]), map(str, row), strict=True))
    texts = ["\t".join(values[name] for name in columns) for columns in (_CALLER_COLUMNS, _KIND_COLUMNS)]
    return LINE_SEPARATOR.join((*texts, *(values[name] for name in _OTHER_COLUMNS)))


def _joined_sql(columns: Sequence[str], separator: str) -> str:
    return f" || {separator} || ".join(map(column_sql, columns))


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
