"""The ARN formats of a service, by the service field of ARNs, which may differ from the IAM action prefix."""

from __future__ import annotations

from functools import cache, lru_cache

from iamglue.catalog import services
from iamglue.catalog.operations import client_prefix
from iamglue.catalog.resource_formats import ArnFormat, corrected_formats, parse_arn_format, reference_type_formats
from iamglue.catalog.resource_patterns import ResourcePattern, resource_pattern
from iamglue.catalog.tables import table_rows
from iamglue.catalog.unlisted_actions import retired_services
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns import wildcards as patterns
from iamglue.spelling import nearest_word

_ANY_VALUE = "?*"  # a Region or account that is not empty


@cache
def service_arn_formats(name: str) -> tuple[ArnFormat, ...]:
    """Every format with this service field; () if the reference has no such resource type."""
    service = services.find_service(name)
    texts = (
        [text for resource_type in service.resource_types.values() for text in resource_type.arn_formats]
        if service
        else []
    )
    own_formats = [
        arn_format
        for arn_format in map(parse_arn_format, texts)
        if arn_format.service == name or "${" in arn_format.service
    ]
    return tuple(dict.fromkeys([*own_formats, *_formats_by_service_field().get(name, ())]))


@cache
def reference_formats(name: str) -> tuple[ArnFormat, ...]:
    """The formats with this service field in AWS's reference, with our corrections.

    A format that a correction replaces for all actions of a resource type is left out.
    """
    sourced = set(unlisted_formats(name))
    listed = (
        arn_format
        for arn_format in service_arn_formats(name)
        if arn_format not in sourced and arn_format not in _replaced_formats()
    )
    return tuple(dict.fromkeys((*listed, *corrected_formats(name))))


@cache
def unlisted_formats(name: str) -> tuple[ArnFormat, ...]:
    """The formats with this service field in AWS's guides or managed policies that are not in the reference."""
    return tuple(
        arn_format
        for arn_format in (parse_arn_format(row["format"]) for row in table_rows("unlisted_arns"))
        if arn_format.service == name
    )


@cache
def _replaced_formats() -> frozenset[ArnFormat]:
    """The formats of the reference that our corrections replace."""
    rewritten = ((row["service"], row["resource_type"]) for row in table_rows("corrected_arn_formats"))
    corrected = {parse_arn_format(row["format"]) for row in table_rows("corrected_arn_formats")}
    listed = {parse_arn_format(text) for service, kind in rewritten for text in reference_type_formats(service, kind)}
    return frozenset(listed - corrected)


def is_known_service(name: str) -> bool:
    """Whether ARNs can have this service field."""
    return services.find_service(name) is not None or name in _formats_by_service_field() or name in retired_services()


def known_services() -> tuple[str, ...]:
    """Every valid service field of ARNs, sorted."""
    return tuple(sorted({*services.service_prefixes(), *_formats_by_service_field()}))


def nearest_service(name: str) -> str | None:
    """The service field that a wrong one probably means: the SDK's name of the service, or the most similar one."""
    lower = name.strip().lower()
    return client_prefix(lower) or (nearest_word(lower, known_services()) if lower else None)


@lru_cache(maxsize=16384)
def matching_formats(arn: str) -> tuple[ArnFormat, ...] | None:
    """The formats that match the service and possibly the resource part of an ARN; other fields are ignored.

    None if unknown: it is not an ARN, or the reference has no formats for the service.
    """
    fields = split_arn_fields(arn)
    if len(fields) != ARN_FIELD_COUNT or fields[0] != "arn":
        return None
    formats = _formats_with_patterns(fields[2].lower())
    if not formats:
        return None
    resource = fields[5]
    if resource == "*":
        return tuple([arn_format for arn_format, _ in formats])
    head = patterns.literal_prefix(resource)
    return tuple(
        [
            arn_format
            for arn_format, pattern in formats
            if (head.startswith(pattern.prefix) or pattern.prefix.startswith(head)) and pattern.may_match(resource)
        ]
    )


@lru_cache(maxsize=16384)
def is_listed_arn(arn: str) -> bool:
    """Whether the reference has a format that may match the Region, account and resource part of an ARN.

    Some ARNs exist without being listed: those of AWS's own SSM documents have no account, whatever the format says.
    """
    fields = split_arn_fields(arn)
    if len(fields) != ARN_FIELD_COUNT:
        return False
    return any(
        all(
            map(
                patterns.intersects,
                (_field_pattern(arn_format.region), _field_pattern(arn_format.account)),
                fields[3:5],
            )
        )
        and (fields[5] == "*" or resource_pattern(arn_format.resource).may_match(fields[5]))
        for arn_format in reference_formats(fields[2].lower())
    )


def _field_pattern(field: str) -> str:
    """The pattern for a Region or account field of a format."""
    return _ANY_VALUE if field.startswith("${") else field


@lru_cache(maxsize=4096)
def may_be_aws_owned(service: str, resource: str) -> bool:
    """Whether a resource part may be that of an AWS-owned resource.

    The ARNs of these have no account: `document/AWS-...` of SSM.
    """
    owned = (row["resource"] for row in table_rows("aws_owned_resources") if row["service"] == service)
    return any(patterns.intersects(pattern, resource) for pattern in owned)


@cache
def _formats_with_patterns(name: str) -> tuple[tuple[ArnFormat, ResourcePattern], ...]:
    """The formats of a service, each with the pattern of its resource part."""
    return tuple((arn_format, resource_pattern(arn_format.resource)) for arn_format in service_arn_formats(name))


@cache
def resource_globs(name: str) -> tuple[str, ...]:
    """The resource parts of a service's formats as patterns, with `*` for every variable."""
    return tuple(dict.fromkeys(arn_format.resource_glob() for arn_format in service_arn_formats(name)))


@cache
def _formats_by_service_field() -> dict[str, tuple[ArnFormat, ...]]:
    """Formats by service field that the service itself does not list, such as `arn:aws:catalog` of Service Catalog."""
    formats: dict[str, list[ArnFormat]] = {}
    for row in (*table_rows("arns_of_other_services"), *table_rows("unlisted_arns")):
        arn_format = parse_arn_format(row["format"])
        formats.setdefault(arn_format.service, []).append(arn_format)
    return {name: tuple(service_formats) for name, service_formats in formats.items()}
