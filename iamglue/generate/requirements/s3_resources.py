"""S3 names: a bucket and the objects in it, however the entry writes them.

Object actions are checked on arn:aws:s3:::BUCKET/KEY and bucket actions on arn:aws:s3:::BUCKET:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from iamglue.catalog.condition_keys import supports_key
from iamglue.catalog.services import ResourceType
from iamglue.errors import IamglueError
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import Condition, build_condition

_PREFIX_KEY = "s3:prefix"


@dataclass(frozen=True, slots=True)
class _Name:
    """A bucket (its name, or its ARN without objects) and the key pattern behind it, "" when none is written."""

    bucket: str
    key: str


def s3_resource(entry: AccessEntry, kind: ResourceType) -> SpecResource:
    """The entry's resource as `kind` (bucket or object) needs it; other types are returned as they are."""
    if kind.service != "s3" or kind.name not in ("bucket", "object"):
        if entry.prefix is not None:
            raise IamglueError(f"`prefix` does not go with {kind.service}/{kind.name}", location=entry.location)
        return entry.resource
    name = _name(entry)
    if name is None:
        return entry.resource
    if kind.name == "bucket":
        return SpecResource(name.bucket)
    return SpecResource(f"{name.bucket}/{_keys(entry, name)}")


def s3_conditions(entry: AccessEntry, action: str, kind: ResourceType) -> tuple[Condition, ...]:
    """What limits a bucket action to the part of the bucket that the entry names.

    Raises IamglueError when the action's requests carry no prefix, so that nothing could limit it.
    """
    name = _name(entry) if kind.service == "s3" and kind.name == "bucket" else None
    if name is None or not (name.key or entry.prefix):
        return ()
    if name.key == "*" and not entry.prefix:
        return ()
    if not supports_key(action, kind, _PREFIX_KEY):
        raise IamglueError(
            f"`{action}` acts on the whole bucket and cannot be limited to `{name.key or entry.prefix}`",
            hint="write the bucket's name alone",
            location=entry.location,
        )
    return (build_condition("StringLike", _PREFIX_KEY, _keys(entry, name)),)


def whole_bucket_entry(entry: AccessEntry) -> AccessEntry:
    """The entry for the bucket as a whole, without the part of it that it names."""
    name = _name(entry)
    return entry if name is None else replace(entry, resource=SpecResource(name.bucket), prefix=None)


def _keys(entry: AccessEntry, name: _Name) -> str:
    if entry.prefix is None:
        return name.key or "*"
    if name.key not in ("", "*"):
        raise IamglueError(
            "the name holds a key already, so `prefix` does not go with it",
            hint="write the bucket's name alone, or leave `prefix` out",
            location=entry.location,
        )
    return entry.prefix if entry.prefix.endswith("*") else f"{entry.prefix}*"


def _name(entry: AccessEntry) -> _Name | None:
    """None for what the general rules read better: a mapping of variables, a whole-ARN parameter, an access point."""
    text = entry.resource.text
    if text is None:
        return _mapped(entry.resource)
    head, arn = ("", text)
    if text.startswith("arn:"):
        fields = text.split(":", 5)
        if len(fields) < 6 or fields[3] or fields[4]:
            return None
        head, arn = ":".join(fields[:5]) + ":", fields[5]
    bucket, _, key = arn.partition("/")
    return _Name(head + bucket, key)


def _mapped(resource: SpecResource) -> _Name | None:
    given = dict(resource.variables)
    if not given or set(given) - {"BucketName", "ObjectName"} or "BucketName" not in given:
        return None
    return _Name(given["BucketName"], given.get("ObjectName", ""))
