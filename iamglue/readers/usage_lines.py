"""Reads a usage as `infer trail` writes it, one access a line, in a bounded amount of memory: there may be millions.

The pattern of a line accepts what the reader of usage files accepts, and less: for any other line, that reader has to
look at the file as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import BinaryIO

from iamglue.model.usage import ActionUsage

_BEGIN, _END = b'  "access": [\n', b"  ],\n"
_ACCESS = b'    {"role": '
_MAX_LINE = 1 << 20
# What is not access is read as a whole.
_MAX_OTHER = 64 << 20
_TEXT, _TIME = r'[^"\\\x00-\x1f]', r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
_OPTIONAL, _OPTIONAL_TIME = rf'(?:null|"({_TEXT}*)")', rf'(?:null|"({_TIME})")'
_NUMBER = r"(0|[1-9][0-9]{0,17})"
_NAME = r'[^"\\\x00-\x1f:*?]+'
_LINE = re.compile(
    rf'    \{{"role": "({_TEXT}+)", "function": {_OPTIONAL}, "account": (?:null|"{_TEXT}*"), '
    rf'"region": (?:null|"{_TEXT}*"), "action": "({_NAME}:{_NAME})", "resource": "(\*|arn:{_TEXT}*)", '
    rf'"via": (?:null|"{_TEXT}*"), "count": {_NUMBER}, "denied": {_NUMBER}, '
    rf'"first": {_OPTIONAL_TIME}, "last": {_OPTIONAL_TIME}\}},?\n'
)


class OtherLayoutError(Exception):
    """The file is not written as `infer trail` writes it, or has an error."""


@dataclass(frozen=True, slots=True)
class UsageScope:
    """What is needed of the access in a usage file.

    `functions`: access that names another function is left out; None for all. `by_action`: what a role requested of one
    action is one access, without its functions, resources and times.
    """

    functions: frozenset[str] | None = None
    by_action: bool = False


class AccessCollection:
    """The access that is needed of all that is added."""

    def __init__(self, scope: UsageScope) -> None:
        self._scope = scope
        self._access: list[ActionUsage] = []
        self._by_action: dict[tuple[str, str], list[int]] = {}

    def add(self, access: ActionUsage) -> None:
        """Add one access, if it is needed."""
        functions = self._scope.functions
        if functions is not None and access.function is not None and access.function not in functions:
            return
        if not self._scope.by_action:
            self._access.append(access)
            return
        counts = self._by_action.setdefault((access.role, access.action), [0, 0])
        counts[0] += access.count
        counts[1] += access.denied

    def access(self) -> tuple[ActionUsage, ...]:
        """All that is needed."""
        merged = (
            ActionUsage(role, action, count=count, denied=denied)
            for (role, action), (count, denied) in self._by_action.items()
        )
        return (*self._access, *merged)


def read_access_lines(file: BinaryIO, collection: AccessCollection, read_other: Callable[[str], ActionUsage]) -> bytes:
    """Add the access of a file to the collection; the rest of the file, with an empty line for each access.

    `read_other` reads an access that does not match the pattern, such as one with escapes. Raises OtherLayoutError if
    the file is not as `infer trail` writes it, possibly after a part of it; OSError; and what `read_other` raises.
    """
    other: list[bytes] = []
    size = 0
    while line := file.readline(_MAX_LINE):
        size += len(line)
        if size > _MAX_OTHER:
            raise OtherLayoutError
        other.append(line)
        if line == _BEGIN:
            other += (b"\n" * _read_list(file, collection, read_other), _END)
    return b"".join(other)


def _read_list(file: BinaryIO, collection: AccessCollection, read_other: Callable[[str], ActionUsage]) -> int:
    """Add the access of the list that the file is at, up to the line that ends it; the number of lines before that."""
    count = 0
    is_last = False
    while line := file.readline(_MAX_LINE):
        if line == _END and is_last:
            return count
        if is_last or not line.startswith(_ACCESS):
            break
        try:
            text = line.decode()
        except UnicodeDecodeError:
            break
        collection.add(_access(text) or read_other(text.removesuffix("\n").removesuffix(",")))
        is_last = not line.endswith(b",\n")
        count += 1
    raise OtherLayoutError


def _access(line: str) -> ActionUsage | None:
    """The access in a line; None if the line does not match the pattern, or has an error."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    role, function, action, resource, number, refused, first, last = match.groups()
    count, denied = int(number), int(refused)
    has_days = (first is None or _is_day(first[:10])) and (last is None or _is_day(last[:10]))
    if denied > count or not has_days or (first and last and first > last):
        return None
    return ActionUsage(role, action, resource, function, count, denied, first, last)


@lru_cache(maxsize=4096)
def _is_day(text: str) -> bool:
    """Whether there is such a day: the pattern of a line also matches 2026-02-30."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
