"""ARNs and ARN patterns as values. The first five fields are compared one by one, the resource part as a whole.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from iamglue.policy.patterns import wildcards as patterns
from iamglue.policy.patterns.globs import parse_glob

ARN_FIELD_COUNT = 6
# The reserved path of roles that only AWS services assume, and whose policies cannot be changed:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
SERVICE_LINKED_ROLE_PATH = "/aws-service-role/"
# A colon inside `${...}` is part of the variable's name, not a separator.
_FIELD = re.compile(r"(?:\$\{[^{}]*\}|[^:])*")


@dataclass(frozen=True, slots=True)
class Arn:
    """The five parts of `arn:partition:service:region:account:resource`; the resource may contain `:` and `/`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


class ShortArnRule(Enum):
    """How to read an ARN pattern with fewer than six fields. It depends on the policy type.

    No AWS page states this; it is what the simulator iam-simulate (2026-08) does.
    """

    FILL = "missing fields are `*`"  # identity, session and boundary policies
    FILL_IF_WILDCARD = (
        "missing fields are `*` if the pattern has a wildcard, else it matches nothing"  # resource policies
    )
    FILL_IF_TRAILING_STAR = "missing fields are `*` if the pattern ends with `*`, else it matches nothing"  # SCPs
    NO_MATCH = "it matches nothing"  # RCPs


@dataclass(frozen=True, slots=True)
class ResourceMatchOptions:
    """How to match Resource patterns.

    `short_arns` is the rule for patterns with fewer than six fields. With `star_crosses_colons`, a `*` at the end of
    one of the first five fields may match text across colons. AWS's Resource page says that such a `*` "can match
    beyond the colon"; older AWS pages, and the results that AWS publishes for its examples, keep it within the field,
    which is the default.
    """

    short_arns: ShortArnRule = ShortArnRule.FILL
    star_crosses_colons: bool = False


DEFAULT_MATCH_OPTIONS = ResourceMatchOptions()


@lru_cache(maxsize=16384)
def parse_arn(text: str) -> Arn | None:
    """Parse `text` as an Arn; None if it does not have the six fields of an ARN. The fields may be patterns."""
    fields = split_arn_fields(text)
    if len(fields) != ARN_FIELD_COUNT or fields[0] != "arn":
        return None
    return Arn(*fields[1:])


@lru_cache(maxsize=16384)
def split_arn_fields(text: str) -> tuple[str, ...]:
    """Split an ARN into at most six fields. The sixth keeps its colons, and `${...}` is never split."""
    if "${" not in text:
        return tuple(text.split(":", ARN_FIELD_COUNT - 1))
    fields: list[str] = []
    position = 0
    while len(fields) < ARN_FIELD_COUNT - 1:
        match = _FIELD.match(text, position)
        stop = match.end() if match else position
        fields.append(text[position:stop])
        if stop == len(text):
            return tuple(fields)
        position = stop + 1
    return (*fields, text[position:])


def arn_has_shape(arn: str, shape: str) -> bool:
    """Whether an ARN is one of a service's type of resource, written as `service:type/*`."""
    service, _, resource = shape.partition(":")
    fields = split_arn_fields(arn)
    return len(fields) == ARN_FIELD_COUNT and fields[2] == service and fields[5].startswith(resource.partition("*")[0])


def replace_arn_field(fields: tuple[str, ...], index: int, text: str) -> str:
    """The ARN of these fields with one of them replaced."""
    return ":".join((*fields[:index], text, *fields[index + 1 :]))


@lru_cache(maxsize=16384)
def pattern_fields(pattern: str, options: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> tuple[str, ...] | None:
    """The six fields of a Resource pattern; None if the pattern matches nothing.

    Patterns with fewer fields are completed according to `options.short_arns`.
    """
    fields = split_arn_fields(pattern)
    if len(fields) == ARN_FIELD_COUNT:
        return fields
    parsed = parse_glob(pattern)
    filled = {
        ShortArnRule.FILL: True,
        ShortArnRule.FILL_IF_WILDCARD: patterns.has_wildcard(pattern),
        ShortArnRule.FILL_IF_TRAILING_STAR: bool(parsed.star_bits & parsed.end_bit),
        ShortArnRule.NO_MATCH: False,
    }[options.short_arns]
    return (*fields, *["*"] * (ARN_FIELD_COUNT - len(fields))) if filled else None


def is_single_star(pattern: str) -> bool:
    """Whether `pattern` is only `*`, which also matches requests without a resource."""
    return bool(pattern) and not pattern.strip("*")


def resource_matches(pattern: str, resource: str, options: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> bool:
    """Whether a Resource pattern matches the resource of a request: an ARN, or `*` if the action has no resource."""
    if is_single_star(pattern) or pattern == resource:
        return True
    texts = split_arn_fields(resource)
    if len(texts) != ARN_FIELD_COUNT:
        return False
    fields = pattern_fields(pattern, options)
    if options.star_crosses_colons and _matches_wide(pattern, fields, resource):
        return True
    return fields is not None and all(map(patterns.matches, fields, texts))


def _matches_wide(pattern: str, fields: tuple[str, ...] | None, resource: str) -> bool:
    """Whether the pattern matches if a trailing `*` of a field may match text across colons."""
    if fields and any(
        patterns.matches(fields[-1], resource[position:]) for position in _next_field_starts(fields[:-1], resource)
    ):
        return True
    # If `*` matches across colons, a pattern with fewer than six fields may match without being completed.
    short_fields = split_arn_fields(pattern)
    return len(short_fields) < ARN_FIELD_COUNT and len(resource) + 1 in _next_field_starts(short_fields, resource + ":")


def _next_field_starts(fields: tuple[str, ...], resource: str) -> set[int]:
    """The positions in `resource` at which the next field may start after `fields` have matched."""
    colons = [position for position, character in enumerate(resource) if character == ":"]
    starts = {0}
    for field in fields:
        parsed = parse_glob(field)
        open_ended = bool(parsed.star_bits & parsed.end_bit)
        next_starts: set[int] = set()
        for start in starts:
            ends = [colon for colon in colons if colon >= start]
            if ends and patterns.matches(field, resource[start : ends[0]]):
                next_starts.update(end + 1 for end in (ends if open_ended else ends[:1]))
        starts = next_starts
    return starts


def resource_covers(general: str, specific: str, options: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> bool:
    """Whether every resource that `specific` matches is also matched by `general`.

    Patterns are always compared field by field. So with `star_crosses_colons`, False may mean "not proved".
    """
    if is_single_star(general) or general == specific:
        return True
    if is_single_star(specific):
        return False
    wide, narrow = pattern_fields(general, options), pattern_fields(specific, options)
    if narrow is None:
        return True
    return wide is not None and all(
        patterns.covers(wide_field, narrow_field) for wide_field, narrow_field in zip(wide, narrow, strict=True)
    )


def resource_intersects(first: str, second: str, options: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> bool:
    """Whether some resource matches both patterns, compared field by field."""
    if is_single_star(first) or is_single_star(second):
        return True
    first_fields, second_fields = pattern_fields(first, options), pattern_fields(second, options)
    if first_fields is None or second_fields is None:
        return False
    return all(
        patterns.intersects(first_field, second_field)
        for first_field, second_field in zip(first_fields, second_fields, strict=True)
    )
