"""Shortens what a record says of resources to what a policy would name, so that rows grow with what is distinct.

`event_resources` gives the same resources for the shortened values: an object of S3 is its bucket and the first part of
its key there too, and of other values only that they are present matters.
"""

from __future__ import annotations

import re
from typing import Any

# Longer texts name nothing that a policy could name.
_MAX_TEXT = 2048
_ACCESS_POINT_OBJECT = re.compile(r"(.*:accesspoint/[^/]+/object/)(.+)", re.DOTALL)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_S3_SOURCES = ("s3.amazonaws.com", "s3express.amazonaws.com")
# Members of requests to S3 that only matter by being there.
_PRESENCE = frozenset({"versionId", "tagging", "x-amz-tagging"})
_VERSION = "?versionId="
_COPY_SOURCES = frozenset({"copySource", "x-amz-copy-source"})
# Members that differ from request to request and name no resource: the stream of a log group, the items of a table.
UNUSED_MEMBERS = frozenset({"logStreamName", "objects"})
_ITEM_MEMBERS = frozenset({"key", "keys", "item", "items"})


def folded_arn(arn: str) -> str:
    """The ARN, with an object of S3 as its bucket and the first part of its key; other ARNs as they are."""
    if not arn.startswith("arn:"):
        return arn[:_MAX_TEXT]
    bucket, slash, key = arn.partition("/")
    if not slash or not key:
        return arn[:_MAX_TEXT]
    if bucket.endswith(":accesspoint"):  # arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/object/KEY
        match = _ACCESS_POINT_OBJECT.fullmatch(arn)
        return match[1] + folded_key(match[2]) if match else arn[:_MAX_TEXT]
    is_object = bucket.split(":", 3)[2:3] == ["s3"]
    return f"{bucket}/{folded_key(key)}" if is_object else arn[:_MAX_TEXT]


def folded_key(key: str) -> str:
    """The first part of an object's key, as a pattern: `in/2026/a.jpg` is `in/*`, and `a.jpg` is `*`."""
    prefix, slash, _ = key.partition("/")
    return f"{prefix[:_MAX_TEXT]}/*" if slash else "*"


def folded_parameter(source: str, name: str, value: Any) -> Any:
    """The value of a request parameter in its short form; None if it names no resource."""
    if name in UNUSED_MEMBERS:
        return None
    if source in _S3_SOURCES:
        return _folded_s3_parameter(name, value)
    if name in ("requestItems", "RequestItems"):
        return _without_items(value)
    if name in ("statement", "Statement") and isinstance(value, str):
        return _LITERAL.sub("?", value)
    return value


def _folded_s3_parameter(name: str, value: Any) -> Any:
    """A parameter of S3: keys become patterns, and others that only matter by being there become `*`."""
    if not isinstance(value, str) or not value:
        return value
    if name in ("key", "Key"):
        return folded_key(value)
    if name in _COPY_SOURCES and not value.startswith("arn:"):
        bucket, _, key = value.removeprefix("/").partition("/")
        return f"{bucket}/{folded_key(key)}{f'{_VERSION}*' if _VERSION in key else ''}"
    return "*" if name in _PRESENCE else value


def _without_items(value: Any) -> Any:
    """The tables of a batch or transaction without the items."""
    if isinstance(value, dict):
        return {name: _without_items(item) for name, item in value.items() if name.lower() not in _ITEM_MEMBERS}
    if isinstance(value, list):
        return [_without_items(item) for item in value]
    return value
