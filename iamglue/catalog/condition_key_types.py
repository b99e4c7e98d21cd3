"""What kind of value a condition key has, by the key's name as a policy writes it."""

from __future__ import annotations

from functools import cache, lru_cache

from iamglue.catalog.condition_key_lookup import find_condition_key, find_listed_key
from iamglue.catalog.services import ConditionKey
from iamglue.catalog.tables import table_rows

ARRAY_PREFIX = "ArrayOf"


@lru_cache(maxsize=8192)
def find_known_key(name: str) -> ConditionKey | None:
    """The key that `name` is, those included that only AWS's own policies use; None when there is none.

    The services are not all looked through for keys that cannot be of any of them: `aws:` and identity providers'.
    """
    lower = name.lower()
    if ":" not in lower:
        return None
    if lower in _undocumented():
        return _undocumented()[lower]
    if lower.startswith("aws:"):
        return find_listed_key(lower)
    if is_identity_provider_key(lower):
        return find_listed_key(lower, "sts")
    return find_condition_key(name)


def is_identity_provider_key(name: str) -> bool:
    """Whether a key is an identity provider's: `idp.example.com/realm:sub`."""
    prefix = name.partition(":")[0]
    return "." in prefix or "/" in prefix


def condition_key_type(name: str) -> str | None:
    """The type in the words of the Service Authorization Reference (`ArrayOfString`); None when it is not known."""
    found = find_known_key(name)
    return found.type if found else None


def is_multivalued_type(kind: str) -> bool:
    """Whether a request carries any number of values for a key of this type."""
    return kind.startswith(ARRAY_PREFIX)


@cache
def _undocumented() -> dict[str, ConditionKey]:
    return {row["key"].lower(): ConditionKey(row["key"], row["type"], "") for row in table_rows("undocumented_keys")}
