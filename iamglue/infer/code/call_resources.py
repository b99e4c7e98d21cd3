"""The resources on which an SDK call acts, as the resources of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from iamglue.catalog.call_parameters import naming_parameters
from iamglue.catalog.partitions import partitions
from iamglue.catalog.required_types import required_types
from iamglue.catalog.resource_formats import ArnFormat, additional_resource_types, resource_type_formats
from iamglue.catalog.services import ResourceType
from iamglue.infer.code.call_resource import ANY_RESOURCE, CallResource, spec_text
from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.naming import chosen_types, has_name_of_id, naming_paths
from iamglue.infer.code.naming_texts import naming_texts
from iamglue.infer.code.narrowed_resources import COPY_SOURCE, narrowed_resources
from iamglue.infer.code.parameter_paths import values_at
from iamglue.infer.code.values import Text, UnknownPart, ValueOrigin, least_certain, text_origin
from iamglue.model.spec import SpecResource
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

_ANY = "*"
_VARIABLE = "="
_OWN_REGIONS = ("${AWS::Region}", "${AWS_REGION}", "${AWS_DEFAULT_REGION}")
_OWN_ACCOUNTS = ("${AWS::AccountId}",)
_ACCOUNT = re.compile(r"\d{12}")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
_QUEUE_URL = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(\d{12})/")
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
_PARTIAL_FUNCTION_ARN = re.compile(r"(\d{12}):function:(.+)")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
_BUCKET_URL = re.compile(
    r"https?://(?:s3[a-z0-9.-]*\.amazonaws\.com(?:\.cn)?/([^/]+)/|([^/]+)\.s3[a-z0-9.-]*\.amazonaws\.com(?:\.cn)?(?:/|$))"
)
# `urlsplit` raises an error for hosts with brackets, and a host may be a placeholder.
_URL_PATH = re.compile(r"https?://[^/?#]*([^?#]*)")


def call_resources(call: SdkCall, action: str) -> tuple[CallResource, ...]:
    """The resources on which the call needs an action; a resource `*` where its name is not known."""
    values = tuple(_condition_values(call, action))
    if values:
        return values
    kinds = chosen_types(call, action)
    if not kinds:
        return (ANY_RESOURCE,)
    groups = _required_groups(action, kinds)
    return tuple(resource for group in groups for resource in _first_resources(call, action, group))


def _required_groups(action: str, kinds: tuple[ResourceType, ...]) -> list[tuple[ResourceType, ...]]:
    """The types on each of which the action is checked; of each group a call names one type.

    Types whose ids AWS assigns in the call, and those without a name, are granted with the others.
    """
    required = required_types(action)
    if required is None:
        return [kinds]
    groups = [
        tuple(kind for kind in kinds if kind.name.lower() in names)
        for names in required.groups
        if not required.created.issuperset(names)
    ]
    named = [group for group in groups if any(resource_type_formats(action, kind)[0].variables for kind in group)]
    return named if len(named) > 1 or (named and required.created) else [kinds]


def _first_resources(call: SdkCall, action: str, kinds: tuple[ResourceType, ...]) -> tuple[CallResource, ...]:
    """The resources of the first type that the call names; `*` if it names none."""
    for kind in kinds:
        resources = tuple(dict.fromkeys(_typed_resources(call, action, kind)))
        if resources:
            inner = next((other for other in kinds if _is_inside(call, action, other, kind)), None)
            if inner is not None:
                return tuple(dict.fromkeys(_typed_resources(call, action, inner)))
            return narrowed_resources(call, action, kind, resources)
    unnamed = next((kind for kind in kinds if has_name_of_id(call, action, kind)), kinds[0])
    return (replace(ANY_RESOURCE, resource_type=unnamed.name),)


def _is_inside(call: SdkCall, action: str, inner: ResourceType, outer: ResourceType) -> bool:
    """Whether the call names a resource inside another, with which the other is granted too: a table of a database."""
    additional = {item.resource_type for item in additional_resource_types(action, inner.name)}
    return outer.name.lower() in additional and all(naming_paths(call, action, inner).values())


def _condition_values(call: SdkCall, action: str) -> Iterator[CallResource]:
    """The values of a condition key that limits an action without resources: the namespace of metrics."""
    for row in naming_parameters(call.client, call.operation, action):
        texts, is_complete = naming_texts(call, row.path) if row.resource_type == _ANY else ((), False)
        names = [(spec_text(text), text_origin(text)) for text in texts if is_complete]
        yield from (CallResource(SpecResource(name), None, origin) for name, origin in names)


def resources_at(call: SdkCall, path: str, action: str, kind: ResourceType) -> tuple[CallResource, ...]:
    """The resources of type `kind` that the parameter at `path` names, or parameters, `VARIABLE=PATH` for each."""
    arn_format = resource_type_formats(action, kind)[0]
    if _VARIABLE in path:
        pairs = (part.partition(_VARIABLE) for part in path.split())
        return tuple(_combined_resources(call, {name: (own,) for name, _, own in pairs}, kind, arn_format))
    return tuple(dict.fromkeys(_resources_at(call, (path,), kind, arn_format)))


def _typed_resources(call: SdkCall, action: str, kind: ResourceType) -> Iterator[CallResource]:
    """The resources of one type that the call names; nothing if it names none."""
    paths = naming_paths(call, action, kind)
    arn_format = resource_type_formats(action, kind)[0]
    given = [names for names in paths.values() if names]
    if not given:
        return
    if len(paths) == 1:
        yield from _resources_at(call, given[0], kind, arn_format)
        return
    if len(given) == 1:
        name = next(name for name, names in paths.items() if names)
        for resource in _resources_at(call, given[0], kind, arn_format):
            variables = {**dict.fromkeys(paths, _ANY), name: resource.resource.text or _ANY}
            yield replace(resource, variables=tuple(variables.items()))
        return
    yield from _combined_resources(call, paths, kind, arn_format)


def _resources_at(
    call: SdkCall, paths: tuple[str, ...], kind: ResourceType, arn_format: ArnFormat
) -> Iterator[CallResource]:
    """The resources at the first path that names any, with one for any name if the texts are not all known."""
    for path in paths:
        texts, is_complete = naming_texts(call, path)
        if not values_at(call.parameters, path):
            continue
        for text in texts:
            yield _named_resource(text, path, kind, arn_format)
        if not is_complete or not texts:
            yield CallResource(SpecResource(_ANY), kind.name)
        if texts:
            return


def _combined_resources(
    call: SdkCall, paths: dict[str, tuple[str, ...]], kind: ResourceType, arn_format: ArnFormat
) -> Iterator[CallResource]:
    """A resource of a type with several variables: a database and a table."""
    parts: dict[str, str] = {}
    origins: list[ValueOrigin] = []
    for variable, names in paths.items():
        texts, is_complete = naming_texts(call, names[0]) if names else ((), False)
        whole = len(texts) == 1 and is_complete and not _is_whole_arn(texts[0], names[0])
        parts[variable] = spec_text(texts[0]) if whole else _ANY
        origins.append(text_origin(texts[0]) if whole else ValueOrigin.UNKNOWN)
        if parts[variable].startswith("arn:"):
            yield _arn_resource(parts[variable], kind, arn_format, text_origin(texts[0]))
            return
    if set(parts.values()) == {_ANY}:
        yield CallResource(SpecResource(_ANY), kind.name)
        return
    yield CallResource(SpecResource(None, tuple(parts.items())), kind.name, least_certain(origins))


def _named_resource(text: Text, path: str, kind: ResourceType, arn_format: ArnFormat) -> CallResource:
    """The resource that a text names: by ARN, queue URL, partial function ARN or name; `*` if it is unknown."""
    origin = text_origin(text)
    name = _name_in(text, path)
    if not name.strip(_ANY):
        return CallResource(SpecResource(_ANY), kind.name, origin)
    if name.startswith("arn:"):
        return _arn_resource(name, kind, arn_format, origin)
    if _is_whole_arn(text, path):
        return CallResource(SpecResource(None, (("Arn", name),)), kind.name, origin)
    queue = _QUEUE_URL.match(spec_text(text))
    region, account = queue.groups() if queue is not None else (None, None)
    function = _PARTIAL_FUNCTION_ARN.fullmatch(name) if kind.service == "lambda" else None
    if function is not None:
        account, name = function.groups()
    return CallResource(SpecResource(name), kind.name, origin, account=account, region=region)


def _is_whole_arn(text: Text, path: str) -> bool:
    """Whether a text is a placeholder alone that stands for an ARN, by its name or that of its parameter."""
    if len(text) != 1 or not isinstance(text[0], UnknownPart) or text[0].value:
        return False
    return path.rpartition(".")[2].lower().endswith("arn") or spec_text(text).lower().endswith("arn}")


def _name_in(text: Text, path: str) -> str:
    """The name of a resource in a parameter's text: of a URL the last part, of an object of S3 the bucket."""
    name = spec_text(text)
    if name.startswith("s3://"):
        return name.removeprefix("s3://").partition("/")[0]
    if path.rpartition(".")[2] == COPY_SOURCE and not name.startswith("arn:"):
        return unquote(name).lstrip("/").partition("/")[0]
    bucket = _BUCKET_URL.match(name)
    if bucket is not None:
        return str(bucket[1] or bucket[2])
    url = _URL_PATH.match(name)
    return name if url is None else str(url[1]).rstrip("/").rpartition("/")[2] or _ANY


def _arn_resource(arn: str, kind: ResourceType, arn_format: ArnFormat, origin: ValueOrigin) -> CallResource:
    """The resource of an ARN: its name if it is in the function's own Region and account, else the ARN.

    A Region or account that is not known may be any, so that the ARN has `*` there.
    """
    fields = split_arn_fields(arn)
    if len(fields) != ARN_FIELD_COUNT:
        return CallResource(SpecResource(_ANY), kind.name, origin)
    _, partition, service, region, account, resource = fields
    is_own_region, is_own_account = region in _OWN_REGIONS, account in _OWN_ACCOUNTS
    other_account = account if is_own_region and _ACCOUNT.fullmatch(account) and region else None
    # The ARN of an access point has a Region where that of a bucket has none.
    is_of_format = service == arn_format.service and bool(region) == bool(arn_format.region)
    is_named = (is_own_region or not region) and (is_own_account or other_account) and (region or account)
    if is_of_format and is_named:
        values = arn_format.parse_resource(resource)
        if not values:
            return CallResource(SpecResource(_ANY), kind.name, origin)
        name = (
            SpecResource(next(iter(values.values()))) if len(values) == 1 else SpecResource(None, tuple(values.items()))
        )
        return CallResource(name, kind.name, origin, account=other_account)
    written = ":".join(
        (
            "arn",
            partition if partition in partitions() else _ANY,
            service,
            _ANY if is_own_region else region,
            _ANY if is_own_account else account,
            resource,
        )
    )
    return CallResource(SpecResource(written), kind.name, origin)
