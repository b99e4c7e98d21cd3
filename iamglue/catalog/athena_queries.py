"""What Athena's statements need of the role that starts a query: `data/athena_queries.tsv`."""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import table_rows

_EVERY_QUERY = "select"


@cache
def query_statements(access: str) -> tuple[str, ...]:
    """The statements of a list (`reads`, `writes`), the default first."""
    return tuple(dict.fromkeys(row["statement"] for row in table_rows("athena_queries") if row["list"] == access))


def query_actions(statements: tuple[str, ...], part: str) -> tuple[str, ...]:
    """The actions (`prefix:Name`) on a part of the query, such as `results bucket`, sorted."""
    applicable = {_EVERY_QUERY, *statements}
    rows = (row for row in table_rows("athena_queries") if row["part"] == part and row["statement"] in applicable)
    return tuple(sorted({action for row in rows for action in row["actions"].split()}))
