"""What kind of value a condition key has, by the key's name as a policy writes it."""

from __future__ import annotations

from functools import cache, lru_cache

from iamglue.catalog.global_keys import condition_key, own_key
from iamglue.catalog.services import ConditionKey
from iamglue.catalog.tables import rows

ARRAY = "ArrayOf"


@lru_cache(maxsize=8192)
def known_key(name: str) -> ConditionKey | None:
    """The key that `name` is, those included that only AWS's own policies use; None when there is none.

    The services are not all looked through for keys that cannot be of any of them: `aws:` and identity providers'.
    """
    lower = name.lower()
    if ":" not in lower:
        return None
    if lower in _undocumented():
        return _undocumented()[lower]
    if lower.startswith("aws:"):
        return own_key(lower)
    if is_providers(lower):
        return own_key(lower, "sts")
    return condition_key(name)


def is_providers(name: str) -> bool:
    """Whether a key is an identity provider's: `idp.example.com/realm:sub`."""
    prefix = name.partition(":")[0]
    return "." in prefix or "/" in prefix


def key_type(name: str) -> str | None:
    """The type in the words of the Service Authorization Reference (`ArrayOfString`); None when it is not known."""
    found = known_key(name)
    return found.type if found else None


def is_multivalued(kind: str) -> bool:
    """Whether a request carries any number of values for a key of this type."""
    return kind.startswith(ARRAY)


@cache
def _undocumented() -> dict[str, ConditionKey]:
    return {row["key"].lower(): ConditionKey(row["key"], row["type"], "") for row in rows("undocumented_keys")}
