"""ARNs as values, and patterns of ARNs: five segments compared one by one, and the resource part as a whole.

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
# A colon inside `${...}` belongs to the variable's name.
_FIELD = re.compile(r"(?:\$\{[^{}]*\}|[^:])*")


@dataclass(frozen=True, slots=True)
class Arn:
    """The five parts of `arn:partition:service:region:account:resource`; the resource may hold `:` and `/`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


class ShortArnRule(Enum):
    """How a pattern of fewer than six fields is read; it depends on the kind of policy it stands in.

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
    """How Resource patterns are read. `wide`: a star that ends one of the first five segments may run past colons.

    AWS's Resource page says that such a star "can match beyond the colon"; its older pages, and the results that
    AWS publishes for examples, keep it in the segment, which is the default.
    """

    short_arns: ShortArnRule = ShortArnRule.FILL
    star_crosses_colons: bool = False


DEFAULT_MATCH_OPTIONS = ResourceMatchOptions()


@lru_cache(maxsize=16384)
def parse_arn(text: str) -> Arn | None:
    """`text` as an Arn, None when it does not have the six fields of one. The fields may hold patterns."""
    fields = split_arn_fields(text)
    if len(fields) != ARN_FIELD_COUNT or fields[0] != "arn":
        return None
    return Arn(*fields[1:])


@lru_cache(maxsize=16384)
def split_arn_fields(text: str) -> tuple[str, ...]:
    """At most six fields: the sixth keeps its colons, and no field is cut inside `${...}`."""
    if "${" not in text:
        return tuple(text.split(":", ARN_FIELD_COUNT - 1))
    fields: list[str] = []
    at = 0
    while len(fields) < ARN_FIELD_COUNT - 1:
        found = _FIELD.match(text, at)
        stop = found.end() if found else at
        fields.append(text[at:stop])
        if stop == len(text):
            return tuple(fields)
        at = stop + 1
    return (*fields, text[at:])


@lru_cache(maxsize=16384)
def pattern_fields(pattern: str, reading: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> tuple[str, ...] | None:
    """The six fields of a Resource pattern, short patterns being read as `reading` says; None: matches nothing."""
    fields = split_arn_fields(pattern)
    if len(fields) == ARN_FIELD_COUNT:
        return fields
    parsed = parse_glob(pattern)
    filled = {
        ShortArnRule.FILL: True,
        ShortArnRule.FILL_IF_WILDCARD: patterns.has_wildcard(pattern),
        ShortArnRule.FILL_IF_TRAILING_STAR: bool(parsed.star_bits & parsed.end_bit),
        ShortArnRule.NO_MATCH: False,
    }[reading.short_arns]
    return (*fields, *["*"] * (ARN_FIELD_COUNT - len(fields))) if filled else None


def is_single_star(pattern: str) -> bool:
    """Whether `pattern` is `*` alone, which also matches requests on no resource at all."""
    return bool(pattern) and not pattern.strip("*")


def resource_matches(pattern: str, resource: str, reading: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> bool:
    """Whether a Resource pattern matches the resource of a request: an ARN, or `*` where the action takes none."""
    if is_single_star(pattern) or pattern == resource:
        return True
    texts = split_arn_fields(resource)
    if len(texts) != ARN_FIELD_COUNT:
        return False
    fields = pattern_fields(pattern, reading)
    if reading.star_crosses_colons and _matches_wide(pattern, fields, resource):
        return True
    return fields is not None and all(map(patterns.matches, fields, texts))


def _matches_wide(pattern: str, fields: tuple[str, ...] | None, resource: str) -> bool:
    if fields and any(patterns.matches(fields[-1], resource[at:]) for at in _after(fields[:-1], resource)):
        return True
    # With a star that runs past colons, a pattern of fewer fields may match as it stands.
    short = split_arn_fields(pattern)
    return len(short) < ARN_FIELD_COUNT and len(resource) + 1 in _after(short, resource + ":")


def _after(fields: tuple[str, ...], resource: str) -> set[int]:
    """The places in `resource` where the next field may begin when `fields` have been matched."""
    colons = [at for at, character in enumerate(resource) if character == ":"]
    starts = {0}
    for field in fields:
        parsed = parse_glob(field)
        open_ended = bool(parsed.star_bits & parsed.end_bit)
        after: set[int] = set()
        for start in starts:
            ends = [colon for colon in colons if colon >= start]
            if ends and patterns.matches(field, resource[start : ends[0]]):
                after.update(end + 1 for end in (ends if open_ended else ends[:1]))
        starts = after
    return starts


def resource_covers(general: str, specific: str, reading: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> bool:
    """Whether every resource that `specific` matches is matched by `general`.

    Read segment by segment whatever `reading.wide` says, so for the wide reading False may mean "not shown".
    """
    if is_single_star(general) or general == specific:
        return True
    if is_single_star(specific):
        return False
    wide, narrow = pattern_fields(general, reading), pattern_fields(specific, reading)
    if narrow is None:
        return True
    return wide is not None and all(patterns.covers(one, other) for one, other in zip(wide, narrow, strict=True))


def resource_intersects(one: str, other: str, reading: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> bool:
    """Whether some resource matches both patterns, read segment by segment."""
    if is_single_star(one) or is_single_star(other):
        return True
    fields, others = pattern_fields(one, reading), pattern_fields(other, reading)
    if fields is None or others is None:
        return False
    return all(patterns.intersects(field, text) for field, text in zip(fields, others, strict=True))


def arn_like(pattern: str, arn: str) -> bool:
    """ArnLike and ArnEquals: six fields, each compared on its own, whatever the policy's kind.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    fields, texts = split_arn_fields(pattern), split_arn_fields(arn)
    if len(fields) != ARN_FIELD_COUNT or len(texts) != ARN_FIELD_COUNT:
        return False
    return all(patterns.matches(field, text) for field, text in zip(fields, texts, strict=True))
