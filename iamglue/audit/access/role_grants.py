"""The statements of a role's policies that allow requests of a set, within its boundary and SCPs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.audit.access.role_access import RoleAccess
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Statement
from iamglue.risk.forbidden_requests import ForbiddenGrant, ForbiddenRequests, StatementTerms, find_forbidden_grant


def find_role_grants(access: RoleAccess, requests: ForbiddenRequests) -> Iterator[ForbiddenGrant]:
    """The Allow statements of the role's own policies that allow one of the requests, or may do so."""
    layers = (access.identity_layer, *access.limits)
    own, *limits = (StatementTerms(layer.allows, layer.denies) for layer in layers)
    for term in own.allows:
        grant = find_forbidden_grant(term, own, limits, requests)
        if grant is not None:
            yield grant


def caller_conditions(
    access: RoleAccess, statements: Iterable[Statement], conditions: Iterable[Condition]
) -> tuple[Condition, ...]:
    """Conditions for what is known, in every request of the role, of the keys that statements or conditions test."""
    tested = (*conditions, *(condition for statement in statements for condition in statement.conditions))
    return tuple(_known_conditions(access, sorted({condition.key.lower() for condition in tested})))


def _known_conditions(access: RoleAccess, keys: Iterable[str]) -> Iterator[Condition]:
    """Yield a condition for each key that the role decides: a value, a missing key, or what it may be."""
    for key in keys:
        if key in access.caller_facts:
            yield build_condition("StringEquals", key, *access.caller_facts[key])
        elif access.is_missing_in_requests(key):
            yield build_condition("Null", key, "true")
        elif key in access.caller_conditions:
            yield access.caller_conditions[key]
