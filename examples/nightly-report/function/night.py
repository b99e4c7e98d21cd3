"""Which day a night reports on and what it measures; knows nothing of Lambda or AWS."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any


def day_before(time: str) -> date:
    """The day before an event's `time`, which EventBridge writes in UTC. Raises ValueError for what is not a time."""
    return datetime.fromisoformat(time).date() - timedelta(days=1)


def execution_name(day: date) -> str:
    """The name that makes a day's execution the only one."""
    return f"roll-up-{day.isoformat()}"


def metrics(*, started: bool) -> list[dict[str, Any]]:
    """One count of each: roll-ups started, and events that came again."""
    return [
        {"MetricName": "Started", "Value": int(started), "Unit": "Count"},
        {"MetricName": "Repeated", "Value": int(not started), "Unit": "Count"},
    ]
