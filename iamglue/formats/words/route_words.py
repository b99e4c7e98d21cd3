"""What a role can become, in words."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from iamglue.model.escalation_map import PrincipalRoutes, RouteEnd


class FarthestReach(StrEnum):
    """The most severe access that a role has or can get."""

    ADMINISTRATOR = "administrator"
    DATA = "data"
    MORE = "more"
    NONE = "none"
    UNKNOWN = "unknown"


REACH_TITLES = {
    FarthestReach.ADMINISTRATOR: "have or can get administrator access",
    FarthestReach.DATA: "can read all data of a kind, or get to it",
    FarthestReach.MORE: "can get other access than their own",
    FarthestReach.NONE: "can get no more than their own access",
    FarthestReach.UNKNOWN: "may get access that is not known",
}


def farthest_reach(routes: PrincipalRoutes | None) -> tuple[FarthestReach, str]:
    """The most severe access that a role has or can get, and the sentence that says so."""
    if routes is None or (routes.not_known and not routes.routes and not routes.data):
        return FarthestReach.UNKNOWN, "what it can become is not known" if routes else ""
    reach = FarthestReach.NONE, ""
    if _verb(routes, RouteEnd.UNREAD):
        reach = FarthestReach.UNKNOWN, "may get access that was not read"
    if verb := _verb(routes, RouteEnd.MORE):
        reach = FarthestReach.MORE, f"{verb} get more access than it has"
    if verb := _verb(routes, RouteEnd.DATA):
        reach = FarthestReach.DATA, f"{verb} get to all {_list(name for route in routes.routes for name in route.data)}"
    if routes.data:
        reach = FarthestReach.DATA, f"can read all {_list(item.name for item in routes.data)}"
    if verb := _verb(routes, RouteEnd.ADMINISTRATOR):
        reach = FarthestReach.ADMINISTRATOR, f"{verb} get administrator access"
    if routes.is_administrator:
        reach = FarthestReach.ADMINISTRATOR, "has administrator access"
    return reach


def _verb(routes: PrincipalRoutes, end: RouteEnd) -> str:
    """How certain it is that a route leads to an end: `can` or `may`; empty if none does."""
    unknown = [route.unknown for route in routes.routes if route.end is end]
    return "" if not unknown else "may" if all(unknown) else "can"


def _list(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    return " and ".join(filter(None, [", ".join(unique[:-1]), unique[-1]]))
