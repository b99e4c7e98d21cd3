"""What actions act on: the ARN formats that an action, or a pattern of actions, can be asked about."""

from __future__ import annotations

import re
from functools import lru_cache

from iamglue.catalog import resource_formats as shapes
from iamglue.catalog import services
from iamglue.catalog.resource_formats import ArnFormat
from iamglue.catalog.service_arn_formats import literal_prefix, resource_pattern
from iamglue.catalog.unlisted_actions import is_unlisted_action
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns import wildcards as patterns

_VARIABLE = re.compile(r"\$\{[^{}]*\}")
# Names that hold no slash, so that what has one is a resource of another type: an object, an index, a stream.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_NO_SLASH = {("s3", "${BucketName}"), ("dynamodb", "table/${TableName}")}


@lru_cache(maxsize=8192)
def action_arn_formats(action: str) -> tuple[ArnFormat, ...] | None:
    """The formats of the resources that an action, or any action of a pattern, acts on.

    Empty for actions that take no resource but `*`; None for what is no action of the reference.
    """
    prefix, colon, name = action.lower().partition(":")
    service = services.find_service(prefix) if colon else None
    if service is None or "${" in name:
        return None
    if name in service.actions:
        names = [name]
    elif patterns.has_wildcard(name) and not is_unlisted_action(prefix, name):
        names = [each for each in service.actions if patterns.matches(name, each)]
    else:
        return None
    if not names:
        return None
    return tuple(dict.fromkeys(shape for each in names for shape in _formats(service, each)))


@lru_cache(maxsize=65536)
def may_act_on(action: str, resource: str) -> bool:
    """Whether an action (or any of a pattern) may act on a resource that a Resource value matches.

    True also where that cannot be told: for no action of the reference, for no ARN, and for a text that begins with
    something not known.
    """
    found = action_arn_formats(action)
    fields = split_arn_fields(resource)
    if found is None or len(fields) != ARN_FIELD_COUNT or fields[0] != "arn":
        return True
    return any(_fits(shape, fields[2], fields[5]) for shape in found)


def _formats(service: services.Service, name: str) -> tuple[ArnFormat, ...]:
    kinds = shapes.action_resource_types(f"{service.prefix}:{name}").values()
    listed = [shapes.parse_arn_format(text) for kind in kinds for text in kind.arn_formats]
    return (
        *listed,
        *(shape for kind in kinds for shape in shapes.resource_type_formats(f"{service.prefix}:{name}", kind)),
    )


@lru_cache(maxsize=65536)
def _fits(shape: ArnFormat, service: str, resource: str) -> bool:
    if shape.service != service and not patterns.intersects(_VARIABLE.sub("*", shape.service), service):
        return False
    if resource == "*":
        return True
    start, begins = literal_prefix(resource), literal_prefix(shape.resource)
    if not (begins.startswith(start) or start.startswith(begins)):
        return False
    if (shape.service, shape.resource) in _NO_SLASH and resource.startswith(begins):
        name = _VARIABLE.sub("", resource[len(begins) :])
        if "/" in name.rstrip("/"):
            return False
    return patterns.intersects(resource_pattern(shape), resource)
