"""The permissions that a function's settings require of its role: the facts of `data/companions.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import toml_document


@dataclass(frozen=True, slots=True)
class SettingPermission:
    """Actions that a setting requires on `on`; `condition` is (operator, key, value) or empty."""

    setting: str
    when: str
    actions: tuple[str, ...]
    on: str
    label: str
    source: str
    condition: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DestinationService:
    """A service that records can be sent to: each action with its resource type."""

    service: str
    settings: tuple[str, ...]
    actions: tuple[tuple[str, str], ...]
    source: str


@cache
def setting_permissions() -> tuple[SettingPermission, ...]:
    """Every row, in the file's order."""
    return tuple(
        SettingPermission(
            row["setting"],
            row["when"],
            tuple(row["actions"]),
            row["on"],
            row["label"],
            row["source"],
            tuple(row.get("condition", ())),
        )
        for row in toml_document("companions")["needs"]
    )


@cache
def destination_services(setting: str) -> dict[str, DestinationService]:
    """The services that `setting` can name, by prefix; "mapping" is the `on_failure` of a poll trigger."""
    return {
        row["service"]: DestinationService(
            row["service"],
            tuple(row["settings"]),
            tuple((action, kind) for action, kind in row["actions"]),
            row["source"],
        )
        for row in toml_document("companions")["destinations"]
        if setting in row["settings"]
    }
