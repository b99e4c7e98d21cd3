"""Requests that organization policies do not bind, and calls that AWS refuses whatever policies allow.

The facts are rows of `organization_exemptions.tsv` and `caller_exclusions.tsv`, each with its AWS page.
"""

from __future__ import annotations

from functools import cache

from iamglue.catalog.services import services_supporting_rcps
from iamglue.catalog.tables import table_rows
from iamglue.engine.evaluate.callers import CallerKind
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request_scope import RequestScope
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
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
    caller, action = scope.caller, scope.request.action
    if kind is PolicyKind.SCP and caller.account is None and caller.kind is not CallerKind.UNNAMED:
        return f"{caller.kind.value}"
    if kind is PolicyKind.RCP and action.lower().partition(":")[0] not in services_supporting_rcps():
        return f"`{action}`"
    texts = _element_texts(scope)
    for row in table_rows("organization_exemptions"):
        pattern = management_account if row["pattern"] == _MANAGEMENT else row["pattern"]
        if pattern is None or row["policies"] != kind.value:
            continue
        if any(matches(pattern, text) for text in texts[row["element"]]):
            return row["reason"]
    return None


def _element_texts(scope: RequestScope) -> dict[str, tuple[str, ...]]:
    """The texts of a request that rows of the table match, by element."""
    caller, request = scope.caller, scope.request
    fields = split_arn_fields(request.resource)
    role = caller.arn.resource if caller.arn and caller.kind in (CallerKind.ROLE, CallerKind.SESSION) else None
    return {
        "action": (request.action.lower(),),
        "principal": (role,) if role else (),
        "principal-account": (caller.account,) if caller.account else (),
        "resource": fields[-1:] if len(fields) == ARN_FIELD_COUNT else (),
        "resource-account": (scope.resource_account,) if scope.resource_account else (),
        "key-alias": request.key_aliases,
    }


@cache
def is_refused_to_caller(kind: CallerKind, action: str) -> bool:
    """Whether AWS refuses an action to every principal of this kind, whatever policies allow."""
    name, lower = _EXCLUDED_KINDS.get(kind), action.lower()
    return any(
        row["principal"] == name
        and any(matches(pattern.lower(), lower) for pattern in row["actions"].split())
        and lower not in row["except"].lower().split()
        for row in table_rows("caller_exclusions")
    )
