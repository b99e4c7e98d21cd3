"""When accounts were read, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

_UNKNOWN = "when the account was read is not known"


def reading_time_text(times: Iterable[str | None]) -> str:
    """When accounts were read; `times` has the time of each, None if it is not known. Empty without accounts."""
    texts = [_minute(time) for time in times]
    known = sorted({text for text in texts if text})
    if not texts:
        return ""
    if not known:
        return _UNKNOWN if len(texts) == 1 else "when the accounts were read is not known"
    account = "account" if len(texts) == 1 else "accounts"
    period = f"on {known[0]}" if len(known) == 1 else f"from {known[0]} to {known[-1]}"
    unknown = "; of some accounts it is not known when" if "" in texts else ""
    return f"{account} read {period}{unknown}"


def _minute(time: str | None) -> str:
    """A time of an account, which a file may have in any form; empty if it is not known."""
    try:
        moment = datetime.fromisoformat(time or "")
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return ""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
