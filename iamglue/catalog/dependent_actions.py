"""The permissions that some calls of an action need beside it: `data/dependent_actions.tsv`.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
calls them dependent actions. A role that a call passes is in `passed_roles`.
"""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import service_rows


def dependent_actions(action: str) -> tuple[str, ...]:
    """The actions (`prefix:Name`) on which AWS documents calls of an action as dependent; () if there are none."""
    return _dependent_actions(action.partition(":")[0]).get(action, ())


@cache
def _dependent_actions(service: str) -> dict[str, tuple[str, ...]]:
    """The dependent actions of a service's actions, both as `prefix:Name`."""
    return {
        f"{service}:{name}": tuple(row["dependent"].split())
        for row in service_rows("dependent_actions", service)
        for name in row["actions"].split()
    }
