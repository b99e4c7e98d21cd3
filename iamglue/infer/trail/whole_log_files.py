"""Decodes a log file that is in memory as a whole."""

from __future__ import annotations

import re

import msgspec

from iamglue.infer.trail.event_lists import may_have_second_list
from iamglue.infer.trail.events import TrailEvent, decode_events, decode_log_file

CONTAINER = re.compile(rb'\s*\{\s*"(Records|Events|QueryResultRows)"\s*:\s*\[')
LOG_LIST = b"Records"


def events_of_log_file(whole: bytes) -> list[TrailEvent] | None:
    """The events of a map with one list `Records`; None for any other text.

    The list is decoded, and not the map: of a map with two lists a decoder drops one.
    """
    start = CONTAINER.match(whole)
    if start is not None and start[1] == LOG_LIST:
        batch = events_of_list(whole[start.end() - 1 :])
        if batch is not None:
            return batch
    if may_have_second_list(whole):
        return None
    try:
        return decode_log_file(whole).Records
    except (msgspec.DecodeError, RecursionError):
        return None


def events_of_list(text: bytes) -> list[TrailEvent] | None:
    """The events of a list that ends with the text, or with the map that the list is in."""
    text = text.rstrip().removesuffix(b"}")
    try:
        return decode_events(text)
    except (msgspec.DecodeError, RecursionError):
        return None
