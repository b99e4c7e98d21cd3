"""Actions that read stored data, return credentials or share resources: the facts of tables in `data/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class SensitiveAction:
    """An action (`prefix:Name`), the pattern of its resources (`s3:*/*`), and its effect in words."""

    action: str
    resource_pattern: str
    effect_text: str
    source: str


@cache
def data_read_actions() -> dict[str, SensitiveAction]:
    """The actions that read stored data, by name."""
    return {
        row["action"]: SensitiveAction(row["action"], row["shape"], row["data"], row["source"])
        for row in table_rows("data_actions")
    }


@cache
def credential_actions() -> dict[str, SensitiveAction]:
    """The actions that return credentials, by name."""
    return {
        row["action"]: SensitiveAction(row["action"], row["shape"], row["credentials"], row["source"])
        for row in table_rows("credential_actions")
    }


@cache
def exposing_actions() -> dict[str, SensitiveAction]:
    """The actions that can give others access to a resource, by name."""
    return {
        row["action"]: SensitiveAction(row["action"], row["shape"], row["opens"], row["source"])
        for row in table_rows("exposing_actions")
    }
