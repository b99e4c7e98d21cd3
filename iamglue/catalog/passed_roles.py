"""The actions whose calls pass a role to a service: `data/passed_roles.tsv`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows

_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class PassedRole:
    """The services that receive the role, () if they are not known; `is_always`: every call passes one."""

    services: tuple[str, ...]
    is_always: bool


def passed_role(action: str) -> PassedRole | None:
    """The role that calls of an action (`prefix:Name`) pass; None if they pass none."""
    return _passed_roles().get(action)


@cache
def passing_actions() -> dict[str, tuple[str, ...]]:
    """The actions that pass a role to each service that receives one; "" for actions whose service is not known."""
    actions: dict[str, list[str]] = {}
    for action, role in _passed_roles().items():
        for service in role.services or ("",):
            actions.setdefault(service, []).append(action)
    return {service: tuple(sorted(actions[service])) for service in sorted(actions)}


@cache
def _passed_roles() -> dict[str, PassedRole]:
    """The role of each action (`prefix:Name`) of the table."""
    return {
        f"{row['service']}:{name}": PassedRole(
            () if row["passed_to"] == _UNKNOWN else tuple(row["passed_to"].split()), bool(row["when"])
        )
        for row in table_rows("passed_roles")
        for name in row["actions"].split()
    }
