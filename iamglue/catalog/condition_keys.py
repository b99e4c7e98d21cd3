"""Which condition keys a request for an action on a resource type carries."""

from __future__ import annotations

from iamglue.catalog.condition_key_lookup import variable_key_pattern
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.services import ResourceType, find_action

# Keys of every request carry "aws:" but for these, which only some actions and resources have:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_NOT_EVERYWHERE = ("aws:resourcetag/", "aws:requesttag/", "aws:tagkeys")


def supported_keys(name: str, kind: ResourceType | None) -> tuple[str, ...]:
    """The keys, as the reference writes them, of a request for `prefix:Name` on `kind` (None: on "*"), sorted."""
    found = find_action(name)
    if found is None:
        return ()
    own = [
        key for taken in found.resource_types if kind is None or taken.name == kind.name for key in taken.condition_keys
    ]
    return tuple(sorted({*found.condition_keys, *own, *(kind.condition_keys if kind else ())}))


def all_supported_keys(name: str) -> frozenset[str]:
    """The keys, in lower case as the reference writes them, of requests for `prefix:Name` on whatever it takes."""
    found = find_action(name)
    if found is None:
        return frozenset()
    taken = (each.condition_keys for each in found.resource_types)
    lists = (
        found.condition_keys,
        *taken,
        *(kind.condition_keys for kind in action_resource_types(str(found)).values()),
    )
    return frozenset(key.lower() for keys in lists for key in keys)


def supports_key(name: str, kind: ResourceType | None, key: str) -> bool:
    """Whether such a request can carry `key`, in any case."""
    lower = key.lower()
    if lower.startswith("aws:") and not lower.startswith(_NOT_EVERYWHERE):
        return True
    return any(_same(known, lower) for known in supported_keys(name, kind))


def _same(known: str, lower: str) -> bool:
    return known.lower() == lower or bool(variable_key_pattern(known).fullmatch(lower))
