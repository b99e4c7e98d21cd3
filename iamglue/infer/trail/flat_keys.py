"""From an event to the key of its flat row."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring

from iamglue.infer.trail.events import EventResource, TrailEvent, UserIdentity
from iamglue.infer.trail.flat_columns import RowKey
from iamglue.infer.trail.folding import folded_arn
from iamglue.infer.trail.request_parameters import (
    EMPTY_PARAMETERS,
    ParameterReader,
    UnreadableEventError,
    parameter_reader,
)

_TIME = re.compile(r"(\d{4}-[01]\d-[0-3]\d)[T ]([0-2]\d:[0-5]\d:[0-6]\d)(?:\.\d+)?Z?", re.ASCII)
# The days of times that were checked; to check each record's with a regular expression takes longer.
_DAYS_OF_TIMES: dict[str | None, str] = {}
_MAX_TIMES = 20_000
_REPLACED = dict.fromkeys((*range(32), 127), "\ufffd")
_FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
# Session names that instances, containers, the AWS CLI and SDKs give: they are no names of functions.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname
_OTHER_SESSION = re.compile(
    r"i-[0-9a-f]{8,17}|[0-9a-f]{32}|[0-9]+|(?:botocore|aws-cli|awscli|AWSCLI)-[Ss]ession.*|aws-sdk-.*|aws-go-sdk-.*"
)
# Roles that AWS services and people of IAM Identity Center have.
_OTHER_ROLE = re.compile(r":role/(?:aws-service-role/|aws-reserved/|AWSServiceRoleFor|AWSReservedSSO_)")
_FUNCTION_ISSUER = "AWS::Lambda::Function"
# The environment of functions adds `exec-env/AWS_Lambda_python3.13` to the user agent of its SDK.
_FUNCTION_AGENT = "AWS_Lambda_"
# What is longer names nothing that a policy could name.
_MAX_JSON = 1 << 15
_EMPTY_RESOURCES = "[]"
_quoted: Callable[[str], str] = encode_basestring


def flat_key(event: TrailEvent) -> tuple[RowKey, str]:
    """The key of an event's flat row, and the event's time. Raises UnreadableEventError."""
    time = event.eventTime
    day = _DAYS_OF_TIMES.get(time)
    if day is None:
        time = _checked_time(time) if time is not None else ""
        day = time[:10]
    identity = event.userIdentity or _NOBODY
    kind, read_parameters = _event_kind(
        event.recipientAccountId or identity.accountId,
        event.awsRegion,
        event.eventSource,
        event.eventName,
        event.eventType,
    )
    caller = _session(identity, event.userAgent) if identity.type == "AssumedRole" else _other_caller(identity)
    outcome = _columns(identity.invokedBy, event.errorCode) if identity.invokedBy or event.errorCode else "\t"
    is_management, resources = event.managementEvent, event.resources
    key = (
        day,
        kind,
        caller,
        outcome,
        "" if is_management is None else "false" if is_management else "true",
        _resources(resources) if resources else _EMPTY_RESOURCES,
        read_parameters(event.requestParameters) if read_parameters else EMPTY_PARAMETERS,
    )
    return key, time or ""


@lru_cache(maxsize=8192)
def _event_kind(
    account: str | None, region: str | None, source: str, name: str, event_type: str | None
) -> tuple[str, ParameterReader | None]:
    """The columns from the account to the event's type, and the function that picks the parameters."""
    return _columns(account, region, source, name, event_type), parameter_reader(source, name, event_type or "")


def _columns(*texts: str | None) -> str:
    """Texts with tabs between them, and without other control characters: no value of AWS has one."""
    columns = (text or "" for text in texts)
    return "\t".join(text if text.isprintable() else text.translate(_REPLACED) for text in columns)


def _checked_time(time: str) -> str:
    """The time as CloudTrail writes it. Raises UnreadableEventError for a text that is not a time."""
    match = _TIME.fullmatch(time)
    if match is None:
        raise UnreadableEventError("`eventTime` is not a time")
    try:
        datetime.fromisoformat(f"{match[1]}T{match[2]}")
    except ValueError as error:
        raise UnreadableEventError("`eventTime` is not a time") from error
    result = f"{match[1]}T{match[2]}Z"
    if len(_DAYS_OF_TIMES) >= _MAX_TIMES:
        _DAYS_OF_TIMES.clear()
    _DAYS_OF_TIMES[result] = match[1]
    return result


_NOBODY = UserIdentity()


def _other_caller(identity: UserIdentity) -> str:
    """The columns of a caller that is not a session of a role: its type and its ARN, or else its name."""
    kind = identity.type
    named = None
    if kind in ("Role", "IAMUser", "Root", "FederatedUser"):
        issuer = identity.sessionContext.sessionIssuer if identity.sessionContext else None
        federated = issuer.arn if issuer and kind == "FederatedUser" else None
        named = federated or identity.arn or _named_user(identity)
    return _columns(kind, named, "", "")


def _session(identity: UserIdentity, agent: str | None) -> str:
    """The columns of a session: its type, the role, the name that may be a function's, and how that is known."""
    context, scope = identity.sessionContext, identity.inScopeOf
    issuer = context.sessionIssuer if context is not None else None
    role = issuer.arn if issuer is not None else None
    if scope is None or not scope.issuerType:
        return _unscoped_session(role, identity.arn, agent is not None and _FUNCTION_AGENT in agent)
    name = (scope.credentialsIssuedTo or "").split(":function:")[-1].partition(":")[0]
    is_function = bool(name) and scope.issuerType == _FUNCTION_ISSUER
    role = role or _session_parts(identity.arn)[0]
    return _columns(identity.type, role, *((name, "issuer") if is_function else ("", "")))


@lru_cache(maxsize=16384)
def _unscoped_session(role: str | None, arn: str | None, is_function: bool) -> str:
    """What the ARNs of the role and the session, and the user agent, say of a session."""
    role_name, session = _session_parts(arn)
    role = role or role_name
    if (
        _FUNCTION_NAME.fullmatch(session) is None
        or _OTHER_ROLE.search(role)
        or (not is_function and _OTHER_SESSION.fullmatch(session))
    ):
        session = ""
    return _columns("AssumedRole", role, session, "agent" if session and is_function else "")


def _session_parts(arn: str | None) -> tuple[str, str]:
    """The names of the role and the session in `arn:aws:sts::123456789012:assumed-role/ROLE/SESSION`; "" if unknown."""
    parts = (arn or "").split("/")
    return (parts[1], parts[2]) if len(parts) == 3 and ":assumed-role" in parts[0] else ("", "")


def _named_user(identity: UserIdentity) -> str:
    """A user whose ARN is not in the record: its path is not known."""
    if identity.type == "Root" and identity.accountId:
        return f"arn:aws:iam::{identity.accountId}:root"
    return f"user/{identity.userName}" if identity.userName and identity.type == "IAMUser" else ""


def _resources(resources: list[EventResource]) -> str:
    """JSON with the sorted ARNs."""
    if len(resources) == 1:
        arn = resources[0].ARN
        text = f"[{_quoted(folded_arn(arn) if ':s3' in arn else arn)}]" if arn else _EMPTY_RESOURCES
    else:
        arns = {folded_arn(arn) if ":s3" in arn else arn for item in resources if (arn := item.ARN)}
        text = f"[{','.join(map(_quoted, sorted(arns)))}]"
    return text if len(text) <= _MAX_JSON else _EMPTY_RESOURCES
