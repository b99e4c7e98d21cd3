"""Condition keys by name: global keys, which belong to no service, and the keys of services."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from iamglue.catalog.services import ConditionKey, Service, find_service, service_prefixes
from iamglue.catalog.tables import table_rows

# Keys of identity providers (`saml:sub`, `www.amazon.com:user_id`) are listed by AWS STS; their prefix is not a
# service.
_DEFAULT_OWNER = "sts"
# The reference writes the variable part of a key as ${TagKey}, <key> or tag-key.
_VARIABLE_PART = re.compile(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key")


@cache
def global_keys() -> dict[str, ConditionKey]:
    """The global condition keys, by lower-case name.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return {row["key"].lower(): ConditionKey(row["key"], row["type"], "") for row in table_rows("global_keys")}


@lru_cache(maxsize=1024)
def find_condition_key(name: str) -> ConditionKey | None:
    """The condition key for `name`, in any case: global (`aws:PrincipalTag/team`) or of a service; None if unknown."""
    lower = name.lower()
    likely = find_listed_key(lower) or find_listed_key(lower, _owning_service(lower).prefix)
    # Some services list keys with another service's prefix (`identitystore:GroupId` of `q`). This is rare, so all
    # services are searched last.
    everywhere = (find_listed_key(lower, prefix) for prefix in service_prefixes())
    return likely or next((key for key in everywhere if key), None)


def candidate_key_names(name: str) -> tuple[str, ...]:
    """The names to search for suggestions for a misspelled `name`."""
    service_keys = (
        ()
        if name.lower().startswith("aws:")
        else (key.name for key in _owning_service(name.lower()).condition_keys.values())
    )
    return (*(key.name for key in global_keys().values()), *service_keys)


def _owning_service(lower: str) -> Service:
    """The service of a key's prefix; STS for the keys of identity providers."""
    prefix = lower.partition(":")[0]
    service = find_service(prefix if prefix in service_prefixes() else _DEFAULT_OWNER)
    if service is None:
        raise LookupError(f"the catalogue has no service {_DEFAULT_OWNER}")
    return service


def find_listed_key(lower: str, prefix: str = "") -> ConditionKey | None:
    """The key of a service that matches a lower-case name; without a prefix, the global key. None if there is none."""
    exact = _listed_keys(prefix).get(lower)
    return exact or next(
        (key for key in _variable_keys(prefix) if variable_key_pattern(key.name).fullmatch(lower)), None
    )


@cache
def _variable_keys(prefix: str) -> tuple[ConditionKey, ...]:
    """The keys of a service that have a variable part."""
    return tuple(key for key in _listed_keys(prefix).values() if has_variable_part(key.name))


def _listed_keys(prefix: str) -> Mapping[str, ConditionKey]:
    """The keys of a service by lower-case name, {} if it is unknown; without a prefix, the global keys."""
    if not prefix:
        return global_keys()
    service = find_service(prefix)
    return service.condition_keys if service else {}


@cache
def has_variable_part(known: str) -> bool:
    """Whether a key of the reference has a variable part, such as `aws:RequestTag/${TagKey}`."""
    return _VARIABLE_PART.search(known.lower()) is not None


@cache
def variable_key_pattern(known: str) -> re.Pattern[str]:
    """A regex for the names, in lower case, that a key of the reference represents: `aws:requesttag/.+`."""
    return re.compile(".+".join(re.escape(piece) for piece in _VARIABLE_PART.split(known.lower())))
