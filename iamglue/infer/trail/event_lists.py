"""Maps with more than one list of events: a decoder of JSON keeps one of them and says nothing of the others."""

from __future__ import annotations

import json
import re
from typing import Any

LIST_NAMES = ("Records", "Events", "QueryResultRows")
SECOND_LIST = "the map has a second list of events, which is not read"
_QUOTED_NAMES = tuple(f'"{name}"'.encode() for name in LIST_NAMES)
_KEY = re.compile(rb'"(?:Records|Events|QueryResultRows)"\s*:')
# The beginning of an escaped letter, with which a key can be written too.
_ESCAPED_LETTERS = (rb"\u004", rb"\u005", rb"\u006", rb"\u007")


def may_have_second_list(raw: bytes) -> bool:
    """Whether a text may have more than one list of events; never wrongly False."""
    mentions = sum(map(raw.count, _QUOTED_NAMES))  # much faster than a search for keys, which most files do not need
    return (mentions > 1 and len(_KEY.findall(raw)) > 1) or any(map(raw.__contains__, _ESCAPED_LETTERS))


def has_second_list(raw: bytes) -> bool:
    """Whether a JSON map has more than one list of events."""
    if not may_have_second_list(raw):
        return False
    names: list[str] = []

    def keep_names(pairs: list[tuple[str, Any]]) -> None:
        names[:] = [name for name, _ in pairs]  # the outermost map comes last

    try:
        json.loads(raw, object_pairs_hook=keep_names)
    except (ValueError, RecursionError):
        return False  # who reads it reports the error
    return sum(name in LIST_NAMES for name in names) > 1
