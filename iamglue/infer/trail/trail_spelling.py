"""How CloudTrail spells the members of an operation's input in `requestParameters`.

The first letter is in lower case; S3's headers and query parameters are as they are sent; `trail_members.tsv` has the
exceptions. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.passed_roles import is_role_member
from iamglue.infer.code.sdk_models import operation_members, service_model
from iamglue.infer.trail.parameter_values import ParameterPath, parameter_path

_ANY, _NO_PARAMETER = "*", "-"
_S3, _EC2 = "s3", "ec2"
_MAX_DEPTH = 6
_SENT_BY_NAME = ("header", "querystring", "uri")


def trail_paths(client: str, operation: str, member: str) -> tuple[ParameterPath, ...]:
    """The paths in `requestParameters` of a member of the input, or of a path of members."""
    listed = _listed_path(client, operation, member)
    if listed == _NO_PARAMETER:
        return ()
    if listed:
        return (parameter_path(listed),)
    first, dot, rest = member.partition(".")
    inner = dot + ".".join(map(_lower_first, rest.split("."))) if dot else ""
    name = first.partition("[")[0].partition("{")[0]
    suffix = first[len(name) :]
    sent = _sent_name(client, operation, name)
    spellings = dict.fromkeys((_lower_first(name), sent or name, *(() if client == _S3 else (name,))))
    paths = [f"{spelling}{suffix}{inner}" for spelling in spellings]
    if client == _EC2:
        # Newer operations have all their members in one, by their own names: `GetConsoleScreenshotRequest`.
        paths.append(f"{operation}Request.{member}")
    return tuple(map(parameter_path, paths))


def _listed_path(client: str, operation: str, member: str) -> str:
    """What our table says of a member, or of the beginning of its path."""
    for row in table_rows("trail_members"):
        if row["client"] != client or not (row["operations"] == _ANY or operation in row["operations"].split()):
            continue
        if member == row["member"] or member.startswith(f"{row['member']}."):
            rest = member[len(row["member"]) :]
            return row["parameter"] + ".".join(map(_lower_first, rest.split(".")))
    return ""


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def _sent_name(client: str, operation: str, member: str) -> str:
    """The name of a member in a path, header or query, by which CloudTrail may log it; "" if it is in none of them."""
    described = operation_members(client, operation).get(member, {})
    return str(described.get("locationName", "")) if described.get("location") in _SENT_BY_NAME else ""


@lru_cache(maxsize=4096)
def role_parameters(client: str, operation: str) -> tuple[str, ...]:
    """The parameters that may have a role's ARN or name in them."""
    shapes = service_model(client).get("shapes", {})
    names = [
        ".".join(map(_lower_first, path[:2]))
        for member, described in operation_members(client, operation).items()
        for path in _role_paths(shapes, (member,), described.get("shape", ""), 0)
    ]
    return tuple(dict.fromkeys(names))


def _role_paths(shapes: Mapping[str, Any], path: tuple[str, ...], shape: str, depth: int) -> Iterator[tuple[str, ...]]:
    """The paths to members that name a role; a list ends the path, which is then that of the list."""
    described = shapes.get(shape, {})
    if described.get("type") == "string" and is_role_member(path[-1]):
        yield path
    if depth >= _MAX_DEPTH:
        return
    for name, member in described.get("members", {}).items():
        yield from _role_paths(shapes, (*path, name), member.get("shape", ""), depth + 1)
    inner = described.get("member") or described.get("value")
    if inner and _has_role(shapes, path, inner.get("shape", ""), depth):
        yield path


def _has_role(shapes: Mapping[str, Any], path: tuple[str, ...], shape: str, depth: int) -> bool:
    return any(True for _ in _role_paths(shapes, path, shape, depth + 1))
