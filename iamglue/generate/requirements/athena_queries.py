"""An Athena query as one entry: `athena: {workgroup, database, tables, results, data}`.

Athena starts the query in the workgroup, and reads the catalog and the data and writes the results with the rights of
the role that started it: https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.athena_queries import query_actions, query_statements
from iamglue.catalog.operations import operation_keys
from iamglue.errors import IamglueError
from iamglue.model.spec import AccessEntry, AccessList, SpecResource
from iamglue.spelling import did_you_mean

# A query without a workgroup runs in this one:
# https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
_DEFAULT_WORKGROUP = "primary"
QUERY_KEYS = ("workgroup", "database", "tables", "results", "data")
_LISTS = ("tables", "data")
_S3 = "s3://"


def is_athena_query(entry: AccessEntry) -> bool:
    """Whether the entry is a mapping of a query, rather than the variables of an ARN format."""
    names = {name for name, _ in entry.resource.variables}
    return entry.service == "athena" and bool(names) and all(name[0].islower() for name in names)


def query_entries(entry: AccessEntry) -> tuple[AccessEntry, ...]:
    """One entry for each part of the query: workgroup, database, tables, results and data.

    Raises IamglueError for an unknown or missing key, a list where one value is expected, and a word of `do` that is no
    statement of the entry's list.
    """
    parts = _query_parts(entry)
    statements = _requested_statements(entry)
    entries = [
        _part_entry(entry, parts["workgroup"][0], "athena", "workgroup", query_actions(statements, "workgroup")),
        _part_entry(entry, parts["database"][0], "glue", "database", query_actions(statements, "database")),
    ]
    for table in parts["tables"]:
        names = SpecResource(variables=(("DatabaseName", parts["database"][0]), ("TableName", table)))
        table_entry = _part_entry(entry, "", "glue", "table", query_actions(statements, "table"))
        entries.append(replace(table_entry, resource=names))
    for use in ("results", "data"):
        for place in parts[use]:
            entries += _bucket_entries(entry, place, use, statements)
    return tuple(entries)


def query_notes(entry: AccessEntry) -> Iterator[str]:
    """Yield notes on what the query may also need, or an entry that starts one by its operation."""
    if not is_athena_query(entry):
        words = {key for word in entry.do for key in operation_keys(word.rpartition(":")[2])}
        if entry.service == "athena" and "startqueryexecution" in words:
            yield (
                "a query also needs its tables in the Glue catalog, their data and the place of the results: write it "
                "as one entry, `athena: {workgroup: ..., database: ..., tables: [...], results: ..., data: ...}`"
            )
        return
    names = {name for name, _ in entry.resource.variables}
    if "results" not in names:
        yield (
            "Athena writes the results with the function's permissions, unless the workgroup keeps them itself: name "
            "their place in `results: s3://BUCKET/PREFIX/`"
        )
    if "data" not in names:
        yield "Athena reads the tables' data with the function's permissions: name its place in `data: s3://BUCKET/PREFIX/`"
    yield (
        "tables that Lake Formation manages also need lakeformation:GetDataAccess: "
        '`reads: - lakeformation: "*"` with `do: GetDataAccess`'
    )


def _query_parts(entry: AccessEntry) -> dict[str, tuple[str, ...]]:
    """The parts of a query by key, with defaults. Raises IamglueError for an unknown, repeated or missing key."""
    parts: dict[str, tuple[str, ...]] = {"workgroup": (_DEFAULT_WORKGROUP,), "results": (), "data": ()}
    given: dict[str, list[str]] = {}
    for name, value in entry.resource.variables:
        given.setdefault(name, []).append(value)
    for name, values in given.items():
        if name not in QUERY_KEYS:
            raise IamglueError(
                f"`{name}` is not a key of an Athena query; the keys are {', '.join(QUERY_KEYS)}",
                hint=did_you_mean(name, QUERY_KEYS),
                location=entry.location,
            )
        if len(values) > 1 and name not in _LISTS:
            raise IamglueError(f"an Athena query has one `{name}`", hint="write two entries", location=entry.location)
    missing = [name for name in ("database", "tables") if name not in given]
    if missing:
        raise IamglueError(
            f"an Athena query also needs {' and '.join(f'`{name}`' for name in missing)}",
            hint="write for example `athena: {workgroup: primary, database: sales, tables: [orders], "
            'results: s3://BUCKET/}`; `tables: "*"` for every table',
            location=entry.location,
        )
    return parts | {name: tuple(values) for name, values in given.items()}


def _requested_statements(entry: AccessEntry) -> tuple[str, ...]:
    """The statements that the query may run: the words of `do`, or the default of the list."""
    known = query_statements(entry.access) or query_statements(AccessList.READS)
    if entry.access is AccessList.CALLS:
        raise IamglueError(
            "an Athena query belongs in `reads`, or in `writes` if it inserts rows or creates tables",
            hint="move the entry",
            location=entry.location,
        )
    for word in entry.do:
        if word.lower().replace("_", "-") not in known:
            raise IamglueError(
                f"`{word}` is not a statement of an Athena query in `{entry.access}`; expected {', '.join(known)}",
                hint=did_you_mean(word, known),
                location=entry.location,
            )
    return tuple(word.lower().replace("_", "-") for word in entry.do) or known[:1]


def _part_entry(
    entry: AccessEntry, name: str, service: str, resource_type: str, actions: tuple[str, ...]
) -> AccessEntry:
    """The entry for exactly these actions on one resource of a query; it has no KMS key."""
    return replace(
        entry,
        access=AccessList.CALLS,
        service=service,
        resource=SpecResource(name),
        resource_type=resource_type,
        do=actions,
        key=None,
    )


def _bucket_entries(entry: AccessEntry, place: str, use: str, statements: tuple[str, ...]) -> Iterator[AccessEntry]:
    """Yield the entries for a bucket and for the objects in it that begin with the place's prefix."""
    bucket, slash, prefix = place.removeprefix(_S3).partition("/")
    if not bucket or (":" in place and not place.startswith((_S3, "arn:"))):
        raise IamglueError(f"`{place}` is not a place in S3; expected `s3://BUCKET/PREFIX/`", location=entry.location)
    # Buckets have neither Region nor account in their ARNs.
    local = replace(entry, account=None, regions=())
    yield _part_entry(local, bucket, "s3", "bucket", query_actions(statements, f"{use} bucket"))
    objects = f"{bucket}/{prefix.rstrip('*') if slash else ''}*"
    object_entry = _part_entry(local, objects, "s3", "object", query_actions(statements, f"{use} object"))
    yield replace(object_entry, key=entry.key)
