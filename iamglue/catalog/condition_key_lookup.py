"""Condition keys by name: the global ones, which no service owns, and those of every service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from iamglue.catalog.services import ConditionKey, Service, find_service, service_prefixes
from iamglue.catalog.tables import table_rows

# Keys of identity providers (`saml:sub`, `www.amazon.com:user_id`) are listed by AWS STS; their prefix is no service's.
_OWNER_OF_OTHERS = "sts"
# The reference writes the variable part of a key as ${TagKey}, <key> or tag-key.
_OPEN_PART = re.compile(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key")


@cache
def global_keys() -> dict[str, ConditionKey]:
    """The global condition keys by their names in lower case.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return {row["key"].lower(): ConditionKey(row["key"], row["type"], "") for row in table_rows("global_keys")}


@lru_cache(maxsize=1024)
def find_condition_key(name: str) -> ConditionKey | None:
    """The key that `name` is, in any case, `aws:PrincipalTag/team` or a service's own; None when there is none."""
    lower = name.lower()
    likely = find_listed_key(lower) or find_listed_key(lower, _owner(lower).prefix)
    # Some services list keys under another's prefix (`identitystore:GroupId` of `q`): rare enough to look everywhere.
    everywhere = (find_listed_key(lower, prefix) for prefix in service_prefixes())
    return likely or next((key for key in everywhere if key), None)


def candidate_key_names(name: str) -> tuple[str, ...]:
    """The names among which to look for what a wrong `name` was meant to be."""
    own = () if name.lower().startswith("aws:") else (key.name for key in _owner(name.lower()).condition_keys.values())
    return (*(key.name for key in global_keys().values()), *own)


def _owner(lower: str) -> Service:
    prefix = lower.partition(":")[0]
    found = find_service(prefix if prefix in service_prefixes() else _OWNER_OF_OTHERS)
    if found is None:
        raise LookupError(f"the catalogue lacks the service {_OWNER_OF_OTHERS}")
    return found


def find_listed_key(lower: str, prefix: str = "") -> ConditionKey | None:
    """Which of the keys that a service lists a name in lower case is; without a prefix, which of the global ones."""
    found = _keys(prefix).get(lower)
    return found or next((key for key in _open_keys(prefix) if variable_key_pattern(key.name).fullmatch(lower)), None)


@cache
def _open_keys(prefix: str) -> tuple[ConditionKey, ...]:
    return tuple(key for key in _keys(prefix).values() if has_variable_part(key.name))


def _keys(prefix: str) -> Mapping[str, ConditionKey]:
    if not prefix:
        return global_keys()
    found = find_service(prefix)
    return found.condition_keys if found else {}


@cache
def has_variable_part(known: str) -> bool:
    """Whether a key as the reference writes it has a variable part, as `aws:RequestTag/${TagKey}` has."""
    return _OPEN_PART.search(known.lower()) is not None


@cache
def variable_key_pattern(known: str) -> re.Pattern[str]:
    """What a key as the reference writes it stands for, in lower case: `aws:requesttag/.+`."""
    return re.compile(".+".join(re.escape(piece) for piece in _OPEN_PART.split(known.lower())))
