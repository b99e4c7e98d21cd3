"""From aggregated rows to access: actions on resources, by role and function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from iamglue.catalog.partitions import infer_partition
from iamglue.errors import IamglueError
from iamglue.infer.trail.database import Database, lines_sql, parquet_sql, text_sql
from iamglue.infer.trail.event_actions import event_actions, event_resources
from iamglue.infer.trail.flat_columns import USAGE_COLUMNS
from iamglue.model.trail_usage import NotAction, TrailAccess

# Different accesses in memory; more are grouped and sorted by DuckDB.
_MAX_ACCESSES = 30_000
_TYPES = {name: "BIGINT" if name in ("count", "denied") else "VARCHAR" for name in TrailAccess._fields}
_GROUP_SQL = (
    'SELECT role, "function", account, region, action, resource, via, CAST(sum("count") AS BIGINT) AS "count", '
    "CAST(sum(denied) AS BIGINT) AS denied, coalesce(min(nullif(\"first\", '')), '') AS \"first\", "
    'max("last") AS "last" FROM {} GROUP BY ALL'
)
_SORT_SQL = "SELECT * FROM {} ORDER BY 1, 2, 3, 4, 5, 6, 7"
_decode_texts = msgspec.json.Decoder(list[str]).decode
_decode_map = msgspec.json.Decoder(dict[str, Any]).decode
_CONTROLS = dict.fromkeys((*range(32), 127), "\ufffd")


class NotAccessReason(StrEnum):
    """Why the request for an action is not the access of a role or user."""

    SERVICE = "an AWS service made the request with its own permissions"
    ACCOUNT = "the record names the caller's account, but no role or user"
    NOBODY = "the record does not name the role or user"
    NO_PART = "the record does not say which of its actions were requested"


class _AggregatedRow(NamedTuple):
    """A row of the aggregation: the columns of USAGE_COLUMNS, then the counts."""

    account: str
    region: str
    source: str
    name: str
    event_type: str
    principal_type: str
    principal: str
    session: str
    session_evidence: str
    via: str
    is_data: str
    resources: str
    parameters: str
    total: int
    denied: int
    first: str
    last: str


assert _AggregatedRow._fields[: len(USAGE_COLUMNS)] == USAGE_COLUMNS  # noqa: S101 - the SQL names no columns


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Whose access is wanted: a role by its name or ARN, a function by its name."""

    role: str | None = None
    function: str | None = None

    @property
    def is_limited(self) -> bool:
        """Whether the access of some is not wanted."""
        return self.role is not None or self.function is not None

    def admits(self, principal: str, session: str) -> bool:
        """Whether the access of a session is wanted."""
        is_role = self.role is None or principal == self.role or principal.endswith(f"/{self.role}")
        return is_role and self.function in (None, session)

    @property
    def condition_sql(self) -> str:
        """The condition of SQL that admits the same rows; empty if all are wanted."""
        conditions = []
        if self.role is not None:
            role = text_sql(self.role)
            conditions.append(f"(principal = {role} OR ends_with(principal, '/' || {role}))")
        if self.function is not None:
            conditions.append(f"session = {text_sql(self.function)}")
        return " AND ".join(conditions)


@dataclass(slots=True)
class CallerCounts:
    """How many requests were made by whom: it is reported, so that nobody takes users for roles."""

    roles: Counter[str] = field(default_factory=Counter)
    users: int = 0
    assumed_functions: int = 0
    functions: set[str] = field(default_factory=set)


class UsageRows:
    """Collects the access that aggregated rows show."""

    def __init__(self, wanted: UsageFilter, database: Database, folder: Path) -> None:
        self.callers = CallerCounts()
        self._wanted = wanted
        self._database = database
        self._folder = folder
        self._accesses: dict[tuple[str, ...], list[Any]] = {}
        self._lines: list[Path] = []
        self._not_actions: Counter[tuple[str, str, str]] = Counter()

    def add_rows(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows of the aggregation. Raises IamglueError if the disk is full."""
        for row in map(_AggregatedRow._make, rows):
            self._add(row)

    def not_actions(self) -> tuple[NotAction, ...]:
        """The events that are no access, sorted."""
        return tuple(NotAction(source, name, n, why) for (source, name, why), n in sorted(self._not_actions.items()))

    def accesses(self) -> Iterator[TrailAccess]:
        """Yield all accesses, sorted."""
        if not self._lines:
            yield from (TrailAccess._make((*key, *counts)) for key, counts in sorted(self._accesses.items()))
            return
        self._flush()
        # In two steps: to group and to sort at once needs the memory of both.
        grouped = self._folder / "accesses.parquet"
        self._database.write_parquet(_GROUP_SQL.format(lines_sql(self._lines, _TYPES)), grouped)
        yield from map(TrailAccess._make, self._database.rows(_SORT_SQL.format(parquet_sql([grouped]))))

    def _add(self, row: _AggregatedRow) -> None:
        actions = event_actions(row.source, row.name, row.event_type)
        reason = None if actions.actions else str(actions.not_action)
        if reason is None and not row.principal:
            reason = _no_principal(row.principal_type)
        if reason is not None:
            if self._wanted.admits(row.principal, row.session):
                self._not_actions[row.source, row.name, reason] += row.total
            return
        self._count_caller(row)
        if not self._wanted.admits(row.principal, row.session):
            return
        pairs = _resources(row.source, row.name, row.event_type, row.resources, row.parameters, row.region, row.account)
        if not pairs:
            self._not_actions[row.source, row.name, NotAccessReason.NO_PART] += row.total
        start = (row.principal, row.session, row.account, row.region)
        for action, resource in pairs:
            self._add_access((*start, action, resource, row.via), row)

    def _count_caller(self, row: _AggregatedRow) -> None:
        callers, count = self.callers, row.total
        if row.principal_type in ("AssumedRole", "Role"):
            callers.roles[row.principal] += count
            if row.session:
                callers.functions.add(row.session)
                callers.assumed_functions += 0 if row.session_evidence else count
        else:
            callers.users += count

    def _add_access(self, key: tuple[str, ...], row: _AggregatedRow) -> None:
        counts = self._accesses.get(key)
        if counts is None:
            if len(self._accesses) >= _MAX_ACCESSES:
                self._flush()
            self._accesses[key] = [row.total, row.denied, row.first, row.last]
            return
        counts[0] += row.total
        counts[1] += row.denied
        counts[2] = min(counts[2] or row.first, row.first or counts[2])
        counts[3] = max(counts[3], row.last)

    def _flush(self) -> None:
        path = self._folder / f"access-{len(self._lines)}.tsv"
        try:
            with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
                file.writelines(_line(key, counts) for key, counts in self._accesses.items())
        except OSError as error:
            raise IamglueError(f"cannot write {path}: {error.strerror or error}") from error
        self._lines.append(path)
        self._accesses = {}


def _line(key: tuple[str, ...], counts: Sequence[Any]) -> str:
    texts = key if "".join(key).isprintable() else (text.translate(_CONTROLS) for text in key)
    count, denied, first, last = counts
    text = "\t".join(texts)
    return f"{text}\t{count}\t{denied}\t{first}\t{last}\n"


@lru_cache(maxsize=8192)
def _resources(
    source: str, name: str, event_type: str, resources: str, parameters: str, region: str, account: str
) -> tuple[tuple[str, str], ...]:
    """The actions on resources that rows with these columns show, each once."""
    actions = event_actions(source, name, event_type)
    arns = _decode_texts(resources)
    given = _decode_map(parameters) if parameters != "{}" else {}
    partition = _partition(region)
    pairs = event_resources(actions, arns, given, partition=partition, region=region, account=account)
    return tuple(dict.fromkeys(pairs))


@lru_cache(maxsize=256)
def _partition(region: str) -> str:
    return infer_partition(region) or "aws"


def _no_principal(kind: str) -> str:
    if kind == "AWSService":
        return NotAccessReason.SERVICE
    return NotAccessReason.ACCOUNT if kind == "AWSAccount" else NotAccessReason.NOBODY
