"""A usage as JSON, line by line: what `infer trail` writes and `audit --usage` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from iamglue.model.trail_usage import TrailAccess, TrailSummary

_VERSION = 1
# One encoder for all rows: `json.dumps` with an option makes one for each.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def usage_json_lines(accesses: Iterable[TrailAccess], summary: TrailSummary) -> Iterator[str]:
    """Yield the lines of a usage without line ends; each access is on a line of its own."""
    yield "{"
    yield f'  "version": {_VERSION},'
    yield from _list("access", map(_access, accesses))
    coverage = (
        {
            "service": item.service,
            "from": item.start,
            "to": item.end,
            "data_events": item.data_events,
            **({"account": item.account} if item.account else {}),
        }
        for item in summary.coverage
    )
    yield from _list("coverage", coverage)
    not_actions = (
        {"source": item.source, "name": item.name, "count": item.count, "why": item.why} for item in summary.not_actions
    )
    yield from _list("not_actions", not_actions)
    if summary.failed:
        yield from _list("failed", ({"name": item.name, "why": item.reason} for item in summary.failed))
    totals = summary.totals
    yield f'  "records": {totals.records},'
    yield f'  "unreadable": {totals.unreadable},'
    yield f'  "files": {totals.files}'
    yield "}"


def _list(name: str, items: Iterable[dict[str, Any]]) -> Iterator[str]:
    previous: str | None = None
    for item in items:
        yield f'  "{name}": [' if previous is None else f"{previous},"
        previous = f"    {_encode(item)}"
    if previous is None:
        yield f'  "{name}": [],'
    else:
        yield previous
        yield "  ],"


def _access(access: TrailAccess) -> dict[str, Any]:
    return {
        "role": access.role,
        "function": access.function,
        "account": access.account,
        "region": access.region,
        "action": access.action,
        "resource": access.resource,
        "via": access.via,
        "count": access.count,
        "denied": access.denied,
        "first": access.first,
        "last": access.last,
    }
