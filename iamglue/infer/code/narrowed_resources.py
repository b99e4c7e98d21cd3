"""Resources of a call with what narrows them: a table's index, a prefix of keys, a function's version, a shadow."""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.services import ResourceType
from iamglue.infer.code.call_resource import CallResource, spec_text
from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.parameter_paths import texts_at, values_at
from iamglue.model.spec import SpecResource
from iamglue.policy.patterns.wildcards import has_wildcard

COPY_SOURCE = "CopySource"
_ANY, _S3 = "*", "s3"
_READS = "s3:Get"
_INVOKE = "lambda:InvokeFunction"
_SHADOW = "ThingShadow"


def narrowed_resources(
    call: SdkCall, action: str, kind: ResourceType, resources: tuple[CallResource, ...]
) -> tuple[CallResource, ...]:
    """The resources with what the call's other parameters say of them."""
    indexed = _with_indexes(call, action, resources)
    return _with_shadows(call, action, _with_qualifiers(call, action, _with_prefixes(call, action, kind, indexed)))


def _with_shadows(call: SdkCall, action: str, resources: tuple[CallResource, ...]) -> tuple[CallResource, ...]:
    """The named shadows of things, whose ARN is `thing/THING/SHADOW`; that of a shadow without a name is the thing's.

    https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html
    """
    if not action.endswith(_SHADOW) or not values_at(call.parameters, "shadowName"):
        return resources
    texts, is_complete = texts_at(call.parameters, "shadowName")
    names = [spec_text(text) for text in texts] if is_complete and texts else [_ANY]
    return tuple(
        replace(resource, resource=SpecResource(f"{resource.resource.text}/{name}"))
        if resource.resource.text not in (None, _ANY)
        else resource
        for resource in resources
        for name in names
    )


def _with_qualifiers(call: SdkCall, action: str, resources: tuple[CallResource, ...]) -> tuple[CallResource, ...]:
    """The versions or aliases of functions that a call invokes: AWS checks the call on their ARN, not the function's.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
    """
    if action != _INVOKE or not values_at(call.parameters, "Qualifier"):
        return resources
    texts, is_complete = texts_at(call.parameters, "Qualifier")
    qualifiers = [spec_text(text) for text in texts] if is_complete and texts else [_ANY]
    return tuple(
        replace(resource, resource=_qualified(resource.resource, qualifier))
        for resource in resources
        for qualifier in qualifiers
    )


def _qualified(resource: SpecResource, qualifier: str) -> SpecResource:
    """A function, by its name or by a parameter that is its ARN, with a version or alias; `*` as it is."""
    if resource.text is None:
        return SpecResource(None, tuple((name, f"{value}:{qualifier}") for name, value in resource.variables))
    return resource if resource.text == _ANY else SpecResource(f"{resource.text}:{qualifier}")


def _with_indexes(call: SdkCall, action: str, resources: tuple[CallResource, ...]) -> tuple[CallResource, ...]:
    """The resources of a query of DynamoDB: the index that it names, instead of the table."""
    if call.client != "dynamodb" or action not in ("dynamodb:Query", "dynamodb:Scan"):
        return resources
    if not values_at(call.parameters, "IndexName"):
        return resources
    texts, is_complete = texts_at(call.parameters, "IndexName")
    names = [spec_text(text) for text in texts] if is_complete and texts else [_ANY]
    return (
        tuple(
            replace(resource, resource_type=None, index=name)
            for resource in resources
            if resource.resource.text is not None and not resource.resource.text.startswith("arn:")
            for name in names
        )
        or resources
    )


def _with_prefixes(
    call: SdkCall, action: str, kind: ResourceType, resources: tuple[CallResource, ...]
) -> tuple[CallResource, ...]:
    """Objects of S3 with what their keys begin with, up to a slash, where the code says it of every key."""
    is_named_by_key = (
        call.client == _S3 and kind.name == "object" and not (_is_copy(call) and action.startswith(_READS))
    )
    texts, is_complete = texts_at(call.parameters, "Key") if is_named_by_key else ((), False)
    prefixes = {text[0][: text[0].rfind("/") + 1] if text and isinstance(text[0], str) else "" for text in texts}
    if not is_complete or not prefixes or "" in prefixes or any(has_wildcard(prefix) for prefix in prefixes):
        return resources
    return (
        tuple(
            replace(resource, prefix=prefix)
            for resource in resources
            for prefix in sorted(prefixes)
            if not any(prefix != other and prefix.startswith(other) for other in prefixes)
            if resource.resource.text is not None
        )
        or resources
    )


def _is_copy(call: SdkCall) -> bool:
    """Whether a call reads one object and writes another, which `Key` names."""
    return COPY_SOURCE in call.parameters
