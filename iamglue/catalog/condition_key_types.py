"""The value types of condition keys, by the name of the key in a policy."""

from __future__ import annotations

from functools import cache, lru_cache

from iamglue.catalog.condition_key_lookup import find_condition_key, find_listed_key
from iamglue.catalog.services import ARRAY_PREFIX, ConditionKey
from iamglue.catalog.tables import table_rows


@lru_cache(maxsize=8192)
def find_known_key(name: str) -> ConditionKey | None:
    """The condition key for `name`, including keys that only AWS's own policies use; None if unknown.

    For `aws:` keys and keys of identity providers, the services are not searched, since they cannot match.
    """
    lower = name.lower()
    if ":" not in lower:
        return None
    if lower in _undocumented_keys():
        return _undocumented_keys()[lower]
    if lower.startswith("aws:"):
        return find_listed_key(lower)
    if is_identity_provider_key(lower):
        return find_listed_key(lower, "sts")
    return find_condition_key(name)


def is_identity_provider_key(name: str) -> bool:
    """Whether a key belongs to an identity provider: `idp.example.com/realm:sub`."""
    prefix = name.partition(":")[0]
    return "." in prefix or "/" in prefix


def condition_key_type(name: str) -> str | None:
    """The type as in the Service Authorization Reference (`ArrayOfString`); None if unknown."""
    known_key = find_known_key(name)
    return known_key.type if known_key else None


def is_multivalued_type(kind: str) -> bool:
    """Whether a request can have several values for a key of this type."""
    return kind.startswith(ARRAY_PREFIX)


def is_multivalued_key(name: str) -> bool:
    """Whether a request can have several values for a key; False also for an unknown key."""
    known_key = find_known_key(name)
    return known_key is not None and known_key.is_multivalued


def is_single_valued_key(name: str) -> bool:
    """Whether every request has at most one value for a key; False also for an unknown key."""
    kind = condition_key_type(name)
    return kind is not None and not is_multivalued_type(kind) and name.lower() not in _set_operator_keys()


@cache
def _set_operator_keys() -> frozenset[str]:
    """Keys, in lower case, that AWS compares with set operators although its reference lists a single value."""
    return frozenset(row["key"].lower() for row in table_rows("set_operator_keys"))


@cache
def _undocumented_keys() -> dict[str, ConditionKey]:
    """Keys that only AWS's own policies use, by lower-case name."""
    return {row["key"].lower(): ConditionKey(row["key"], row["type"], "") for row in table_rows("undocumented_keys")}
