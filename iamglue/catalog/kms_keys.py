"""Which KMS actions a service asks of its caller for data under a customer managed key: `data/keys.tsv`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from iamglue.catalog.tables import table_rows

_NONE = "-"


@cache
def kms_key_services() -> tuple[str, ...]:
    """The services whose callers need KMS actions, sorted."""
    return tuple(sorted({row["service"] for row in table_rows("keys") if row["kms"] != _NONE}))


def service_owned_key_source(service: str) -> str | None:
    """Where AWS says that a service uses keys by a grant or key policy of its own; None when it does not."""
    return next(
        (row["source"] for row in table_rows("keys") if row["service"] == service and row["kms"] == _NONE), None
    )


def kms_actions(actions: Iterable[str]) -> tuple[str, ...]:
    """The `kms:` actions that go with data actions (`prefix:Name`), sorted."""
    table = _table()
    return tuple(sorted({kms for action in actions for kms in table.get(action.lower(), ())}))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    return {
        f"{row['service']}:{name}".lower(): tuple(f"kms:{kms}" for kms in row["kms"].split())
        for row in table_rows("keys")
        if row["kms"] != _NONE
        for name in row["actions"].split()
    }
