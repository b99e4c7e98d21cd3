"""The ARN formats of a service by the service field of its ARNs, which need not be a prefix of IAM's actions."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from iamglue.catalog import services
from iamglue.catalog.operations import client_prefix
from iamglue.catalog.resource_formats import ArnFormat, corrected_formats, parse_arn_format, reference_type_formats
from iamglue.catalog.spelling import nearest_word
from iamglue.catalog.tables import table_rows
from iamglue.catalog.unlisted_actions import retired_services
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns import wildcards as patterns

_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_SOME = "?*"


@cache
def service_arn_formats(name: str) -> tuple[ArnFormat, ...]:
    """Every format whose service field is `name`; none where the reference names no resource type of it."""
    found = services.find_service(name)
    texts = [text for kind in found.resource_types.values() for text in kind.arn_formats] if found else []
    own = [each for each in map(parse_arn_format, texts) if each.service == name or "${" in each.service]
    return tuple(dict.fromkeys([*own, *_foreign().get(name, ())]))


@cache
def reference_formats(name: str) -> tuple[ArnFormat, ...]:
    """The formats whose service field is `name` in AWS's reference, as our corrections have them.

    What a correction replaces for all actions of a resource type is not among them.
    """
    sourced = set(unlisted_formats(name))
    listed = (each for each in service_arn_formats(name) if each not in sourced and each not in _replaced())
    return tuple(dict.fromkeys((*listed, *corrected_formats(name))))


@cache
def unlisted_formats(name: str) -> tuple[ArnFormat, ...]:
    """The formats whose service field is `name` that AWS's guides or managed policies use and its reference lacks."""
    return tuple(
        each
        for each in (parse_arn_format(row["format"]) for row in table_rows("unlisted_arns"))
        if each.service == name
    )


@cache
def _replaced() -> frozenset[ArnFormat]:
    rewritten = ((row["service"], row["resource_type"]) for row in table_rows("shapes"))
    corrected = {parse_arn_format(row["format"]) for row in table_rows("shapes")}
    listed = {parse_arn_format(text) for service, kind in rewritten for text in reference_type_formats(service, kind)}
    return frozenset(listed - corrected)


def is_known_service(name: str) -> bool:
    """Whether ARNs may have this service field."""
    return services.find_service(name) is not None or name in _foreign() or name in retired_services()


def known_services() -> tuple[str, ...]:
    """Every service field that ARNs may have, sorted."""
    return tuple(sorted({*services.service_prefixes(), *_foreign()}))


def nearest_service(name: str) -> str | None:
    """The service field that a wrong one was meant to be: what the SDK calls the service, or what is most like it."""
    lower = name.strip().lower()
    return client_prefix(lower) or (nearest_word(lower, known_services()) if lower else None)


@lru_cache(maxsize=16384)
def matching_formats(arn: str) -> tuple[ArnFormat, ...] | None:
    """The formats of an ARN's service that its resource part may fit, other fields left aside.

    None where that cannot be told: it is no ARN, or the reference says nothing of the service.
    """
    fields = split_arn_fields(arn)
    if len(fields) != ARN_FIELD_COUNT or fields[0] != "arn":
        return None
    shapes = _prepared(fields[2].lower())
    if not shapes:
        return None
    resource = fields[5]
    if resource == "*":
        return tuple(shape for _, _, shape in shapes)
    start = literal_prefix(resource)
    found = []
    for begins, pattern, shape in shapes:
        if begins.startswith(start) or start.startswith(begins):
            # Most formats end with their one variable, which takes in whatever stands there.
            is_name = len(start) > len(begins) and pattern == f"{begins}{_SOME}"
            if is_name or patterns.intersects(pattern, resource):
                found.append(shape)
    return tuple(found)


@lru_cache(maxsize=16384)
def is_listed_arn(arn: str) -> bool:
    """Whether the reference has a format that an ARN may fit in its Region, account and resource part.

    AWS's own documents have no account, say, whatever the format says: such ARNs exist, but are not listed.
    """
    fields = split_arn_fields(arn)
    if len(fields) != ARN_FIELD_COUNT:
        return False
    return any(
        all(map(patterns.intersects, (_open(shape.region), _open(shape.account)), fields[3:5]))
        and (fields[5] == "*" or patterns.intersects(resource_pattern(shape), fields[5]))
        for shape in reference_formats(fields[2].lower())
    )


def _open(field: str) -> str:
    """A Region or account of a format as a pattern."""
    return _SOME if field.startswith("${") else field


def literal_prefix(pattern: str) -> str:
    """What every text that `pattern` matches begins with: all before the first wildcard or variable."""
    return _WILD.split(pattern, maxsplit=1)[0]


def resource_pattern(shape: ArnFormat) -> str:
    """The resource part of a format as a pattern in which no variable is empty."""
    return _VARIABLE.sub(_SOME, shape.resource)


@lru_cache(maxsize=4096)
def may_be_aws_owned(service: str, resource: str) -> bool:
    """Whether a resource part may be one of AWS's own, whose ARNs have no account (`document/AWS-...` of SSM)."""
    owned = (row["resource"] for row in table_rows("unowned") if row["service"] == service)
    return any(patterns.intersects(pattern, resource) for pattern in owned)


@cache
def has_aws_owned_resources(service: str) -> bool:
    """Whether some resources of a service are AWS's own, and their ARNs without an account."""
    return any(row["service"] == service for row in table_rows("unowned"))


_WILD = re.compile(r"[*?]|\$\{")


@cache
def _prepared(name: str) -> tuple[tuple[str, str, ArnFormat], ...]:
    return tuple(
        (literal_prefix(shape.resource), resource_pattern(shape), shape) for shape in service_arn_formats(name)
    )


@cache
def resource_globs(name: str) -> tuple[str, ...]:
    """The resource parts of a service's formats as patterns, every variable a `*`."""
    return tuple(dict.fromkeys(shape.resource_glob() for shape in service_arn_formats(name)))


@cache
def _foreign() -> dict[str, tuple[ArnFormat, ...]]:
    """Formats that the service itself does not list: Service Catalog's ARNs begin `arn:aws:catalog`, say."""
    found: dict[str, list[ArnFormat]] = {}
    for row in (*table_rows("foreign_arns"), *table_rows("unlisted_arns")):
        shape = parse_arn_format(row["format"])
        found.setdefault(shape.service, []).append(shape)
    return {name: tuple(shapes) for name, shapes in found.items()}
