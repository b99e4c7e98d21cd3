"""Calls of S3 through access points, and of directory buckets.

Nothing here is used by `generate`: a proof compares two readings of the same entry.
"""

from __future__ import annotations

from iamglue.catalog.call_tables import CheckedAction
from iamglue.generate.calls.call import CallRequest
from iamglue.generate.calls.call_resources import SAMPLE, concrete_text
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry
from iamglue.policy.conditions import Condition, build_condition

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html: what a read-only session can do
_READ_ONLY = (
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListMultipartUploadParts",
)


def s3_feature_requests(
    entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope
) -> tuple[CallRequest, ...] | None:
    """The requests of one action on a directory bucket or through an access point; None for other buckets."""
    text = entry.resource.text or entry.resource.get("BucketName") or ""
    if text.partition("/")[0].endswith("--x-s3") or (text.startswith("arn:") and ":s3express:" in text):
        arn = text if text.startswith("arn:") else _directory_bucket_arn(text, scope)
        return (directory_session_request(entry, arn, is_read_only=checked.action in _READ_ONLY),)
    if text.startswith("arn:") and ":accesspoint/" in text:
        point, _, key = text.partition("/object/")
        return (
            CallRequest(
                checked.action,
                _access_point_resource(point, checked, _sample_key(entry, key)),
                _prefix_conditions(entry, checked, key),
            ),
        )
    if entry.access_point is None:
        return None
    bucket, _, key = (text.rpartition(":")[2] if text.startswith("arn:") else text).partition("/")
    key = key or entry.resource.get("ObjectName") or ""
    point = _access_point_arn(entry.access_point, scope)
    conditions = _prefix_conditions(entry, checked, key)
    direct = f"arn:{scope.partition}:s3:::{concrete_text(bucket)}"
    through = build_condition("StringEquals", "s3:DataAccessPointArn", point)
    return (
        CallRequest(checked.action, _access_point_resource(point, checked, _sample_key(entry, key)), conditions),
        CallRequest(
            checked.action,
            direct if checked.resource_type == "bucket" else f"{direct}/{_sample_key(entry, key)}",
            (*conditions, through),
        ),
    )


def directory_session_request(entry: AccessEntry, arn: str, *, is_read_only: bool) -> CallRequest:
    """The request for a session of a directory bucket."""
    mode = build_condition("StringEquals", "s3express:SessionMode", "ReadOnly" if is_read_only else "ReadWrite")
    return CallRequest("s3express:CreateSession", arn, (*entry.when, mode))


def _directory_bucket_arn(name: str, scope: DeploymentScope) -> str:
    bucket = concrete_text(name.partition("/")[0])
    return f"arn:{scope.partition}:s3express:{scope.region}:{scope.account}:bucket/{bucket}"


def _access_point_arn(text: str, scope: DeploymentScope) -> str:
    """The ARN of an access point by its ARN, name or alias; a Multi-Region one (`.mrap`) has no Region."""
    if text.startswith("arn:"):
        return text
    region = "" if text.endswith(".mrap") else scope.region
    return f"arn:{scope.partition}:s3:{region}:{scope.account}:accesspoint/{concrete_text(text)}"


def _access_point_resource(point: str, checked: CheckedAction, key: str) -> str:
    return point if checked.resource_type in ("bucket", "accesspoint") else f"{point}/object/{key}"


def _sample_key(entry: AccessEntry, key: str) -> str:
    """A concrete object key: under the entry's `prefix`, otherwise that of its name or a sample."""
    if entry.prefix is not None:
        return f"{concrete_text(entry.prefix)}{SAMPLE}"
    return concrete_text(key or "*")


def _prefix_conditions(entry: AccessEntry, checked: CheckedAction, key: str) -> tuple[Condition, ...]:
    """The entry's conditions; a listing of a part of the bucket also has that part as its `s3:prefix`."""
    lists = checked.action in ("s3:ListBucket", "s3:ListBucketVersions")
    prefix = entry.prefix or key
    if not lists or prefix in ("", "*"):
        return entry.when
    return (*entry.when, build_condition("StringEquals", "s3:prefix", concrete_text(prefix)))
