"""The condition keys of a request for an action on a resource type."""

from __future__ import annotations

from functools import cache

from iamglue.catalog.condition_key_lookup import variable_key_pattern
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.services import ResourceType, find_action
from iamglue.catalog.tables import table_rows

# Keys that begin with "aws:" are in every request, except these, which only some actions and resources support:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_NOT_IN_EVERY_REQUEST = ("aws:resourcetag/", "aws:requesttag/", "aws:tagkeys")


def supported_keys(name: str, resource_type: ResourceType | None) -> tuple[str, ...]:
    """The keys of a request for `prefix:Name` on a resource type, as the reference writes them, sorted.

    For None, which stands for the resource `*`, they are those that the action lists for any of its types.
    """
    action = find_action(name)
    if action is None:
        return ()
    type_keys = [
        key
        for action_resource in action.resource_types
        if resource_type is None or action_resource.name == resource_type.name
        for key in action_resource.condition_keys
    ]
    if resource_type is not None:
        type_keys += resource_type.condition_keys
        type_keys += _additional_keys().get((resource_type.service, resource_type.name.lower()), ())
    return tuple(sorted({*action.condition_keys, *type_keys}))


def all_supported_keys(name: str) -> frozenset[str]:
    """The keys, in lower case, of requests for `prefix:Name` on any of its resources."""
    action = find_action(name)
    if action is None:
        return frozenset()
    resource_keys = (action_resource.condition_keys for action_resource in action.resource_types)
    lists = (
        action.condition_keys,
        *resource_keys,
        *(resource_type.condition_keys for resource_type in action_resource_types(str(action)).values()),
    )
    return frozenset(key.lower() for keys in lists for key in keys)


def supports_key(name: str, resource_type: ResourceType | None, key: str) -> bool:
    """Whether a request for `prefix:Name` on a resource type (None: on `*`) can contain `key`, in any case."""
    lower = key.lower()
    if lower.startswith("aws:") and not lower.startswith(_NOT_IN_EVERY_REQUEST):
        return True
    return any(_is_same_key(known, lower) for known in supported_keys(name, resource_type))


@cache
def _additional_keys() -> dict[tuple[str, str], tuple[str, ...]]:
    """The keys of a service's resource types that are missing in the reference."""
    return {
        (row["service"], row["resource_type"]): tuple(row["keys"].split()) for row in table_rows("resource_type_keys")
    }


def _is_same_key(known: str, lower: str) -> bool:
    """Whether a lower-case name is a key of the reference or matches its variable part."""
    return known.lower() == lower or bool(variable_key_pattern(known).fullmatch(lower))
