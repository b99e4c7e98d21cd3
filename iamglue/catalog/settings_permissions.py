"""What a function's settings ask of its role: the facts of `data/companions.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import document


@dataclass(frozen=True, slots=True)
class Companion:
    """Actions that a setting needs on `on`; `condition` is (operator, key, value) or empty."""

    setting: str
    when: str
    actions: tuple[str, ...]
    on: str
    label: str
    source: str
    condition: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """A service that records may be sent to: each action with the resource type it acts on."""

    service: str
    settings: tuple[str, ...]
    actions: tuple[tuple[str, str], ...]
    source: str


@cache
def companions() -> tuple[Companion, ...]:
    """Every row, in the file's order."""
    return tuple(
        Companion(
            row["setting"],
            row["when"],
            tuple(row["actions"]),
            row["on"],
            row["label"],
            row["source"],
            tuple(row.get("condition", ())),
        )
        for row in document("companions")["needs"]
    )


@cache
def destinations(setting: str) -> dict[str, Destination]:
    """The services that `setting` may name, by their prefix; "mapping" is a poll trigger's `on_failure`."""
    return {
        row["service"]: Destination(
            row["service"],
            tuple(row["settings"]),
            tuple((action, kind) for action, kind in row["actions"]),
            row["source"],
        )
        for row in document("companions")["destinations"]
        if setting in row["settings"]
    }
