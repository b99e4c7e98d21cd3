"""Requests through Object Lambda access points of S3, which have actions and ARNs of their own: `s3-object-lambda:...`.

The role also needs the same action of S3 on the access point behind it, and the function, which the call does not name.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-policies.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-use.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.services import find_action
from iamglue.infer.code.call_resource import CallResource
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

_S3, _OBJECT_LAMBDA, _SERVICE_FIELD = "s3:", "s3-object-lambda", 2


def through_object_lambda(action: str, resource: CallResource) -> tuple[str, CallResource]:
    """An action of S3 on a resource; on an Object Lambda access point the one of its own namespace."""
    fields = split_arn_fields(resource.resource.text or "")
    own = find_action(f"{_OBJECT_LAMBDA}:{action.removeprefix(_S3)}".lower()) if action.startswith(_S3) else None
    if own is None or len(fields) != ARN_FIELD_COUNT or fields[_SERVICE_FIELD] != _OBJECT_LAMBDA:
        return action, resource
    return str(own), replace(resource, resource_type=own.resource_types[0].name, prefix=None)
