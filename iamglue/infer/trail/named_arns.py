"""The ARNs that names in CloudTrail's records stand for: in the record's account and Region, if the name says no more.

Texts of a record are hostile: what is too long, or has wildcards or control characters, names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
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
    is_short_lived,
    type_arn_formats,
)
from iamglue.policy.arns import ARN_FIELD_COUNT

_ANY = "*"
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
_QUEUE_HOST = re.compile(r"(?:sqs\.([a-z0-9-]+)\.|([a-z0-9-]+\.)?queue\.)amazonaws\.com(?:\.cn)?")
# The host and the path; a custom endpoint may have any host. `urlsplit` takes ten times as long.
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://([^/?#]*))?([^?#]*)")
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: a name, with a version or alias, or a partial ARN.
_FUNCTION = re.compile(r"(?:([0-9]{12}):function:)?([A-Za-z0-9_-]+(?::[A-Za-z0-9$_-]+)?)")
_FUNCTION_TYPE = "function"
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
_SECRET_ENDING = re.compile(r"-[A-Za-z0-9]{6}\Z")
_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class RecordScope:
    """Where a record is from; a Region or account that is not known is ""."""

    partition: str
    region: str
    account: str


@dataclass(frozen=True, slots=True)
class _ArnNameRule:
    """How a text becomes the value of one variable of a type's ARN.

    `default` is its value if no text is given, and `suffix` follows a text. `type_prefix`: names may be written with
    their type, `alias/app`. `follows_slash`: the name's own first slash is that of the ARN.
    """

    variable: str
    default: str
    suffix: str
    type_prefix: str
    follows_slash: bool
    is_function: bool
    is_key: bool


@dataclass(frozen=True, slots=True)
class _NamedType:
    """The ARN format of a resource type of an action, and the rules for its variables."""

    arn_format: ArnFormat
    rules: tuple[_ArnNameRule, ...]
    main_variable: str | None
    has_several: bool
    is_short_lived: bool


@lru_cache(maxsize=4096)
def _named_type(action: str, kind: str) -> _NamedType | None:
    """How names of a resource type (in lower case) of an action become ARNs; None if the action has no such type."""
    formats = type_arn_formats(action, kind)
    if not formats:
        return None
    arn_format = formats[0]
    variables = _VARIABLE.findall(arn_format.resource)
    return _NamedType(
        arn_format,
        tuple(_name_rule(arn_format, kind, variable) for variable in arn_format.variables),
        _main_variable(arn_format, kind) if variables else None,
        len(variables) > 1,
        is_short_lived(action, kind),
    )


def _name_rule(arn_format: ArnFormat, kind: str, variable: str) -> _ArnNameRule:
    """The rule for a variable: of SSM parameters the first slash of a name is that of the ARN."""
    default, suffix = _defaults().get((arn_format.service, kind, variable), ("", ""))
    parameters = (f"parameter/${{{variable}}}", f"parameter${{{variable}}}")
    return _ArnNameRule(
        variable,
        default or _ANY,
        suffix,
        arn_format.type_in_name,
        any(text in arn_format.resource for text in parameters),
        kind == _FUNCTION_TYPE and arn_format.service == "lambda",
        kind == "key",
    )


def arn_of_name(action: str, kind: str, text: str, scope: RecordScope) -> str | None:
    """The ARN of the resource that a parameter names, by name, ARN or URL; None if it names none of the type."""
    if text.startswith("arn:"):
        match = fitting_arn(action, text)
        return _whole_secret(match[1]) if match else None
    named = _named_type(action, kind)
    if named is None:
        return None
    if kind == "object":
        bucket, _, key = unquote(text).lstrip("/").partition("/")
        return object_arn(bucket, key or _ANY, scope)
    if kind == "queue" and "/" in text:
        return _queue_arn(action, text, scope)
    if kind == _FUNCTION_TYPE and (function := _FUNCTION.fullmatch(text)) is not None and function[1]:
        scope = replace(scope, account=function[1])
    if named.main_variable is None:
        return None
    given = {named.main_variable: text}
    return arn_of_values(action, kind, whole_name(action, kind, given) or given, scope)


def whole_name(action: str, kind: str, given: Mapping[str, str]) -> Mapping[str, str] | None:
    """The values of all variables of a type, if the text of one has them: `app:3`, a task definition and its revision.

    None if it has not.
    """
    named = _named_type(action, kind)
    text = next(iter(given.values()))
    if named is None or not named.has_several or ":/" in text or text.startswith("arn:"):
        return None
    arn_format = named.arn_format
    values = arn_format.parse_resource(arn_format.resource.partition("${")[0] + text)
    return dict(values) if values else None


def main_variable(arn_format: ArnFormat, kind: ResourceType) -> str:
    """The variable that is the name of a resource of the type: the last one that has no default."""
    return _main_variable(arn_format, kind.name.lower())


def _main_variable(arn_format: ArnFormat, kind: str) -> str:
    """The last variable without a default, or the last one if all have one."""
    variables: list[str] = _VARIABLE.findall(arn_format.resource)
    named = [name for name in variables if not _defaults().get((arn_format.service, kind, name), ("", ""))[0]]
    return (named or variables)[-1]


def arn_of_values(action: str, kind: str, given: Mapping[str, str], scope: RecordScope) -> str | None:
    """The ARN of a type with these values of its variables, `*` for the others; None if they do not fit."""
    for text in given.values():
        if text.startswith("arn:") and (match := fitting_arn(action, text)) is not None and match[0] == kind:
            return match[1]
    named = _named_type(action, kind)
    if named is None:
        return None
    values: dict[str, str] = {}
    for rule in named.rules:
        text_of_rule = given.get(rule.variable)
        value = rule.default if text_of_rule is None else _value(rule, text_of_rule)
        if value is None:
            return None
        values[rule.variable] = value
    arn_format = named.arn_format
    resource = arn_format.fill_resource(values)
    if named.is_short_lived:
        resource = folded_resource(arn_format, resource)
    region, account = _region(arn_format, scope), _account(arn_format, scope)
    return f"arn:{scope.partition}:{arn_format.service}:{region}:{account}:{resource}"


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
    """Whether a text is the ID of an account."""
    return _ACCOUNT.fullmatch(text) is not None


def _value(rule: _ArnNameRule, text: str) -> str | None:
    """The value of a variable; None for a text that is not a name."""
    if text.startswith("arn:"):  # of another type: the cluster of a service
        text = re.split(r"[:/]", text)[-1]
    elif text.startswith(("https://", "http://", "s3://")):
        text = _name_in_url(text)
    if rule.type_prefix:
        text = text.removeprefix("/").removeprefix(rule.type_prefix)
    if rule.is_function:
        match = _FUNCTION.fullmatch(text)
        text = match[2] if match else ""
    if rule.follows_slash:  # a version or label may follow the name of a parameter
        text = text.removeprefix("/").partition(":")[0]
    if not text or len(text) > MAX_NAME or NEVER_IN_NAMES.search(text) or (rule.is_key and text.startswith("alias/")):
        return None
    return text + rule.suffix


@cache
def _defaults() -> dict[tuple[str, str, str], tuple[str, str]]:
    """The default and the suffix of variables, by service, resource type and variable."""
    return {
        (row["service"], row["resource_type"].lower(), row["variable"]): (row["default"], row["suffix"])
        for row in table_rows("name_defaults")
    }


def _whole_secret(arn: str) -> str:
    """An ARN; that of a secret with the ending that AWS gives to names, if the request left it out."""
    is_partial = ":secretsmanager:" in arn and not _SECRET_ENDING.search(arn)
    return f"{arn}{_defaults()['secretsmanager', 'secret', 'SecretId'][1]}" if is_partial else arn


def _name_in_url(text: str) -> str:
    """The bucket of an `s3://` address, or the last part of a URL's path; "" if it is not a valid URL."""
    if text.startswith("s3://"):
        return text.removeprefix("s3://").partition("/")[0]
    try:
        return urlsplit(text).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def _queue_arn(action: str, url: str, scope: RecordScope) -> str | None:
    """The queue of a URL, which has its Region and account."""
    parts = _URL.match(url)
    if parts is None:
        return None
    names = parts[2].strip("/").split("/")
    host = _QUEUE_HOST.fullmatch(parts[1] or "")
    account = names[-2] if len(names) > 1 and _ACCOUNT.fullmatch(names[-2]) else scope.account
    region = (host[1] or (host[2] or "").rstrip(".")) if host else ""
    return arn_of_values(
        action, "queue", {"QueueName": names[-1]}, RecordScope(scope.partition, region or scope.region, account)
    )


def _region(arn_format: ArnFormat, scope: RecordScope) -> str:
    return (scope.region or _ANY) if arn_format.has_region_field else arn_format.region


def _account(arn_format: ArnFormat, scope: RecordScope) -> str:
    return (scope.account or _ANY) if arn_format.has_account_field else arn_format.account
