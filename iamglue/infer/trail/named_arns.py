"""The ARNs that names in CloudTrail's records stand for: in the record's account and Region, if the name says no more.

Texts of a record are hostile: what is too long, or has wildcards or control characters, names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import unquote, urlsplit

from iamglue.catalog.resource_formats import ArnFormat
from iamglue.catalog.services import ResourceType
from iamglue.catalog.tables import table_rows
from iamglue.infer.trail.record_arns import (
    MAX_NAME,
    NEVER_IN_NAMES,
    fitting_arn,
    folded_key,
    folded_resource,
    type_arn_formats,
)
from iamglue.policy.arns import ARN_FIELD_COUNT

_ANY = "*"
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
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


def arn_of_name(action: str, kind: str, text: str, scope: RecordScope) -> str | None:
    """The ARN of the resource that a parameter names, by name, ARN or URL; None if it names none of the type."""
    if text.startswith("arn:"):
        match = fitting_arn(action, text)
        return match[1] if match else None
    formats = type_arn_formats(action, kind)
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
    formats = type_arn_formats(action, kind)
    if not formats:
        return None
    arn_format = formats[0]
    values = {variable: _value(arn_format, kind, variable, given) for variable in arn_format.variables}
    if any(value is None for value in values.values()):
        return None
    resource = arn_format.fill_resource({name: value or _ANY for name, value in values.items()})
    folded = folded_resource(action, kind, arn_format, resource)
    region, account = _region(arn_format, scope), _account(arn_format, scope)
    return f"arn:{scope.partition}:{arn_format.service}:{region}:{account}:{folded}"


def object_arn(bucket: str, key: str, scope: RecordScope) -> str | None:
    """The objects of a bucket below the first part of a key, or all of them; None if it is no bucket's name.

    The key may already be folded (`in/*`, `*`). An access point stands for its bucket by its ARN.
    """
    if bucket.startswith("arn:"):
        fields = bucket.split(":", 5)
        if len(fields) != ARN_FIELD_COUNT or not fields[5].startswith("accesspoint/") or NEVER_IN_NAMES.search(bucket):
            return None
        return f"{bucket}/object/{folded_key(key)}"
    if not bucket or "/" in bucket or NEVER_IN_NAMES.search(bucket) or len(bucket) > MAX_NAME:
        return None
    return f"arn:{scope.partition}:s3:::{bucket}/{folded_key(key)}"


def is_account(text: str) -> bool:
    """Whether a text is the id of an account."""
    return _ACCOUNT.fullmatch(text) is not None


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
    if not text or len(text) > MAX_NAME or NEVER_IN_NAMES.search(text) or (kind == "key" and text.startswith("alias/")):
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
