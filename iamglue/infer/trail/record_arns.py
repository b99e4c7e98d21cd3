"""The ARNs in records of CloudTrail: which resource type of an action they fit, and in which form usage has them.

Texts of a record are hostile: what is too long, or has wildcards or control characters, names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from iamglue.catalog.resource_formats import ArnFormat, action_resource_types, resource_type_formats
from iamglue.catalog.tables import table_rows
from iamglue.policy.arns import ARN_FIELD_COUNT

# Longer texts name nothing that a policy could name.
MAX_NAME = 2048
NEVER_IN_NAMES = re.compile(r"[\x00-\x1f\x7f*?]|\$\{")
_ANY, _ENDING = "*", ":*"
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
# Characters that are in names as they are in JSON; a `$` may be the start of a variable.
_SURE = r'[^"\\$*?\x00-\x1f\x7f]'
_SURE_FIELD = _SURE.replace("[^", "[^:") + "{0,100}"
_OBJECT_TYPES = ("object", "accesspointobject")
_OBJECT_MARKER = "/object/"
# Names that have no slash, so that an ARN with one is of another type: an object, an index, a stream.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_NO_SLASH = (("s3", "bucket"), ("dynamodb", "table"), ("s3express", "bucket"))


@dataclass(frozen=True, slots=True)
class _TypeFormat:
    """An ARN format of one of an action's resource types, with a quick test for ARNs that have another one."""

    kind: str
    arn_format: ArnFormat
    prefix: str
    literal_length: int
    has_slashes: bool
    is_short_lived: bool
    # Whether all after the prefix is one variable.
    is_open: bool
    # `:*`, with which the ARN of a log group ends in policies, and which records may leave out.
    ending: str

    def completed(self, resource: str) -> str:
        """The resource with the ending, if it may be a name without it."""
        if not self.ending or ":" in resource.removeprefix(self.prefix):
            return resource
        return f"{resource}{self.ending}"

    def fits(self, service: str, region: str, account: str, resource: str) -> bool:
        """Whether an ARN with these fields may have this format."""
        arn_format = self.arn_format
        if not resource.startswith(self.prefix):
            return False
        if arn_format.service != service and not arn_format.service.startswith("${"):
            return False
        # A field that the format leaves empty distinguishes a bucket from an access point.
        if (region and not arn_format.region) or (account and not arn_format.account):
            return False
        if not self.has_slashes and "/" in resource[len(self.prefix) :]:
            return False
        if self.is_open:
            return len(resource) > len(self.prefix)
        return arn_format.has_resource_form(resource)


@lru_cache(maxsize=4096)
def fitting_arn(action: str, arn: str) -> tuple[str, str] | None:
    """The resource type of the action that an ARN fits, in lower case, and the ARN as usage has it; None if none.

    An object of S3 may already be folded: `arn:aws:s3:::bucket/in/*`.
    """
    fields = arn.split(":", 5)
    if len(fields) != ARN_FIELD_COUNT or fields[0] != "arn" or len(arn) > MAX_NAME:
        return None
    _, _, service, region, account, resource = fields
    for candidate in _by_literal_length(action):
        whole = candidate.completed(resource)
        if candidate.fits(service, region, account, whole):
            return _usage_arn(candidate, f"{arn.removesuffix(resource)}{whole}", whole)
    return None


@lru_cache(maxsize=4096)
def sole_arn_pattern(action: str, types: tuple[str, ...]) -> re.Pattern[str] | None:
    """The pattern of a list, as JSON, of one ARN of one of the types that `fitting_arn` gives as it is, in a group.

    None if the action has several formats, or one of which that cannot be said so simply. What does not match may fit.
    """
    formats = _type_formats(action)
    if len(formats) != 1 or formats[0].kind not in types:
        return None
    (kind,) = formats
    arn_format = kind.arn_format
    if not kind.is_open or kind.is_short_lived or kind.kind in _OBJECT_TYPES or "$" in arn_format.service:
        return None
    fields = [_SURE_FIELD if field else "" for field in (arn_format.region, arn_format.account)]
    start = ":".join(("arn", _SURE_FIELD, re.escape(arn_format.service), *fields, re.escape(kind.prefix)))
    name = _SURE if kind.has_slashes else _SURE.replace("[^", "[^/")
    return re.compile(rf'\["({start}{name}{{1,{MAX_NAME // 2}}})"\]')


def _usage_arn(best: _TypeFormat, arn: str, resource: str) -> tuple[str, str] | None:
    """The type of an ARN, and the ARN as usage has it; None if it has no name."""
    folded = resource
    name = resource.removesuffix(best.ending)
    if best.kind in _OBJECT_TYPES:
        folded = _folded_object(best.arn_format, resource)
        name = folded.removesuffix(_ANY)
    elif best.is_short_lived:
        folded = folded_resource(best.arn_format, resource)
    if NEVER_IN_NAMES.search(name):
        return None
    return best.kind, arn if folded == resource else f"{arn.removesuffix(resource)}{folded}"


def objects_of_bucket(arns: Sequence[str]) -> tuple[str, ...]:
    """All objects of the buckets among the ARNs."""
    matches = [fitting_arn("s3:ListBucket", arn) for arn in arns]
    return tuple(f"{match[1]}/*" for match in matches if match is not None and match[0] == "bucket")


@lru_cache(maxsize=4096)
def _type_formats(action: str) -> tuple[_TypeFormat, ...]:
    """The ARN formats of all resource types of an action."""
    service = action.partition(":")[0]
    return tuple(
        _TypeFormat(
            name,
            arn_format,
            arn_format.resource.partition("${")[0],
            len(_VARIABLE.sub("", arn_format.resource)),
            (service, name) not in _NO_SLASH,
            is_short_lived(action, name),
            _VARIABLE.split(arn_format.resource)[2:] == [""],
            _ENDING if arn_format.resource.endswith(f"}}{_ENDING}") else "",
        )
        for name, kind in action_resource_types(action).items()
        for arn_format in resource_type_formats(action, kind)
    )


@lru_cache(maxsize=4096)
def _by_literal_length(action: str) -> tuple[_TypeFormat, ...]:
    """The formats of the resource types of an action; those with the longest literal texts, which say most, first."""
    return tuple(sorted(_type_formats(action), key=lambda item: -item.literal_length))


@lru_cache(maxsize=4096)
def type_arn_formats(action: str, kind: str) -> tuple[ArnFormat, ...]:
    """The ARN formats of one resource type (in lower case) of an action; () if the action has no such type."""
    return tuple(candidate.arn_format for candidate in _type_formats(action) if candidate.kind == kind)


def _folded_object(arn_format: ArnFormat, resource: str) -> str:
    """An object with the first part of its key: `bucket/in/2026/a.jpg` is `bucket/in/*`."""
    marker = _OBJECT_MARKER if _OBJECT_MARKER in arn_format.resource else "/"
    start, _, key = resource.partition(marker)
    return f"{start}{marker}{folded_key(key)}"


def folded_key(key: str) -> str:
    """The first part of an object's key, as a pattern: `in/2026/a.jpg` is `in/*`, and `a.jpg` is `*`."""
    first, slash, _ = key.partition("/")
    return f"{first}/*" if slash and first and not NEVER_IN_NAMES.search(first) else _ANY


def is_short_lived(action: str, kind: str) -> bool:
    """Whether the resources of a type (in lower case) are executions, tasks and the like."""
    return kind in _short_lived().get(action.partition(":")[0], ())


def folded_resource(arn_format: ArnFormat, resource: str) -> str:
    """The resource part of a short-lived resource, in which the last variable is `*`."""
    values = arn_format.parse_resource(resource)
    if not values:
        return resource
    return arn_format.fill_resource({**values, list(values)[-1]: _ANY})


@cache
def _short_lived() -> dict[str, frozenset[str]]:
    return {row["service"]: frozenset(row["resource_types"].lower().split(",")) for row in table_rows("trail_folds")}
