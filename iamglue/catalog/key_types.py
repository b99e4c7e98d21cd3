"""What kind of value a condition key has, by the key's name as a policy writes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from iamglue.catalog.global_keys import condition_key, global_keys, open_pattern
from iamglue.catalog.services import ConditionKey, service
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
        return _match(lower, global_keys())
    if is_providers(lower):
        sts = service("sts")
        return _match(lower, sts.condition_keys) if sts else None
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


def _match(lower: str, keys: Mapping[str, ConditionKey]) -> ConditionKey | None:
    return keys.get(lower) or next((key for key in keys.values() if open_pattern(key.name).fullmatch(lower)), None)
