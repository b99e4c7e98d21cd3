"""From lines of aggregated rows to access: what was requested, by whom; runs in one or several processes.

Many lines share the texts that say who made the requests and of what kind they were: each is looked at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from iamglue.catalog.partitions import infer_partition
from iamglue.infer.trail.aggregation import LINE_SEPARATOR
from iamglue.infer.trail.coverage import is_data_event
from iamglue.infer.trail.data_resources import DataResources
from iamglue.infer.trail.event_actions import EventActions, NotActionReason, event_actions, event_resources
from iamglue.infer.trail.flat_counter import LinesNotWrittenError
from iamglue.infer.trail.record_arns import sole_arn_pattern
from iamglue.infer.trail.usage_filter import UsageFilter
from iamglue.model.usage import ANY_ROLE

# Different accesses in memory; more are grouped and sorted by DuckDB.
_MAX_ACCESSES = 30_000
# Callers and requests that were looked at and are kept: about 1 KB each.
_MAX_REMEMBERED = 8192
_decode_texts = msgspec.json.Decoder(list[str]).decode
_decode_map = msgspec.json.Decoder(dict[str, Any]).decode
_CONTROLS = dict.fromkeys((*range(32), 127), "\ufffd")


class NotAccessReason(StrEnum):
    """Why the request for an action is not the access of a role or user."""

    SERVICE = "an AWS service made the request with its own permissions"
    ACCOUNT = "the record names the caller's account, but no role or user"
    NOBODY = "the record does not name the role or user"
    UNNAMED_ROLE = "the record does not name the role"
    NO_PART = "the record does not say which of its actions were requested"


# The role may have used any action of the service.
_UNKNOWN = frozenset({NotActionReason.UNKNOWN_NAME, NotActionReason.UNKNOWN_ACTION, NotAccessReason.UNNAMED_ROLE})
_ROLE_TYPES = ("AssumedRole", "Role")


class CallerCounts(NamedTuple):
    """How many requests were made by users, and by functions that are only known by the name of their session."""

    users: int = 0
    assumed_functions: int = 0


class MappedLines(NamedTuple):
    """What lines show: the files of accesses, what is no access, the callers, and the resources of data events.

    The keys of `not_actions` are source, name, reason, and the role if it is not known what its requests need.
    """

    paths: tuple[Path, ...]
    not_actions: Counter[tuple[str, str, str, str]]
    callers: CallerCounts
    data_resources: DataResources


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who made requests: `role` is its ARN, or `*` if the record does not name the role.

    `no_access` is why it is not the access of anybody; `via` follows a tab.
    """

    role: str
    start: str
    via: str
    no_access: str | None
    is_wanted: bool
    is_user: bool
    is_assumed_function: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    """Requests of one kind: the operation, or why it is none, with the account and Region of the records.

    `sole_arn` matches the resources of most records of an operation whose access is then `start` and the ARN.
    """

    source: str
    name: str
    actions: EventActions
    not_action: str | None
    is_data: bool
    account: str
    region: str
    start: str
    sole_arn: Callable[[str], re.Match[str] | None] | None

    def accesses(self, resources: str, parameters: str) -> tuple[str, ...]:
        """Account, Region, action and resource of each access, with tabs between them."""
        pairs = event_resources(
            self.actions,
            _decode_texts(resources),
            _decode_map(parameters) if parameters != "{}" else {},
            partition=_partition(self.region),
            region=self.region,
            account=self.account,
        )
        return _access_texts(f"{self.account}\t{self.region}", pairs)


class AccessMapper:
    """Maps lines of `usage_lines_sql`, and counts accesses in memory; `new_path` gives the file for many of them.

    An access is the text of its columns with tabs between them: to count, first and last time of its requests.
    """

    def __init__(self, wanted: UsageFilter, new_path: Callable[[], Path]) -> None:
        self._wanted = wanted
        self._new_path = new_path
        self.accesses: dict[str, list[Any]] = {}
        self._callers: dict[str, _Caller] = {}
        self._kinds: dict[str, _Kind] = {}
        self._requests: dict[tuple[str, str, str], tuple[str, ...]] = {}
        self._paths: list[Path] = []
        self._not_actions: Counter[tuple[str, str, str, str]] = Counter()
        self._data_resources = DataResources()
        self._users = self._assumed_functions = 0

    def add_lines(self, lines: Iterable[str]) -> None:
        """Map lines. Raises LinesNotWrittenError if the disk is full."""
        callers, kinds = self._callers, self._kinds
        for line in lines:
            who, what, resources, parameters, number, denied, first, last = line.split(LINE_SEPARATOR)
            caller = callers.get(who) or self._new_caller(who)
            kind = kinds.get(what) or self._new_kind(what)
            count = int(number)
            reason = kind.not_action or caller.no_access
            if reason is not None:
                if caller.is_wanted:
                    role = caller.role if reason in _UNKNOWN else ""
                    self._not_actions[kind.source, kind.name, reason, role] += count
                continue
            if caller.is_user:
                self._users += count
            elif caller.is_assumed_function:
                self._assumed_functions += count
            if not caller.is_wanted:
                continue
            if kind.sole_arn is not None and (match := kind.sole_arn(resources)) is not None:
                self._add(f"{caller.start}{kind.start}{match[1]}{caller.via}", count, int(denied), first, last)
                if kind.is_data:
                    self._data_resources.add(f"{kind.start}{match[1]}", first)
                continue
            request = (what, resources, parameters)
            accesses = self._requests.get(request)
            if accesses is None:
                accesses = self._new_accesses(request, kind)
            if not accesses:
                self._not_actions[kind.source, kind.name, NotAccessReason.NO_PART, caller.role] += count
            for access in accesses:
                self._add(f"{caller.start}{access}{caller.via}", count, int(denied), first, last)
                if kind.is_data:
                    self._data_resources.add(access, first)

    def result(self) -> MappedLines:
        """What the lines show, of which the accesses in memory are no part."""
        callers = CallerCounts(self._users, self._assumed_functions)
        return MappedLines(tuple(self._paths), self._not_actions, callers, self._data_resources)

    def flush(self) -> None:
        """Write the accesses that are in memory to a file. Raises LinesNotWrittenError."""
        if not self.accesses:
            return
        path = self._new_path()
        try:
            with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
                file.writelines(
                    f"{key}\t{count}\t{denied}\t{first}\t{last}\n"
                    for key, (count, denied, first, last) in self.accesses.items()
                )
        except OSError as error:
            raise LinesNotWrittenError(f"{path.parent}: {error.strerror or error}") from error
        self._paths.append(path)
        self.accesses = {}

    def _add(self, key: str, count: int, denied: int, first: str, last: str) -> None:
        """Count requests of an access, and extend its period; a time of "" is not known."""
        counts = self.accesses.get(key)
        if counts is None:
            if len(self.accesses) >= _MAX_ACCESSES:
                self.flush()
            self.accesses[key] = [count, denied, first, last]
            return
        counts[0] += count
        counts[1] += denied
        counts[2] = min(counts[2] or first, first or counts[2])
        counts[3] = max(counts[3], last)

    def _new_caller(self, who: str) -> _Caller:
        """The caller of the first part of a line, kept for other lines."""
        if len(self._callers) >= _MAX_REMEMBERED:
            self._callers.clear()
        kind, principal, session, evidence, via = who.split("\t")
        is_role = kind in _ROLE_TYPES
        caller = _Caller(
            (principal or ANY_ROLE) if is_role else "",
            f"{principal}\t{session}\t",
            f"\t{via}",
            None if principal else _missing_principal_reason(kind),
            self._wanted.admits(principal, session) or (is_role and not principal),
            not is_role,
            is_role and bool(session) and not evidence,
        )
        self._callers[who] = caller
        return caller

    def _new_kind(self, what: str) -> _Kind:
        """The kind of request of the second part of a line, kept for other lines."""
        if len(self._kinds) >= _MAX_REMEMBERED:
            self._kinds.clear()
        account, region, source, name, event_type, is_data = what.split("\t")
        actions = event_actions(source, name, event_type)
        not_action = None if actions.actions else str(actions.not_action)
        start, pattern = "", None
        # Parameters that may decide are looked at.
        if actions.plan is not None and actions.plan.recorded is not None and not actions.plan.decisive:
            action, types = actions.plan.recorded
            start, pattern = f"{account}\t{region}\t{action}\t", sole_arn_pattern(action, types)
        sole_arn = pattern.fullmatch if pattern is not None else None
        of_data = is_data_event(is_data, source, name)
        kind = _Kind(source, name, actions, not_action, of_data, account, region, start, sole_arn)
        self._kinds[what] = kind
        return kind

    def _new_accesses(self, request: tuple[str, str, str], kind: _Kind) -> tuple[str, ...]:
        """The accesses of a request, kept for other lines."""
        if len(self._requests) >= _MAX_REMEMBERED:
            self._requests.clear()
        accesses = self._requests[request] = kind.accesses(*request[1:])
        return accesses


def _access_texts(scope: str, pairs: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Accesses as texts, each once, without control characters in the resources."""
    texts = (
        f"{scope}\t{action}\t{resource if resource.isprintable() else resource.translate(_CONTROLS)}"
        for action, resource in pairs
    )
    return tuple(dict.fromkeys(texts))


@lru_cache(maxsize=256)
def _partition(region: str) -> str:
    return infer_partition(region) or "aws"


def _missing_principal_reason(kind: str) -> str:
    """Why a record without a principal is no access, by the type of its identity."""
    if kind == "AWSService":
        return NotAccessReason.SERVICE
    if kind in _ROLE_TYPES:
        return NotAccessReason.UNNAMED_ROLE
    return NotAccessReason.ACCOUNT if kind == "AWSAccount" else NotAccessReason.NOBODY
