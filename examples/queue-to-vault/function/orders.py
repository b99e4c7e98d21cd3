"""An order as it comes from the queue and as it is kept; knows nothing of Lambda or AWS."""

from __future__ import annotations

import json
import re
from typing import Any

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class BadOrderError(ValueError):
    """The order cannot be filed: the message says why."""


def parse(text: str) -> dict[str, Any]:
    """The order in a message's body. Raises BadOrderError for what is not a JSON object."""
    try:
        order = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadOrderError(f"no JSON: {error}") from error
    if not isinstance(order, dict):
        raise BadOrderError(f"expected an object, found {type(order).__name__}")
    return order


def document(order: dict[str, Any]) -> tuple[str, bytes]:
    """The key and the body under which an order is kept. Raises BadOrderError when id or date will not do."""
    identity, date = str(order.get("id", "")), str(order.get("date", ""))
    if not _ID.fullmatch(identity):
        raise BadOrderError(f"expected an id of letters, digits and hyphens, found {identity!r}")
    if not _DATE.fullmatch(date):
        raise BadOrderError(f"expected a date like 2026-06-21, found {date!r}")
    return f"orders/{date}/{identity}.json", json.dumps(order, sort_keys=True).encode()
