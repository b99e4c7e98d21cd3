"""What condition keys say of a request, for the question whether every resource is reached: `data/context_keys.tsv`."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, lru_cache

from iamglue.catalog.services import find_action
from iamglue.catalog.tables import table_rows
from iamglue.policy.patterns.wildcards import has_wildcard, matches

_RESOURCE_TAG, _REQUEST_TAG = "aws:ResourceTag/${TagKey}", "aws:RequestTag/${TagKey}"


class KeyKind(StrEnum):
    """What a condition key describes. A key in no row of the table is a parameter of the request."""

    FREE = "free"  # the caller, its session or network, the time, the account: no limit on the resource
    USER = "user"  # like FREE, but the session of a function's role does not have it, except for tags of the role
    MISSING = "missing"  # not in a direct request of the caller
    RESOURCE = "resource"  # the resource: one that no policy knows does not have it
    NAMED = "named"  # the name of the resource, or of something else that the caller supplies


@lru_cache(maxsize=4096)
def key_kind(key: str) -> KeyKind | None:
    """What a condition key, in any case, describes; None for a parameter of the request."""
    lower = key.lower()
    kinds, patterns = _kinds_by_key()
    return kinds.get(lower) or next((kind for pattern, kind in patterns if matches(pattern, lower)), None)


@cache
def _kinds_by_key() -> tuple[dict[str, KeyKind], tuple[tuple[str, KeyKind], ...]]:
    """The kinds of the keys in lower case: of whole names, and of patterns."""
    kinds = {row["key"].lower(): KeyKind(row["kind"]) for row in table_rows("context_keys")}
    return kinds, tuple((key, kind) for key, kind in kinds.items() if has_wildcard(key))


@lru_cache(maxsize=4096)
def is_property_of_resource(key: str, action: str) -> bool:
    """Whether AWS lists a key, in lower case, only for existing resources of the action, and not for the action.

    If requests have tags for the resources, the action may create them: their keys may be parameters of the request.
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    described = find_action(action)
    if described is None or key in map(str.lower, described.condition_keys):
        return False
    of_types = [resource.condition_keys for resource in described.resource_types]
    listing = [keys for keys in of_types if key in map(str.lower, keys)]
    return bool(listing) and all(_RESOURCE_TAG in keys and _REQUEST_TAG not in keys for keys in listing)


def is_always_present(key: str) -> bool:
    """Whether every request has a condition key, in any case: `data/always_present_keys.tsv`."""
    return key.lower() in always_present_keys(signed=False)


@cache
def always_present_keys(*, signed: bool) -> frozenset[str]:
    """The condition keys, in lower case, that every request has; with `signed`, every one but anonymous requests."""
    rows = table_rows("always_present_keys")
    return frozenset(row["key"].lower() for row in rows if signed or row["requests"] == "all")
