"""The resources that actions apply to: the ARN formats of an action or an action pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from iamglue.catalog import resource_formats as shapes
from iamglue.catalog import services
from iamglue.catalog.resource_formats import ArnFormat
from iamglue.catalog.resource_patterns import ResourcePattern, resource_pattern
from iamglue.catalog.unlisted_actions import is_unlisted_action
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns import wildcards as patterns

_VARIABLE = re.compile(r"\$\{[^{}]*\}")
# Names that cannot contain a slash, so an ARN with one is of another type: an object, an index, a stream.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_NO_SLASH = {("s3", "${BucketName}"), ("dynamodb", "table/${TableName}")}


@lru_cache(maxsize=8192)
def action_arn_formats(action: str) -> tuple[ArnFormat, ...] | None:
    """The ARN formats of the resources of an action, or of all actions that match a pattern.

    Empty for actions that support only the resource `*`; None if no action of the reference matches.
    """
    prefix, colon, name = action.lower().partition(":")
    service = services.find_service(prefix) if colon else None
    if service is None or "${" in name:
        return None
    if name in service.actions:
        names = [name]
    elif patterns.has_wildcard(name) and not is_unlisted_action(prefix, name):
        names = [action_name for action_name in service.actions if patterns.matches(name, action_name)]
    else:
        return None
    if not names:
        return None
    return tuple(
        dict.fromkeys(arn_format for action_name in names for arn_format in _arn_formats(service, action_name))
    )


def may_act_on(action: str, resource: str) -> bool:
    """Whether an action (or any action of a pattern) may apply to a resource that a Resource value matches.

    Also True if that cannot be decided: no action of the reference matches, the value is not an ARN, or it begins with
    an unknown text.
    """
    arn_formats = _format_patterns(action)
    fields = split_arn_fields(resource)
    if arn_formats is None or len(fields) != ARN_FIELD_COUNT or fields[0] != "arn":
        return True
    service, part = fields[2], fields[5]
    for arn_format in arn_formats:  # noqa: SIM110 - in a loop, as this runs for every action of a policy
        if _may_fit(arn_format, service, part):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _FormatPattern:
    """The service and the resource part of an ARN format as patterns; `is_without_slash`: its name has no slash."""

    service: str
    resource: ResourcePattern
    is_without_slash: bool


@lru_cache(maxsize=8192)
def _format_patterns(action: str) -> tuple[_FormatPattern, ...] | None:
    """The formats of `action_arn_formats` as patterns."""
    arn_formats = action_arn_formats(action)
    if arn_formats is None:
        return None
    return tuple(
        _FormatPattern(
            _VARIABLE.sub("*", arn_format.service),
            resource_pattern(arn_format.resource),
            (arn_format.service, arn_format.resource) in _NO_SLASH,
        )
        for arn_format in arn_formats
    )


def _arn_formats(service: services.Service, name: str) -> tuple[ArnFormat, ...]:
    """The formats of an action's resource types: as in the reference, with our corrections, and those it lacks."""
    resource_types = shapes.action_resource_types(f"{service.prefix}:{name}").values()
    reference_formats = [
        shapes.parse_arn_format(text) for resource_type in resource_types for text in resource_type.arn_formats
    ]
    return (
        *reference_formats,
        *(
            arn_format
            for resource_type in resource_types
            for arn_format in shapes.resource_type_formats(f"{service.prefix}:{name}", resource_type)
        ),
        # `${*}` is not a name: such an ARN stands for no resource.
        *(
            shapes.parse_arn_format(text)
            for action_name, text in shapes.untyped_arn_formats(service.prefix)
            if action_name == name and "${*}" not in text
        ),
    )


def _may_fit(arn_format: _FormatPattern, service: str, resource: str) -> bool:
    """Whether an ARN with these fields may have the format."""
    if arn_format.service != service and not patterns.intersects(arn_format.service, service):
        return False
    if resource == "*":
        return True
    if arn_format.is_without_slash and "/" in resource and resource.startswith(arn_format.resource.prefix):
        name = _VARIABLE.sub("", resource.removeprefix(arn_format.resource.prefix))
        if "/" in name.rstrip("/"):
            return False
    return arn_format.resource.may_match(resource)
