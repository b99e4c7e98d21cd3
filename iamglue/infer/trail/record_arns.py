"""ARNs in records of CloudTrail: which fit an action's resource types, and those that names in a record stand for.

Texts of a record are hostile: what is too long, or has wildcards or control characters, names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from iamglue.catalog.resource_formats import ArnFormat, action_resource_types, resource_type_formats
from iamglue.catalog.services import ResourceType
from iamglue.catalog.tables import table_rows
from iamglue.policy.arns import ARN_FIELD_COUNT

_ANY = "*"
# Longer texts name nothing that a policy could name.
_MAX_NAME = 2048
_NEVER = re.compile(r"[\x00-\x1f\x7f*?]|\$\{")
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_OBJECT_TYPES = ("object", "accesspointobject")
_OBJECT_MARKER = "/object/"
# Names that have no slash, so that an ARN with one is of another type: an object, an index, a stream.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_NO_SLASH = (("s3", "bucket"), ("dynamodb", "table"), ("s3express", "bucket"))
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
_QUEUE_HOST = re.compile(r"(?:sqs\.([a-z0-9-]+)\.|([a-z0-9-]+\.)?queue\.)amazonaws\.com(?:\.cn)?")
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: a name, with a version or alias, or a partial ARN.
_FUNCTION = re.compile(r"(?:([0-9]{12}):function:)?([A-Za-z0-9_-]+(?::[A-Za-z0-9$_-]+)?)")
_FUNCTION_TYPE = "function"
_WRITTEN_WITH_TYPE = ("alias", "hostedzone")
_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class RecordScope:
    """Where a record is from; a Region or account that is not known is ""."""

    partition: str
    region: str
    account: str


@dataclass(frozen=True, slots=True)
class _TypeFormat:
    """An ARN format of one of an action's resource types, with what tells quickly that an ARN has another one."""

    kind: str
    arn_format: ArnFormat
    prefix: str
    literal_length: int
    has_slashes: bool

    def fits(self, fields: Sequence[str]) -> bool:
        """Whether an ARN may have this format."""
        arn_format, resource = self.arn_format, fields[5]
        if not resource.startswith(self.prefix):
            return False
        if arn_format.service != fields[2] and not arn_format.service.startswith("${"):
            return False
        # A field that the format leaves empty tells a bucket from an access point.
        if (fields[3] and not arn_format.region) or (fields[4] and not arn_format.account):
            return False
        if not self.has_slashes and "/" in resource[len(self.prefix) :]:
            return False
        return arn_format.parse_resource(resource) is not None


@lru_cache(maxsize=65536)
def fitting_arn(action: str, arn: str) -> tuple[str, str] | None:
    """The resource type of the action that an ARN fits, in lower case, and the ARN as usage has it; None if none.

    An object of S3 may already be folded: `arn:aws:s3:::bucket/in/*`.
    """
    fields = arn.split(":", 5)
    if len(fields) != ARN_FIELD_COUNT or fields[0] != "arn" or len(arn) > _MAX_NAME:
        return None
    best = None
    for candidate in _type_formats(action):
        if (best is None or candidate.literal_length > best.literal_length) and candidate.fits(fields):
            best = candidate
    if best is None:
        return None
    resource = name = fields[5]
    if best.kind in _OBJECT_TYPES:
        resource = _folded_object(best.arn_format, resource)
        name = resource.removesuffix(_ANY)
    else:
        resource = _folded(action, best.kind, best.arn_format, resource)
    return None if _NEVER.search(name) else (best.kind, ":".join((*fields[:5], resource)))


def arn_of_name(action: str, kind: str, text: str, scope: RecordScope) -> str | None:
    """The ARN of the resource that a parameter names, by name, ARN or URL; None if it names none of the type."""
    if text.startswith("arn:"):
        match = fitting_arn(action, text)
        return match[1] if match else None
    formats = _formats(action, kind)
    if not formats:
        return None
    if kind == "object":
        bucket, _, key = unquote(text).lstrip("/").partition("/")
        return object_arn(bucket, key or _ANY, scope)
    if kind == "queue" and "/" in text:
        return _queue_arn(action, text, scope)
    if kind == _FUNCTION_TYPE and (function := _FUNCTION.fullmatch(text)) is not None and function[1]:
        scope = replace(scope, account=function[1])
    variables = _VARIABLE.findall(formats[0].resource)
    if not variables:
        return None
    # `app:3` names a task definition and its revision.
    whole = formats[0].parse_resource(formats[0].resource.partition("${")[0] + text) if len(variables) > 1 else None
    return arn_of_values(action, kind, whole or {_main_variable(formats[0], kind): text}, scope)


def main_variable(arn_format: ArnFormat, kind: ResourceType) -> str:
    """The variable that is the name of a resource of the type: the last one that has no default."""
    return _main_variable(arn_format, kind.name.lower())


def _main_variable(arn_format: ArnFormat, kind: str) -> str:
    variables: list[str] = _VARIABLE.findall(arn_format.resource)
    named = [name for name in variables if not _defaults().get((arn_format.service, kind, name), ("", ""))[0]]
    return (named or variables)[-1]


def arn_of_values(action: str, kind: str, given: Mapping[str, str], scope: RecordScope) -> str | None:
    """The ARN of a type with these values of its variables, `*` for the others; None if they do not fit."""
    for text in given.values():
        if text.startswith("arn:") and (match := fitting_arn(action, text)) is not None and match[0] == kind:
            return match[1]
    formats = _formats(action, kind)
    if not formats:
        return None
    arn_format = formats[0]
    values = {variable: _value(arn_format, kind, variable, given) for variable in arn_format.variables}
    if any(value is None for value in values.values()):
        return None
    resource = arn_format.fill_resource({name: value or _ANY for name, value in values.items()})
    folded = _folded(action, kind, arn_format, resource)
    region, account = _region(arn_format, scope), _account(arn_format, scope)
    return f"arn:{scope.partition}:{arn_format.service}:{region}:{account}:{folded}"


def object_arn(bucket: str, key: str, scope: RecordScope) -> str | None:
    """The objects of a bucket below the first part of a key, or all of them; None if it is no bucket's name.

    The key may already be folded (`in/*`, `*`). An access point stands for its bucket by its ARN.
    """
    if bucket.startswith("arn:"):
        fields = bucket.split(":", 5)
        if len(fields) != ARN_FIELD_COUNT or not fields[5].startswith("accesspoint/") or _NEVER.search(bucket):
            return None
        return f"{bucket}/object/{_folded_key(key)}"
    if not bucket or "/" in bucket or _NEVER.search(bucket) or len(bucket) > _MAX_NAME:
        return None
    return f"arn:{scope.partition}:s3:::{bucket}/{_folded_key(key)}"


def is_account(text: str) -> bool:
    """Whether a text is the id of an account."""
    return _ACCOUNT.fullmatch(text) is not None


def objects_of_bucket(arns: Sequence[str]) -> tuple[str, ...]:
    """All objects of the buckets among the ARNs."""
    matches = [fitting_arn("s3:ListBucket", arn) for arn in arns]
    return tuple(f"{match[1]}/*" for match in matches if match is not None and match[0] == "bucket")


@lru_cache(maxsize=4096)
def _type_formats(action: str) -> tuple[_TypeFormat, ...]:
    service = action.partition(":")[0]
    return tuple(
        _TypeFormat(
            name,
            arn_format,
            arn_format.resource.partition("${")[0],
            len(_VARIABLE.sub("", arn_format.resource)),
            (service, name) not in _NO_SLASH,
        )
        for name, kind in action_resource_types(action).items()
        for arn_format in resource_type_formats(action, kind)
    )


@lru_cache(maxsize=4096)
def _formats(action: str, kind: str) -> tuple[ArnFormat, ...]:
    return tuple(candidate.arn_format for candidate in _type_formats(action) if candidate.kind == kind)


def _folded_object(arn_format: ArnFormat, resource: str) -> str:
    """An object with the first part of its key: `bucket/in/2026/a.jpg` is `bucket/in/*`."""
    marker = _OBJECT_MARKER if _OBJECT_MARKER in arn_format.resource else "/"
    start, _, key = resource.partition(marker)
    return f"{start}{marker}{_folded_key(key)}"


def _folded_key(key: str) -> str:
    """The first part of an object's key, as a pattern: `in/2026/a.jpg` is `in/*`, and `a.jpg` is `*`."""
    first, slash, _ = key.removeprefix("/").partition("/")
    return f"{first}/*" if slash and first and not _NEVER.search(first) else _ANY


def _folded(action: str, kind: str, arn_format: ArnFormat, resource: str) -> str:
    """A resource part in which the last variable of a short-lived resource is `*`."""
    if kind not in _short_lived().get(action.partition(":")[0], ()):
        return resource
    values = arn_format.parse_resource(resource)
    if not values:
        return resource
    return arn_format.fill_resource({**values, list(values)[-1]: _ANY})


@cache
def _short_lived() -> dict[str, frozenset[str]]:
    return {row["service"]: frozenset(row["resource_types"].lower().split(",")) for row in table_rows("trail_folds")}


def _value(arn_format: ArnFormat, kind: str, variable: str, given: Mapping[str, str]) -> str | None:
    """The value of a variable; `*` if it is not given, None for a text that is no name."""
    text = given.get(variable)
    if text is None:
        return _defaults().get((arn_format.service, kind, variable), (_ANY, ""))[0] or _ANY
    if text.startswith("arn:"):  # of another type: the cluster of a service
        text = re.split(r"[:/]", text)[-1]
    elif re.match(r"(?:https?|s3)://", text):
        text = _name_in_url(text)
    # The names of KMS's aliases and Route 53's zones begin with their type: `alias/app`, `/hostedzone/Z1`.
    prefix = arn_format.resource.partition("${")[0]
    if prefix.endswith("/") and arn_format.resource == f"{prefix}${{{variable}}}" and kind in _WRITTEN_WITH_TYPE:
        text = text.removeprefix("/").removeprefix(prefix)
    if kind == _FUNCTION_TYPE and arn_format.service == "lambda":
        match = _FUNCTION.fullmatch(text)
        text = match[2] if match else ""
    if f"parameter/${{{variable}}}" in arn_format.resource or f"parameter${{{variable}}}" in arn_format.resource:
        text = text.removeprefix("/")
    if not text or len(text) > _MAX_NAME or _NEVER.search(text) or (kind == "key" and text.startswith("alias/")):
        return None
    return text + _defaults().get((arn_format.service, kind, variable), ("", ""))[1]


@cache
def _defaults() -> dict[tuple[str, str, str], tuple[str, str]]:
    """The default and the suffix of variables, by service, resource type and variable."""
    return {
        (row["service"], row["resource_type"].lower(), row["variable"]): (row["default"], row["suffix"])
        for row in table_rows("name_defaults")
    }


def _name_in_url(text: str) -> str:
    if text.startswith("s3://"):
        return text.removeprefix("s3://").partition("/")[0]
    try:
        return urlsplit(text).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def _queue_arn(action: str, url: str, scope: RecordScope) -> str | None:
    """The queue of a URL, which has its Region and account."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    names = parts.path.strip("/").split("/")
    host = _QUEUE_HOST.fullmatch(parts.netloc)
    account = names[-2] if len(names) > 1 and _ACCOUNT.fullmatch(names[-2]) else scope.account
    region = (host[1] or (host[2] or "").rstrip(".")) if host else ""
    return arn_of_values(
        action, "queue", {"QueueName": names[-1]}, RecordScope(scope.partition, region or scope.region, account)
    )


def _region(arn_format: ArnFormat, scope: RecordScope) -> str:
    return (scope.region or _ANY) if arn_format.has_region_field else arn_format.region


def _account(arn_format: ArnFormat, scope: RecordScope) -> str:
    return (scope.account or _ANY) if arn_format.has_account_field else arn_format.account
