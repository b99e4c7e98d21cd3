"""S3 access points: requests through one are checked on the access point and on its bucket.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html
"""

from __future__ import annotations

import re
from dataclasses import replace

from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.services import ResourceType
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields, whole_arn_parameter
from iamglue.generate.requirements.s3_resources import bucket_and_key, is_access_point_arn
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import build_condition

_ACCESS_POINT_KEY = "s3:DataAccessPointArn"
_TYPES = {"bucket": "accesspoint", "object": "accesspointobject"}
_MULTI_REGION_FORMATS = {
    "accesspoint": "arn:${Partition}:s3::${Account}:accesspoint/${AccessPointAlias}",
    "accesspointobject": "arn:${Partition}:s3::${Account}:accesspoint/${AccessPointAlias}/object/${ObjectKey}",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*|\$\{\w+\}")
_ALIAS_ENDING, _OBJECT_LAMBDA_ENDING, _MULTI_REGION_ENDING = "-s3alias", "--ol-s3", ".mrap"


def access_point_parts(entry: AccessEntry, scope: DeploymentScope) -> tuple[AccessEntry, ...]:
    """The entry for the access point, and the entry for the bucket, limited to requests through it.

    The bucket, with its key, is in the Region of the access point; in its account too, if the entry names no other.
    Raises IamglueError for the alias of an access point, which policies cannot name, and for what is not a bucket.
    """
    bucket = bucket_and_key(entry)
    if bucket is not None and bucket.bucket.endswith(_ALIAS_ENDING):
        raise _alias_error(bucket.bucket, "`s3: BUCKET` with `access_point: NAME`", entry)
    if bucket is not None and bucket.bucket.endswith(_OBJECT_LAMBDA_ENDING):
        raise IamglueError(
            f"`{bucket.bucket}` is the alias of an Object Lambda access point: policies have its ARN",
            hint="write `s3-object-lambda: NAME` instead",
            location=entry.location,
        )
    if entry.access_point is None:
        return (entry,)
    if bucket is None or whole_arn_parameter(entry.resource) or is_access_point_arn(bucket.bucket):
        raise IamglueError(
            "`access_point` needs the name of its bucket: `s3: BUCKET`",
            hint="name the bucket behind the access point, and the access point in `access_point`",
            location=entry.location,
        )
    regions = entry.regions or (scope.region,)
    arns = tuple(dict.fromkeys(_access_point_arn(entry, scope, region) for region in regions))
    through = build_condition("StringEquals", _ACCESS_POINT_KEY, *sorted(arns))
    key = f"/object/{bucket.key}" if bucket.key else ""
    region, account = arn_fields(entry.access_point)[3:5]
    return (
        *(_without_location(replace(entry, resource=SpecResource(f"{arn}{key}"), key=None)) for arn in arns),
        replace(
            entry,
            access_point=None,
            when=(*entry.when, through),
            regions=entry.regions or tuple(filter(None, (region,))),
            account=entry.account or account or None,
        ),
    )


def access_point_type(action: str, kind: ResourceType, resource: SpecResource) -> ResourceType | None:
    """The type of an access point, or of objects in it, if `resource` is the ARN of one; else `kind`.

    None if the action is not supported through access points.
    """
    text = resource.text or ""
    if kind.service != "s3" or not is_access_point_arn(text):
        return kind
    name = _TYPES.get(kind.name, kind.name)
    access_point = action_resource_types(action).get(name)
    if access_point is None or arn_fields(text)[3] or name not in _MULTI_REGION_FORMATS:
        return access_point
    return replace(access_point, arn_formats=(_MULTI_REGION_FORMATS[name],))


def _access_point_arn(entry: AccessEntry, scope: DeploymentScope, region: str) -> str:
    """The ARN of the access point in a Region. Raises IamglueError for a pattern, an alias and a wrong name."""
    text = entry.access_point or ""
    if text.startswith("arn:"):
        if not is_access_point_arn(text) or "/object/" in text or "*" in text or "?" in text:
            raise IamglueError(f"`{text}` is not the ARN of one S3 access point", location=entry.location)
        return text
    if text.endswith(_ALIAS_ENDING):
        raise _alias_error(text, "the access point's name or ARN", entry)
    account = entry.account or scope.account
    if text.endswith(_MULTI_REGION_ENDING):
        return f"arn:{scope.partition}:s3::{account}:accesspoint/{text}"
    if not _NAME.fullmatch(text):
        raise IamglueError(
            f"`{text}` is not a valid name of an S3 access point",
            hint="write the access point's name or ARN; a Multi-Region access point's alias ends in .mrap",
            location=entry.location,
        )
    return f"arn:{scope.partition}:s3:{region}:{account}:accesspoint/{text}"


def _without_location(entry: AccessEntry) -> AccessEntry:
    return replace(entry, access_point=None, account=None, regions=())


def is_access_point_alias(text: str) -> bool:
    """Whether a text is the alias of an access point, also of an Object Lambda access point."""
    return text.endswith((_ALIAS_ENDING, _OBJECT_LAMBDA_ENDING))


def _alias_error(text: str, replacement: str, entry: AccessEntry) -> IamglueError:
    """The error for an alias of an access point, with what to write instead."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-alias.html (limitations)
    return IamglueError(
        f"`{text}` is the alias of an S3 access point: AWS does not allow aliases in policies",
        hint=f"write {replacement} instead",
        location=entry.location,
    )
