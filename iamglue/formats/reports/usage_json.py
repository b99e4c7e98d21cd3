"""A usage as JSON, line by line: what `infer trail` writes and `audit --usage` reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from json.encoder import encode_basestring

from iamglue.model.trail_usage import TrailAccess, TrailSummary
from iamglue.model.usage import TrailCoverage

_VERSION = 1
# One encoder for all rows: `json.dumps` with an option makes one for each.
_encode = json.JSONEncoder(ensure_ascii=False).encode
_quoted: Callable[[str], str] = encode_basestring
_NULL = "null"
_BETWEEN = ",\n    "
_BACKSLASH = "\\"
_NUMBERS = ("count", "denied")
_ALWAYS_THERE = ("role", "action", "resource")


def usage_json_lines(accesses: Iterable[list[str]], summary: TrailSummary) -> Iterator[str]:
    """Yield the lines of a usage without line ends; each access is on a line of its own.

    `accesses` are blocks of texts of accesses, and the lines of a block are yielded as one text.
    """
    yield "{"
    yield f'  "version": {_VERSION},'
    yield from _list("access", map(_BETWEEN.join, accesses))
    coverage = (
        {
            "service": item.service,
            "from": item.start,
            "to": item.end,
            "data_events": item.data_events,
            **({"account": item.account} if item.account else {}),
            **({} if item.management_events else {"management_events": False}),
            **({"role": item.role} if item.role else {}),
            **({"function": item.function} if item.function else {}),
            **({"regions": list(item.regions)} if item.regions else {}),
            **({} if item.data_resources is None else {"data_resources": _data_resources(item)}),
            **({"missing_reads": list(item.missing_reads)} if item.missing_reads else {}),
            **({"missing_writes": list(item.missing_writes)} if item.missing_writes else {}),
        }
        for item in summary.coverage
    )
    yield from _list("coverage", map(_encode, coverage))
    not_actions = (
        {
            "source": item.source,
            "name": item.name,
            "count": item.count,
            "why": item.why,
            **({"role": item.role} if item.role else {}),
        }
        for item in summary.not_actions
    )
    yield from _list("not_actions", map(_encode, not_actions))
    if summary.failed:
        failed = ({"name": item.name, "why": item.reason} for item in summary.failed)
        yield from _list("failed", map(_encode, failed))
    totals = summary.totals
    yield f'  "records": {totals.records},'
    yield f'  "unreadable": {totals.unreadable},'
    yield f'  "files": {totals.files}'
    yield "}"


def _data_resources(coverage: TrailCoverage) -> list[dict[str, str]]:
    return [{"resource": resource, "from": start} for resource, start in coverage.data_resources or ()]


def _list(name: str, items: Iterable[str]) -> Iterator[str]:
    """The lines of a list, each item on its own."""
    previous: str | None = None
    for item in items:
        yield f'  "{name}": [' if previous is None else f"{previous},"
        previous = f"    {item}"
    if previous is None:
        yield f'  "{name}": [],'
    else:
        yield previous
        yield "  ],"


def _member_sql(name: str) -> str:
    """The SQL of a member of an access: texts have no control characters, and an empty one is null."""
    escaped = f"""replace(replace("{name}", '{_BACKSLASH}', '{2 * _BACKSLASH}'), '"', '{_BACKSLASH}"')"""
    text = f"""'"' || {escaped} || '"' """
    if name in _NUMBERS:
        text = f'"{name}"'
    elif name not in _ALWAYS_THERE:
        text = f"""CASE WHEN "{name}" = '' THEN '{_NULL}' ELSE {text} END"""
    return f"""'"{name}": ' || {text}"""


# The SQL of DuckDB that makes the text of an access from the columns of TrailAccess, where there are millions.
ACCESS_TEXT_SQL = f"""'{{' || {" || ', ' || ".join(map(_member_sql, TrailAccess._fields))} || '}}'"""


def access_text(access: TrailAccess) -> str:
    """One access; the general encoder takes four times as long."""
    role, function, account, region, action, resource, via, count, denied, first, last = access
    return (
        f'{{"role": {_quoted(role)}, "function": {_quoted(function) if function else _NULL}, '
        f'"account": {_quoted(account) if account else _NULL}, "region": {_quoted(region) if region else _NULL}, '
        f'"action": {_quoted(action)}, "resource": {_quoted(resource)}, "via": {_quoted(via) if via else _NULL}, '
        f'"count": {count}, "denied": {denied}, '
        f'"first": {_quoted(first) if first else _NULL}, "last": {_quoted(last) if last else _NULL}}}'
    )
