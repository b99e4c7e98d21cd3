"""S3 resources: converts an entry's bucket or objects to the resource that an action needs.

AWS checks object actions on arn:aws:s3:::BUCKET/KEY and bucket actions on arn:aws:s3:::BUCKET:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from iamglue.catalog.condition_keys import supports_key
from iamglue.catalog.services import ResourceType
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.patterns.variables import partition_outside_variables

_PREFIX_KEY = "s3:prefix"
_ACCESS_POINT, _ACCESS_POINT_SEPARATOR = "accesspoint/", "/object/"
_BUCKET_TYPES, _OBJECT_TYPES = ("bucket", "accesspoint"), ("object", "accesspointobject")


@dataclass(frozen=True, slots=True)
class BucketAndKey:
    """A bucket (its name, or its ARN without objects) and the pattern of object keys, "" if there is none.

    The bucket may also be the ARN of an access point.
    """

    bucket: str
    key: str

    @property
    def separator(self) -> str:
        """The text between bucket and key in the ARN of an object."""
        return _ACCESS_POINT_SEPARATOR if is_access_point_arn(self.bucket) else "/"


def s3_resource(entry: AccessEntry, kind: ResourceType) -> SpecResource:
    """The entry's resource for `kind`: a bucket or object, or those of an access point; else it unchanged."""
    if kind.service != "s3" or kind.name not in (*_BUCKET_TYPES, *_OBJECT_TYPES):
        if entry.prefix is not None:
            raise IamglueError(f"`prefix` is not supported for {kind.service}/{kind.name}", location=entry.location)
        return entry.resource
    name = bucket_and_key(entry)
    if name is None or (kind.name not in ("bucket", "object") and not is_access_point_arn(name.bucket)):
        return entry.resource
    if kind.name in _BUCKET_TYPES:
        return SpecResource(name.bucket)
    return SpecResource(f"{name.bucket}{name.separator}{_key_pattern(entry, name)}")


def s3_conditions(entry: AccessEntry, action: str, kind: ResourceType) -> tuple[Condition, ...]:
    """The conditions that limit a bucket action to the part of the bucket that the entry names.

    Raises IamglueError when the action does not support s3:prefix, so that it cannot be limited.
    """
    name = bucket_and_key(entry) if kind.service == "s3" and kind.name in _BUCKET_TYPES else None
    pattern = _key_pattern(entry, name) if name else "*"
    if name is None or pattern == "*":
        return ()
    if not supports_key(action, kind, _PREFIX_KEY):
        raise IamglueError(
            f"`{action}` acts on the whole bucket and cannot be limited to `{name.key or entry.prefix}`",
            hint="write only the bucket's name",
            location=entry.location,
        )
    return (build_condition("StringLike", _PREFIX_KEY, pattern),)


def whole_bucket_entry(entry: AccessEntry) -> AccessEntry:
    """The entry for the whole bucket, without its key pattern or prefix."""
    name = bucket_and_key(entry)
    return entry if name is None else replace(entry, resource=SpecResource(name.bucket), prefix=None)


def _key_pattern(entry: AccessEntry, name: BucketAndKey) -> str:
    """The pattern of the entry's object keys, `*` for all. Raises IamglueError for `prefix` next to a key."""
    if entry.prefix is None:
        return name.key or "*"
    if name.key not in ("", "*"):
        raise IamglueError(
            "`prefix` is not allowed with a name that already contains an object key",
            hint="write only the bucket's name, or remove `prefix`",
            location=entry.location,
        )
    return entry.prefix if entry.prefix.endswith("*") else f"{entry.prefix}*"


def is_access_point_arn(text: str) -> bool:
    """Whether `text` is the ARN of an S3 access point, in one or several Regions, or of objects in it."""
    fields = arn_fields(text)
    return fields[2] == "s3" and fields[5].startswith(_ACCESS_POINT)


def bucket_and_key(entry: AccessEntry) -> BucketAndKey | None:
    """The bucket and key; None for other variables, a whole-ARN parameter or an ARN of another resource.

    Raises IamglueError for a mapping whose bucket has a `/`.
    """
    text = entry.resource.text
    if text is None:
        return _bucket_and_key_of_variables(entry)
    if is_access_point_arn(text):
        access_point, _, key = text.partition(_ACCESS_POINT_SEPARATOR)
        return BucketAndKey(access_point, key)
    head, resource = ("", text)
    if text.startswith("arn:"):
        fields = text.split(":", 5)
        if len(fields) < 6 or fields[3] or fields[4]:
            return None
        head, resource = ":".join(fields[:5]) + ":", fields[5]
    bucket, _, key = partition_outside_variables(resource, "/")
    return BucketAndKey(head + bucket, key)


def _bucket_and_key_of_variables(entry: AccessEntry) -> BucketAndKey | None:
    """Bucket and key of a mapping; None if it has no bucket, or also other variables."""
    variables = dict(entry.resource.variables)
    if not variables or set(variables) - {"BucketName", "ObjectName"} or "BucketName" not in variables:
        return None
    bucket = variables["BucketName"]
    if partition_outside_variables(bucket, "/")[1]:
        raise IamglueError(
            f"`{bucket}` is not a valid name of an S3 bucket",
            hint="write the object's key as `ObjectName`",
            location=entry.location,
        )
    return BucketAndKey(bucket, variables.get("ObjectName", ""))
