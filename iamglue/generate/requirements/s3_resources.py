"""S3 resources: converts an entry's bucket or objects to the resource that an action needs.

AWS checks object actions on arn:aws:s3:::BUCKET/KEY and bucket actions on arn:aws:s3:::BUCKET:
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
class _BucketAndKey:
    """A bucket (its name, or its ARN without objects) and the pattern of object keys, "" if there is none."""

    bucket: str
    key: str


def s3_resource(entry: AccessEntry, kind: ResourceType) -> SpecResource:
    """Return the entry's resource for `kind` (bucket or object); that of other types is returned unchanged."""
    if kind.service != "s3" or kind.name not in ("bucket", "object"):
        if entry.prefix is not None:
            raise IamglueError(f"`prefix` is not supported for {kind.service}/{kind.name}", location=entry.location)
        return entry.resource
    name = _bucket_and_key(entry)
    if name is None:
        return entry.resource
    if kind.name == "bucket":
        return SpecResource(name.bucket)
    return SpecResource(f"{name.bucket}/{_key_pattern(entry, name)}")


def s3_conditions(entry: AccessEntry, action: str, kind: ResourceType) -> tuple[Condition, ...]:
    """Return the conditions that limit a bucket action to the part of the bucket that the entry names.

    Raises IamglueError when the action does not support s3:prefix, so that it cannot be limited.
    """
    name = _bucket_and_key(entry) if kind.service == "s3" and kind.name == "bucket" else None
    if name is None or not (name.key or entry.prefix):
        return ()
    if name.key == "*" and not entry.prefix:
        return ()
    if not supports_key(action, kind, _PREFIX_KEY):
        raise IamglueError(
            f"`{action}` acts on the whole bucket and cannot be limited to `{name.key or entry.prefix}`",
            hint="write only the bucket's name",
            location=entry.location,
        )
    return (build_condition("StringLike", _PREFIX_KEY, _key_pattern(entry, name)),)


def whole_bucket_entry(entry: AccessEntry) -> AccessEntry:
    """Return the entry for the whole bucket, without its key pattern or prefix."""
    name = _bucket_and_key(entry)
    return entry if name is None else replace(entry, resource=SpecResource(name.bucket), prefix=None)


def _key_pattern(entry: AccessEntry, name: _BucketAndKey) -> str:
    if entry.prefix is None:
        return name.key or "*"
    if name.key not in ("", "*"):
        raise IamglueError(
            "`prefix` is not allowed with a name that already contains an object key",
            hint="write only the bucket's name, or remove `prefix`",
            location=entry.location,
        )
    return entry.prefix if entry.prefix.endswith("*") else f"{entry.prefix}*"


def _bucket_and_key(entry: AccessEntry) -> _BucketAndKey | None:
    """Return the bucket and key; None for other variables, a whole-ARN parameter or an access point."""
    text = entry.resource.text
    if text is None:
        return _bucket_and_key_of_variables(entry.resource)
    head, arn = ("", text)
    if text.startswith("arn:"):
        fields = text.split(":", 5)
        if len(fields) < 6 or fields[3] or fields[4]:
            return None
        head, arn = ":".join(fields[:5]) + ":", fields[5]
    bucket, _, key = arn.partition("/")
    return _BucketAndKey(head + bucket, key)


def _bucket_and_key_of_variables(resource: SpecResource) -> _BucketAndKey | None:
    variables = dict(resource.variables)
    if not variables or set(variables) - {"BucketName", "ObjectName"} or "BucketName" not in variables:
        return None
    return _BucketAndKey(variables["BucketName"], variables.get("ObjectName", ""))
