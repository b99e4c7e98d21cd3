"""The condition keys of a direct request for a sample resource: one with a name that no policy mentions.

All keys that are neither missing nor known are free: anyone with the credentials may choose them, or they may have any
value. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping

from iamglue.catalog.context_keys import KeyKind, is_property_of_resource, key_kind

KeyValues = tuple[str, ...]
ContextFacts = Mapping[str, KeyValues]

UNUSED_NAME = "0qxz7jv"  # a name that no resource has, and that only broad patterns match
MFA_PRESENT = "aws:multifactorauthpresent"
# No service makes the request or stands between the caller and the resource.
DIRECT_REQUEST: ContextFacts = {"aws:principalisawsservice": ("false",), "aws:viaawsservice": ("false",)}
# A request to pass a role has the service that it is passed to.
_ASSUMED = "iam:passedtoservice"
# A scan does not name keys: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
_LEADING_KEYS, _WITHOUT_LEADING_KEYS = "dynamodb:leadingkeys", "dynamodb:scan"


def is_never_present(key: str) -> bool:
    """Whether no request for a sample resource has a key, in lower case, for any caller."""
    return key != _ASSUMED and key_kind(key) in (KeyKind.MISSING, KeyKind.RESOURCE)


def values_for_any_resource(key: str, action: str) -> KeyValues | None:
    """The values of a key, in lower case, for a sample resource: `()` if it is missing; None if the key is free."""
    kind = key_kind(key)
    if kind is KeyKind.RESOURCE or (kind is None and is_property_of_resource(key, action)):
        return ()
    if kind is KeyKind.NAMED and not _is_scan(key, action):
        return (UNUSED_NAME,)
    return values_for_some_resource(key, action)


def values_for_some_resource(key: str, action: str) -> KeyValues | None:
    """Like `values_for_any_resource`, for a resource that the caller selects: it may have any properties."""
    return () if key_kind(key) is KeyKind.MISSING or _is_scan(key, action) else None


def _is_scan(key: str, action: str) -> bool:
    return key == _LEADING_KEYS and action.lower() == _WITHOUT_LEADING_KEYS
