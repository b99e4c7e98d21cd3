"""Requests that organization policies do not bind, and calls that AWS refuses whatever policies allow.

The facts are rows of `organization_exemptions.tsv` and `caller_exclusions.tsv`, each with its AWS page.
"""

from __future__ import annotations

from functools import cache, lru_cache

from iamglue.catalog.services import services_supporting_rcps
from iamglue.catalog.tables import table_rows
from iamglue.engine.evaluate.callers import CallerKind, parse_caller
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request_scope import RequestScope
from iamglue.policy.arns import resource_matches
from iamglue.policy.patterns.wildcards import matches

_MANAGEMENT = "MANAGEMENT"
_EXCLUDED_KINDS = {
    CallerKind.ROOT: "root",
    CallerKind.ROLE: "role-session",
    CallerKind.SESSION: "role-session",
    CallerKind.FEDERATED_USER: "federated-user",
}


def find_exemption(kind: PolicyKind, scope: RequestScope, management_account: str | None) -> str | None:
    """What SCPs or RCPs do not apply to that the request is an instance of; None if they apply."""
    request = scope.request
    by_action = _action_exemption(kind, request.action)
    if kind is PolicyKind.SCP:
        return by_action or _caller_exemption(kind, request.principal, management_account)
    return (
        by_action
        or _caller_exemption(kind, request.principal, management_account)
        or _resource_exemption(kind, request.resource)
        or _find_reason(kind, "resource-account", scope.resource_account, management_account)
        or next((reason for alias in request.key_aliases if (reason := _find_reason(kind, "key-alias", alias))), None)
    )


@lru_cache(maxsize=8192)
def _action_exemption(kind: PolicyKind, action: str) -> str | None:
    """Like `find_exemption`, by the action alone."""
    lower = action.lower()
    if kind is PolicyKind.RCP and lower.partition(":")[0] not in services_supporting_rcps():
        return f"`{action}`"
    return _find_reason(kind, "action", lower)


@lru_cache(maxsize=8192)
def _resource_exemption(kind: PolicyKind, resource: str) -> str | None:
    """Like `find_exemption`, by the resource alone."""
    rows = _rows().get((kind.value, "resource"), ())
    return next((reason for pattern, reason in rows if resource_matches(pattern, resource)), None)


@lru_cache(maxsize=8192)
def _caller_exemption(kind: PolicyKind, principal: str | None, management_account: str | None) -> str | None:
    """Like `find_exemption`, by the caller alone."""
    caller = parse_caller(principal)
    if kind is PolicyKind.SCP and caller.account is None and caller.kind is not CallerKind.UNNAMED:
        return f"{caller.kind.value}"
    role = caller.arn.resource if caller.arn and caller.kind in (CallerKind.ROLE, CallerKind.SESSION) else None
    by_account = _find_reason(kind, "principal-account", caller.account, management_account)
    return by_account or _find_reason(kind, "principal", role)


def _find_reason(kind: PolicyKind, element: str, text: str | None, management_account: str | None = None) -> str | None:
    """The reason of the first row of the table that matches the text of an element."""
    if text is None:
        return None
    for pattern, reason in _rows().get((kind.value, element), ()):
        if text == management_account if pattern == _MANAGEMENT else matches(pattern, text):
            return reason
    return None


@cache
def _rows() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The patterns and reasons of the table, by policies and element."""
    rows: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in table_rows("organization_exemptions"):
        rows.setdefault((row["policies"], row["element"]), []).append((row["pattern"], row["reason"]))
    return rows


@lru_cache(maxsize=8192)
def is_refused_to_caller(kind: CallerKind, action: str) -> bool:
    """Whether AWS refuses an action to every principal of this kind, whatever policies allow."""
    name, lower = _EXCLUDED_KINDS.get(kind), action.lower()
    return any(
        row["principal"] == name
        and any(matches(pattern.lower(), lower) for pattern in row["actions"].split())
        and lower not in row["except"].lower().split()
        for row in table_rows("caller_exclusions")
    )
