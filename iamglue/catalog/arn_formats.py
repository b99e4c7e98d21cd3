"""The ARN formats of a service by the service field of its ARNs, which need not be a prefix of IAM's actions."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from iamglue.catalog import services
from iamglue.catalog.operations import client_prefix
from iamglue.catalog.retired import retired_services
from iamglue.catalog.shapes import ArnFormat, arn_format
from iamglue.catalog.suggest import nearest
from iamglue.catalog.tables import rows
from iamglue.iam import patterns
from iamglue.iam.arns import FIELDS, split_fields

_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_SOME = "?*"


@cache
def of_service(name: str) -> tuple[ArnFormat, ...]:
    """Every format whose service field is `name`; none where the reference names no resource type of it."""
    found = services.service(name)
    texts = [text for kind in found.resource_types.values() for text in kind.arn_formats] if found else []
    own = [each for each in map(arn_format, texts) if each.service == name or "${" in each.service]
    return tuple(dict.fromkeys([*own, *_foreign().get(name, ())]))


def is_known(name: str) -> bool:
    """Whether ARNs may have this service field."""
    return services.service(name) is not None or name in _foreign() or name in retired_services()


def known() -> tuple[str, ...]:
    """Every service field that ARNs may have, sorted."""
    return tuple(sorted({*services.prefixes(), *_foreign()}))


def nearest_service(name: str) -> str | None:
    """The service field that a wrong one was meant to be: what the SDK calls the service, or what is most like it."""
    lower = name.strip().lower()
    return client_prefix(lower) or (nearest(lower, known()) if lower else None)


@lru_cache(maxsize=16384)
def fitting(arn: str) -> tuple[ArnFormat, ...] | None:
    """The formats of an ARN's service that its resource part may fit, other fields left aside.

    None where that cannot be told: it is no ARN, or the reference says nothing of the service.
    """
    fields = split_fields(arn)
    if len(fields) != FIELDS or fields[0] != "arn":
        return None
    shapes = _prepared(fields[2].lower())
    if not shapes:
        return None
    resource = fields[5]
    if resource == "*":
        return tuple(shape for _, _, shape in shapes)
    start = beginning(resource)
    found = []
    for begins, pattern, shape in shapes:
        if begins.startswith(start) or start.startswith(begins):
            # Most formats end with their one variable, which takes in whatever stands there.
            is_name = len(start) > len(begins) and pattern == f"{begins}{_SOME}"
            if is_name or patterns.intersects(pattern, resource):
                found.append(shape)
    return tuple(found)


def beginning(pattern: str) -> str:
    """What every text that `pattern` matches begins with: all before the first wildcard or variable."""
    return _WILD.split(pattern, maxsplit=1)[0]


def as_pattern(shape: ArnFormat) -> str:
    """The resource part of a format as a pattern in which no variable is empty."""
    return _VARIABLE.sub(_SOME, shape.resource)


@lru_cache(maxsize=4096)
def is_unowned(service: str, resource: str) -> bool:
    """Whether a resource part may be one of AWS's own, whose ARNs have no account (`document/AWS-...` of SSM)."""
    owned = (row["resource"] for row in rows("unowned") if row["service"] == service)
    return any(patterns.intersects(pattern, resource) for pattern in owned)


@cache
def has_unowned(service: str) -> bool:
    """Whether some resources of a service are AWS's own, and their ARNs without an account."""
    return any(row["service"] == service for row in rows("unowned"))


_WILD = re.compile(r"[*?]|\$\{")


@cache
def _prepared(name: str) -> tuple[tuple[str, str, ArnFormat], ...]:
    return tuple((beginning(shape.resource), as_pattern(shape), shape) for shape in of_service(name))


@cache
def globs(name: str) -> tuple[str, ...]:
    """The resource parts of a service's formats as patterns, every variable a `*`."""
    return tuple(dict.fromkeys(shape.glob() for shape in of_service(name)))


@cache
def _foreign() -> dict[str, tuple[ArnFormat, ...]]:
    """Formats that the service itself does not list: Service Catalog's ARNs begin `arn:aws:catalog`, say."""
    found: dict[str, list[ArnFormat]] = {}
    for row in (*rows("foreign_arns"), *rows("unlisted_arns")):
        shape = arn_format(row["format"])
        found.setdefault(shape.service, []).append(shape)
    return {name: tuple(shapes) for name, shapes in found.items()}
