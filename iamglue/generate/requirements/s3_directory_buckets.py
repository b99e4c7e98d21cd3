"""S3 directory buckets: every request needs a session, which is for the whole bucket.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-authenticating-authorizing.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.tables import table_rows
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields
from iamglue.generate.requirements.requested_actions import requested_actions
from iamglue.model.spec import AccessEntry, AccessList, SpecResource
from iamglue.policy.conditions import build_condition

_SESSION, _READ_ONLY = "s3express:CreateSession", "ReadOnly"
_NAME_ENDING, _BUCKET = "--x-s3", "bucket/"


def is_directory_bucket(resource: SpecResource) -> bool:
    """Whether the resource is a directory bucket, by its name or ARN."""
    text = resource.text or resource.get("BucketName") or ""
    fields = arn_fields(text)
    return fields[2] == "s3express" or (fields[5] or text).partition("/")[0].endswith(_NAME_ENDING)


def directory_bucket_parts(entry: AccessEntry) -> tuple[AccessEntry, ...]:
    """The entry that creates the sessions which the actions of an s3 entry need.

    Raises IamglueError for objects or a prefix, to which a session cannot be limited, for an access point, and for
    other actions.
    """
    if entry.access_point is not None:
        raise IamglueError(
            "`access_point` is not supported for directory buckets",
            hint="write an entry for the access point: `s3express/accesspoint: NAME`",
            location=entry.location,
        )
    requested = requested_actions(replace(entry, resource=SpecResource("*")))
    modes = [_session_mode(entry, item.action) for item in requested]
    text = entry.resource.text or entry.resource.get("BucketName") or ""
    name, _, key = ("", "", "") if text.startswith("arn:") else text.partition("/")
    limited_to = entry.prefix or entry.resource.get("ObjectName") or key
    if limited_to not in ("", "*"):
        raise IamglueError(
            f"access to the directory bucket `{name or text}` cannot be limited to `{limited_to}`: AWS allows sessions "
            "for the whole bucket",
            hint="write only the bucket's name",
            location=entry.location,
        )
    reading = all(mode == _READ_ONLY for mode in modes)
    return directory_bucket_session_parts(
        AccessEntry(
            AccessList.READS if reading else AccessList.WRITES,
            "s3express",
            SpecResource(name or text),
            entry.location,
            resource_type="bucket",
            key=entry.key,
            account=entry.account,
            regions=entry.regions,
            when=entry.when,
            why=entry.why,
        )
    )


def directory_bucket_session_parts(entry: AccessEntry) -> tuple[AccessEntry, ...]:
    """An s3express entry; sessions for reading are limited to read-only ones.

    Without a session mode in the request, AWS tries a session for reading and writing, then a read-only one.
    """
    if entry.access is not AccessList.READS:
        return (entry,)
    actions = tuple(item.action for item in requested_actions(replace(entry, resource_type="bucket")))
    if actions != (_SESSION,):
        return (entry,)
    read_only = build_condition("StringEquals", "s3express:SessionMode", _READ_ONLY)
    return (replace(entry, when=(*entry.when, read_only)),)


def _session_mode(entry: AccessEntry, action: str) -> str:
    """The mode of a session that allows an action. Raises IamglueError for one that directory buckets do not have."""
    mode = next((row["mode"] for row in table_rows("directory_bucket_actions") if row["action"] == action), None)
    if mode is None:
        raise IamglueError(
            f"`{action}` is not supported for the objects of a directory bucket",
            hint="directory buckets support get, head, list, put, multipart and delete",
            location=entry.location,
        )
    return mode
