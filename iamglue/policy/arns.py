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
from iamglue.policy.patterns.globs import glob

FIELDS = 6
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


class ShortArns(Enum):
    """How a pattern of fewer than six fields is read; it depends on the kind of policy it stands in.

    No AWS page states this; it is what the simulator iam-simulate (2026-08) does.
    """

    FILLED = "missing fields are `*`"  # identity, session and boundary policies
    FILLED_IF_WILD = (
        "missing fields are `*` if the pattern has a wildcard, else it matches nothing"  # resource policies
    )
    FILLED_IF_OPEN = "missing fields are `*` if the pattern ends with `*`, else it matches nothing"  # SCPs
    REFUSED = "it matches nothing"  # RCPs


@dataclass(frozen=True, slots=True)
class Reading:
    """How Resource patterns are read. `wide`: a star that ends one of the first five segments may run past colons.

    AWS's Resource page says that such a star "can match beyond the colon"; its older pages, and the results that
    AWS publishes for examples, keep it in the segment, which is the default.
    """

    short: ShortArns = ShortArns.FILLED
    wide: bool = False


DEFAULT_READING = Reading()


@lru_cache(maxsize=16384)
def parse_arn(text: str) -> Arn | None:
    """`text` as an Arn, None when it does not have the six fields of one. The fields may hold patterns."""
    fields = split_fields(text)
    if len(fields) != FIELDS or fields[0] != "arn":
        return None
    return Arn(*fields[1:])


@lru_cache(maxsize=16384)
def split_fields(text: str) -> tuple[str, ...]:
    """At most six fields: the sixth keeps its colons, and no field is cut inside `${...}`."""
    if "${" not in text:
        return tuple(text.split(":", FIELDS - 1))
    fields: list[str] = []
    at = 0
    while len(fields) < FIELDS - 1:
        found = _FIELD.match(text, at)
        stop = found.end() if found else at
        fields.append(text[at:stop])
        if stop == len(text):
            return tuple(fields)
        at = stop + 1
    return (*fields, text[at:])


@lru_cache(maxsize=16384)
def pattern_fields(pattern: str, reading: Reading = DEFAULT_READING) -> tuple[str, ...] | None:
    """The six fields of a Resource pattern, short patterns being read as `reading` says; None: matches nothing."""
    fields = split_fields(pattern)
    if len(fields) == FIELDS:
        return fields
    parsed = glob(pattern)
    filled = {
        ShortArns.FILLED: True,
        ShortArns.FILLED_IF_WILD: patterns.is_pattern(pattern),
        ShortArns.FILLED_IF_OPEN: bool(parsed.loops & parsed.end),
        ShortArns.REFUSED: False,
    }[reading.short]
    return (*fields, *["*"] * (FIELDS - len(fields))) if filled else None


def is_everything(pattern: str) -> bool:
    """Whether `pattern` is `*` alone, which also matches requests on no resource at all."""
    return bool(pattern) and not pattern.strip("*")


def resource_matches(pattern: str, resource: str, reading: Reading = DEFAULT_READING) -> bool:
    """Whether a Resource pattern matches the resource of a request: an ARN, or `*` where the action takes none."""
    if is_everything(pattern) or pattern == resource:
        return True
    texts = split_fields(resource)
    if len(texts) != FIELDS:
        return False
    fields = pattern_fields(pattern, reading)
    if reading.wide and _matches_wide(pattern, fields, resource):
        return True
    return fields is not None and all(map(patterns.matches, fields, texts))


def _matches_wide(pattern: str, fields: tuple[str, ...] | None, resource: str) -> bool:
    if fields and any(patterns.matches(fields[-1], resource[at:]) for at in _after(fields[:-1], resource)):
        return True
    # With a star that runs past colons, a pattern of fewer fields may match as it stands.
    short = split_fields(pattern)
    return len(short) < FIELDS and len(resource) + 1 in _after(short, resource + ":")


def _after(fields: tuple[str, ...], resource: str) -> set[int]:
    """The places in `resource` where the next field may begin when `fields` have been matched."""
    colons = [at for at, character in enumerate(resource) if character == ":"]
    starts = {0}
    for field in fields:
        parsed = glob(field)
        open_ended = bool(parsed.loops & parsed.end)
        after: set[int] = set()
        for start in starts:
            ends = [colon for colon in colons if colon >= start]
            if ends and patterns.matches(field, resource[start : ends[0]]):
                after.update(end + 1 for end in (ends if open_ended else ends[:1]))
        starts = after
    return starts


def resource_covers(general: str, specific: str, reading: Reading = DEFAULT_READING) -> bool:
    """Whether every resource that `specific` matches is matched by `general`.

    Read segment by segment whatever `reading.wide` says, so for the wide reading False may mean "not shown".
    """
    if is_everything(general) or general == specific:
        return True
    if is_everything(specific):
        return False
    wide, narrow = pattern_fields(general, reading), pattern_fields(specific, reading)
    if narrow is None:
        return True
    return wide is not None and all(patterns.covers(one, other) for one, other in zip(wide, narrow, strict=True))


def resource_intersects(one: str, other: str, reading: Reading = DEFAULT_READING) -> bool:
    """Whether some resource matches both patterns, read segment by segment."""
    if is_everything(one) or is_everything(other):
        return True
    fields, others = pattern_fields(one, reading), pattern_fields(other, reading)
    if fields is None or others is None:
        return False
    return all(patterns.intersects(field, text) for field, text in zip(fields, others, strict=True))


def arn_like(pattern: str, arn: str) -> bool:
    """ArnLike and ArnEquals: six fields, each compared on its own, whatever the policy's kind.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    fields, texts = split_fields(pattern), split_fields(arn)
    if len(fields) != FIELDS or len(texts) != FIELDS:
        return False
    return all(patterns.matches(field, text) for field, text in zip(fields, texts, strict=True))
