"""Splits a stream of JSON into events, in a bounded amount of memory.

A small log file is decoded as a whole. A larger one is cut between two events, where the text of the first member of
an event follows a brace and a comma; what does not decode is looked at value by value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from iamglue.infer.trail.byte_streams import BLOCK_SIZE, DamagedFileError
from iamglue.infer.trail.decoding_problems import plain_problem
from iamglue.infer.trail.event_lists import LIST_NAMES, SECOND_LIST
from iamglue.infer.trail.events import (
    TrailEvent,
    decode_event_lines,
    decode_events,
    events_of_value,
    has_records,
)
from iamglue.infer.trail.whole_log_files import CONTAINER, LOG_LIST, events_of_list, events_of_log_file

# A value outside of a list of events is read as a whole up to this size.
_MAX_VALUE = 1 << 26
# What follows the list of events in its map is shorter.
_MAX_TAIL = 4096
_LIST = re.compile(rb"\s*\[")
_LIST_TEXT = re.compile(r"\s*\[")
_FIRST_MEMBER = re.compile(rb'\s*\{\s*"([A-Za-z0-9_]{1,64})"')
_SKIPPED = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(parse_int=lambda _: 0, parse_float=lambda _: 0)

Batch = list[TrailEvent]


@dataclass(slots=True)
class ReadingProblems:
    """What of one file could not be read: the number of records, some examples, and why the file ended too early.

    `is_log` is false once an event is not in a list of `Records`, as all those in log files of a trail are.
    """

    unreadable: int = 0
    examples: list[str] = field(default_factory=list)
    damage: str | None = None
    is_log: bool = True

    def add(self, position: int, problem: str) -> None:
        """Count one unreadable record, the one at `position` (from 1) of the file."""
        self.unreadable += 1
        if len(self.examples) < 3:
            self.examples.append(f"record {position}: {problem}")


def event_batches(blocks: Iterator[bytes], problems: ReadingProblems) -> Iterator[Batch]:
    """Yield the events of a file in batches; what cannot be read goes to `problems`."""
    reader = _ItemReader(blocks, problems)
    head = reader.peek()
    if (whole := reader.rest_if_ended()) is not None:
        batch = events_of_log_file(whole)
        if batch is not None:
            yield batch
            return
    if not head.strip():
        if problems.damage is None:
            problems.damage = "the file is empty"
        return
    yield from reader.batches()


class _ItemReader:
    """Reads the values of a stream, those within a list one by one."""

    def __init__(self, blocks: Iterator[bytes], problems: ReadingProblems) -> None:
        self._blocks = blocks
        self._problems = problems
        self._buffer = b""
        self._ended = False
        self._position = 0
        self._in_list = False
        # Whether the list is that of a log file.
        self._is_log = False
        self._first_member = b"eventVersion"

    def peek(self) -> bytes:
        """The first bytes of the stream."""
        self._fill(BLOCK_SIZE)
        return self._buffer

    def rest_if_ended(self) -> bytes | None:
        """All bytes, if the stream ended and is not damaged."""
        return self._buffer if self._ended and self._problems.damage is None else None

    def batches(self) -> Iterator[Batch]:
        """Yield the events of all values."""
        while True:
            self._fill(BLOCK_SIZE)
            if not self._in_list:
                container = CONTAINER.match(self._buffer)
                opening = container or _LIST.match(self._buffer)
                if opening:
                    self._in_list = True
                    self._is_log = container is not None and container[1] == LOG_LIST
                    self._buffer = self._buffer[opening.end() :]
            if not self._buffer.strip() and self._ended:
                if self._in_list and self._problems.damage is None:
                    self._problems.damage = "the list of records does not end: the file was cut off"
                return
            is_log = self._in_list and self._is_log
            batch = self._cut_batch()
            if batch:
                self._problems.is_log &= is_log
            yield self._slow_batch() if batch is None else batch

    def _fill(self, size: int) -> None:
        """Read until the buffer has `size` bytes, or the stream ends."""
        parts, length = [self._buffer], len(self._buffer)
        try:
            while length < size and not self._ended:
                block = next(self._blocks, None)
                if block is None:
                    self._ended = True
                else:
                    parts.append(block)
                    length += len(block)
        except DamagedFileError as error:
            self._ended = True
            self._problems.damage = str(error)
        self._buffer = b"".join(parts)

    def _cut_batch(self) -> Batch | None:
        """The events up to the last place in the buffer where one surely begins; None to look value by value."""
        first = _FIRST_MEMBER.match(self._buffer)
        if first is None:
            return None
        self._first_member = first[1]
        if not self._in_list:
            return self._cut_lines()
        if self._ended:
            return self._last_batch()
        end = self._last_end(first[1])
        if end is None:
            return None
        try:
            batch = decode_events(b"[%b]" % self._buffer[:end])
        except (msgspec.DecodeError, RecursionError):
            return None
        self._position += len(batch)
        self._buffer = self._buffer[end:].lstrip()[1:]
        return batch

    def _last_end(self, name: bytes) -> int | None:
        """The end of the last event in the buffer after which another one begins, whose first member has this name."""
        at = self._buffer.rfind(b'},{"%b"' % name)
        if at >= 0:
            return at + 1
        start = re.compile(rb'\}\s*,\s*\{\s*"%b"' % name)
        ends = [match.start() + 1 for match in start.finditer(self._buffer)]
        return ends[-1] if ends else None

    def _last_batch(self) -> Batch | None:
        """The events of the rest of the file, if nothing but the end of their list, or of its map, follows them."""
        batch = events_of_list(b"[%b" % self._buffer)
        if batch is None:
            batch = events_of_log_file(b'{"Records":[%b' % self._buffer)
        if batch is None:
            return None
        self._position += len(batch)
        self._buffer, self._in_list = b"", False
        return batch

    def _cut_lines(self) -> Batch | None:
        """The events of the complete lines of the buffer, if each line is an event."""
        end = len(self._buffer) if self._ended else self._buffer.rfind(b"\n") + 1
        try:
            batch = decode_event_lines(self._buffer[:end])
        except (msgspec.DecodeError, RecursionError):
            return None
        self._position += len(batch)
        self._buffer = self._buffer[end:]
        return batch or None

    def _slow_batch(self) -> Batch:
        """The events of the values that are complete in the buffer; at least one value is taken."""
        batch: Batch = []
        while True:
            text = self._buffer.decode("utf-8", "surrogateescape")
            offset = self._scan(text, batch)
            if offset or self._ended:
                break
            if len(self._buffer) > _MAX_VALUE:
                self._problems.damage = f"a value is longer than {_MAX_VALUE:,} bytes"
                self._blocks, self._ended, offset = iter(()), True, len(text)
                break
            self._fill(2 * len(self._buffer))
        self._buffer = text[offset:].encode("utf-8", "surrogateescape")
        return batch

    def _scan(self, text: str, batch: Batch) -> int:
        """Add the events of complete values to the batch; the offset of what is left."""
        offset = 0
        while True:
            offset = _after_separators(text, offset)
            if offset >= len(text):
                return offset
            if self._in_list and text[offset] == "]":
                if not self._ended and len(text) - offset < _MAX_TAIL:
                    return offset
                self._in_list = False
                return self._after_list(text, offset + 1)
            try:
                _, end = _DECODER.raw_decode(text, offset)
            except (ValueError, RecursionError) as error:
                if not self._ended:
                    return offset
                end = self._after_malformed(text, offset, error)
            else:
                self._add_value(text[offset:end].encode("utf-8", "surrogateescape"), batch)
            offset = end
            if not self._in_list and _LIST_TEXT.match(text, offset):
                return offset

    def _add_value(self, raw: bytes, batch: Batch) -> None:
        """Add the events of one value to the batch, or count it as unreadable."""
        self._position += 1
        is_log = self._is_log if self._in_list else has_records(raw)
        try:
            events = events_of_value(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            events = [plain_problem(error)]
        for event in events:
            if isinstance(event, str):
                self._problems.add(self._position, event)
            else:
                batch.append(event)
                self._problems.is_log &= is_log

    def _after_list(self, text: str, offset: int) -> int:
        """The offset after the other members of the map that holds the list, and its brace."""
        while match := re.compile(r'\s*,\s*("(?:[^"\\]|\\.)*")\s*:\s*').match(text, offset):
            try:
                name, _ = _DECODER.raw_decode(match[1])
                _, offset = _DECODER.raw_decode(text, match.end())
            except (ValueError, RecursionError):
                break
            if name in LIST_NAMES:
                self._position += 1
                self._problems.add(self._position, SECOND_LIST)
        closing = re.compile(r"\s*\}").match(text, offset)
        return closing.end() if closing else offset

    def _after_malformed(self, text: str, offset: int, error: Exception) -> int:
        """Count a value that is not JSON, and return where the next one begins."""
        self._position += 1
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else getattr(error, "msg", str(error))
        following = self._next_event(text, offset)
        if following is None and self._problems.damage is None and isinstance(error, json.JSONDecodeError):
            self._problems.damage = f"malformed JSON, or cut off: {error.msg}"
        self._problems.add(self._position, f"not JSON: {reason}")
        return len(text) if following is None else following

    def _next_event(self, text: str, offset: int) -> int | None:
        """Where the next event, or line, begins after a malformed one."""
        pattern = rf'(?:\}}\s*,|\n)\s*(?=\{{\s*"(?:eventVersion|{self._first_member.decode()})")'
        match = re.compile(pattern).search(text, offset + 1)
        return match.end() if match else None


def _after_separators(text: str, offset: int) -> int:
    match = _SKIPPED.match(text, offset)
    return match.end() if match else offset
