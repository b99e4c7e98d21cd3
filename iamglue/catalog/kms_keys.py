"""The KMS actions that services require of callers for data under a customer managed key: `data/kms_actions.tsv`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from iamglue.catalog.tables import table_rows

# AWS's guides do not say which of its names S3 gives for objects of directory buckets.
_VIA_SERVICES = {"s3express": ("s3", "s3express")}
_NO_KMS_ACTIONS = "-"


@cache
def kms_key_services() -> tuple[str, ...]:
    """The services whose callers need KMS actions, sorted."""
    return tuple(sorted({row["service"] for row in table_rows("kms_actions") if row["kms"] != _NO_KMS_ACTIONS}))


def service_owned_key_source(service: str) -> str | None:
    """The AWS page that states that a service uses keys through its own grant or key policy; None if there is none."""
    return next(
        (
            row["source"]
            for row in table_rows("kms_actions")
            if row["service"] == service and row["kms"] == _NO_KMS_ACTIONS
        ),
        None,
    )


def kms_actions(actions: Iterable[str]) -> tuple[str, ...]:
    """The `kms:` actions that data actions (`prefix:Name`) also require, sorted."""
    table = _kms_actions_by_action()
    return tuple(sorted({kms for action in actions for kms in table.get(action.lower(), ())}))


def via_services(service: str) -> tuple[str, ...]:
    """The names of a service in kms:ViaService, without the Region."""
    return _VIA_SERVICES.get(service, (service,))


@cache
def _kms_actions_by_action() -> dict[str, tuple[str, ...]]:
    """The `kms:` actions by lower-case data action."""
    return {
        f"{row['service']}:{name}".lower(): tuple(f"kms:{kms}" for kms in row["kms"].split())
        for row in table_rows("kms_actions")
        if row["kms"] != _NO_KMS_ACTIONS
        for name in row["actions"].split()
    }
