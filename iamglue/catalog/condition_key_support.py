"""The actions whose requests can contain a condition key, on any resource."""

from __future__ import annotations

import re
from functools import lru_cache

from iamglue.catalog.condition_key_lookup import (
    find_condition_key,
    global_keys,
    has_variable_part,
    variable_key_pattern,
)
from iamglue.catalog.condition_keys import all_supported_keys
from iamglue.catalog.services import Service, find_action, find_service
from iamglue.policy.patterns.wildcards import has_wildcard, matches

# Five services share this prefix, and the reference omits keys: AWS itself allows Subscribe by ProductId in
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonTimestreamConsoleFullAccess.html
_INCOMPLETE = ("aws-marketplace:",)
_TAG_KEYS = ("aws:resourcetag/", "aws:requesttag/", "aws:tagkeys")


def is_action_specific_key(key: str) -> bool:
    """Whether only some actions support the key: a key of a service, or a tag key."""
    lower = key.lower()
    return lower.startswith(_TAG_KEYS) if lower.startswith("aws:") else lower not in global_keys()


@lru_cache(maxsize=8192)
def may_support_key(text: str, key: str) -> bool | None:
    """Whether a request for an action that `text` matches can contain `key`; None if unknown.

    It is unknown for an action or key that is not in the reference, and for a key that the reference lists for no
    action.
    """
    if not is_action_specific_key(key):
        return True
    lower = key.lower()
    actions = _matching_actions(text)
    if actions is None or lower.startswith(_INCOMPLETE):
        return None
    if any(_supports_key(name, lower) for name in actions):
        return True
    return False if find_condition_key(key) is not None and _has_known_actions(lower) else None


@lru_cache(maxsize=4096)
def actions_without_resource_tags(text: str) -> tuple[str, ...]:
    """The actions that `text` matches whose requests never contain a resource tag; () if it matches none."""
    names = (find_action(name) for name in _matching_actions(text) or ())
    return tuple(
        str(action)
        for action in names
        if action is not None and not _has_key_with_prefix(str(action), "aws:resourcetag/")
    )


def accepts_request_tags(name: str) -> bool:
    """Whether requests for an action, such as one that creates a resource, may contain tags for the resource."""
    return _has_key_with_prefix(name, "aws:requesttag/")


@lru_cache(maxsize=16384)
def _has_key_with_prefix(name: str, prefix: str) -> bool:
    # No patterns here: a wildcard may match hundreds of actions.
    return any(key.startswith(prefix) for key in all_supported_keys(name))


def _matching_actions(text: str) -> tuple[str, ...] | None:
    """The actions that `text` matches; None if there are none."""
    prefix, colon, name = text.partition(":")
    owner = find_service(prefix) if colon else None
    if owner is None:
        return None
    if not has_wildcard(name):
        exact = find_action(text)
        return (str(exact),) if exact else None
    lower = name.lower()
    return tuple(f"{owner.prefix}:{known}" for known in owner.actions if matches(lower, known)) or None


@lru_cache(maxsize=2048)
def _has_known_actions(lower: str) -> bool:
    """Whether the reference lists the key for an action of its service."""
    owner = find_service(lower.partition(":")[0])
    return owner is None or any(_supports_key(name, lower) for name in _action_texts(owner))


def _action_texts(owner: Service) -> tuple[str, ...]:
    return tuple(f"{owner.prefix}:{name}" for name in owner.actions)


def _supports_key(name: str, lower: str) -> bool:
    """Whether an action supports a key, given in lower case."""
    exact, patterns = _keys_and_patterns(name)
    return lower in exact or any(pattern.fullmatch(lower) for pattern in patterns)


@lru_cache(maxsize=8192)
def _keys_and_patterns(name: str) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The keys of an action: literal ones, and regexes for those with a variable part."""
    keys = all_supported_keys(name)
    # Compiling a regex for every key would take a tenth of a millisecond each.
    patterns = {key for key in keys if has_variable_part(key)}
    return frozenset(keys - patterns), tuple(map(variable_key_pattern, sorted(patterns)))
