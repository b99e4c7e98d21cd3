"""Events in tables: the CSV that Athena and CloudTrail Lake export, with a column for each field of an event.

Structures are JSON, or written as Athena writes rows in text: `{type=AssumedRole, arn=arn:aws:..., ...}`.

https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from iamglue.infer.trail.byte_streams import DamagedFileError
from iamglue.infer.trail.events import decode_value, event_of_texts
from iamglue.infer.trail.json_items import Batch, ReadingProblems

_BATCH = 2000
_NAME = re.compile(r"\s*([A-Za-z0-9_]+)=")
_MAX_FIELD = 1 << 24


def is_table(head: bytes) -> bool:
    """Whether a file starts with a line of column names, among them those of an event's source and name."""
    line = head[: 1 << 16].lstrip().partition(b"\n")[0].decode("utf-8", "replace").replace("\0", "\ufffd")
    if line[:1] in ("{", "["):
        return False
    columns = {name.strip().lower() for name in next(csv.reader([line]), ())}
    return {"eventsource", "eventname"} <= columns


def table_batches(blocks: Iterator[bytes], problems: ReadingProblems) -> Iterator[Batch]:
    """Yield the events of a table in batches; what cannot be read goes to `problems`."""
    csv.field_size_limit(_MAX_FIELD)
    batch: Batch = []
    position = 0
    try:
        for row in csv.DictReader(_lines(blocks)):
            position += 1
            problems.is_log = False
            event = "the row has more values than there are columns" if None in row else _row_event(row)
            if isinstance(event, str):
                problems.add(position, event)
            else:
                batch.append(event)
            if len(batch) >= _BATCH:
                yield batch
                batch = []
    except (DamagedFileError, csv.Error) as error:
        problems.damage = str(error)
    yield batch


def _row_event(row: dict[str, str]) -> Any:
    """The event of a row, or a text that says why it cannot be read."""
    try:
        return event_of_texts(row, structure_of_text)
    except (ValueError, RecursionError) as error:
        return f"a structure is malformed: {error}"


def _lines(blocks: Iterator[bytes]) -> Iterator[str]:
    """The lines of the blocks, with their ends."""
    rest = b""
    for block in blocks:
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line.decode("utf-8", "replace").replace("\0", "\ufffd") + "\n"
    if rest:
        yield from io.StringIO(rest.decode("utf-8", "replace").replace("\0", "\ufffd"))


def structure_of_text(text: str) -> Any:
    """The structure in a text: JSON, or Athena's text of a row or a list. Raises ValueError."""
    try:
        return decode_value(text.encode())
    except msgspec.DecodeError:
        if text[:1] not in ("{", "["):
            raise ValueError("it is neither JSON nor a row of Athena") from None
    value, end = _parse_value(text, 0)
    if text[end:].strip():
        raise ValueError(f"unexpected text at character {end + 1}")
    return value


def _parse_value(text: str, at: int) -> tuple[Any, int]:
    """The value at an offset, and the offset after it; a text without a value is None."""
    if text[at : at + 1] == "{":
        return _parse_row(text, at + 1)
    if text[at : at + 1] == "[":
        return _parse_list(text, at + 1)
    match = re.compile(r"[^,{}\[\]]*").match(text, at)
    end = match.end() if match else at
    token = text[at:end].strip()
    return (None if token in ("null", "") else token), end


def _parse_row(text: str, at: int) -> tuple[dict[str, Any], int]:
    """The members of `{name=value, ...}`, and the offset after it. Raises ValueError."""
    result: dict[str, Any] = {}
    while True:
        name = _NAME.match(text, at)
        if name is None:
            if text[at : at + 1] == "}":
                return result, at + 1
            raise ValueError(f"expected `name=` at character {at + 1}")
        result[name[1]], at = _parse_value(text, name.end())
        at = _after_value(text, at, "}")
        if text[at - 1] == "}":
            return result, at


def _parse_list(text: str, at: int) -> tuple[list[Any], int]:
    """The elements of `[value, ...]`, and the offset after it. Raises ValueError."""
    result: list[Any] = []
    if text[at : at + 1] == "]":
        return result, at + 1
    while True:
        while text[at : at + 1] == " ":
            at += 1
        value, at = _parse_value(text, at)
        result.append(value)
        at = _after_value(text, at, "]")
        if text[at - 1] == "]":
            return result, at


def _after_value(text: str, at: int, close: str) -> int:
    """The offset after a comma or the closing bracket."""
    if text[at : at + 1] not in (",", close) or at >= len(text):
        raise ValueError(f"expected `,` or `{close}` at character {at + 1}")
    return at + 1
