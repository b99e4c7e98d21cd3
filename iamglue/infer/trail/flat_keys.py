"""From an event to the key of its flat row."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

import msgspec

from iamglue.infer.trail.events import EventResource, TrailEvent, UserIdentity
from iamglue.infer.trail.flat_columns import KEY_COLUMNS
from iamglue.infer.trail.folding import folded_arn
from iamglue.infer.trail.request_parameters import EMPTY_PARAMETERS, UnreadableEventError, parameter_reader

_TIME = re.compile(r"(\d{4}-[01]\d-[0-3]\d)[T ]([0-2]\d:[0-5]\d:[0-6]\d)(?:\.\d+)?Z?", re.ASCII)
_TIME_LENGTH = len("2026-01-31T12:00:00Z")
# Days and times of day that were checked; to check each record's with a regular expression takes longer.
_DAYS: set[str] = set()
_CLOCK_TIMES: set[str] = set()
_MAX_DAYS = 50_000
_TABS = len(KEY_COLUMNS) - 1
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
_encode = msgspec.json.Encoder(order="sorted").encode


def flat_key(event: TrailEvent) -> tuple[str, str]:
    """The texts of an event's flat row in the order of FlatKey, with tabs between them; and the event's time.

    Raises UnreadableEventError.
    """
    key, time = _joined_key(event)
    if key.count("\t") == _TABS:
        return key, time
    _replace_tabs(event)
    return _joined_key(event)


def _joined_key(event: TrailEvent) -> tuple[str, str]:
    time = event.eventTime
    if time is None:
        time = ""
    elif len(time) != _TIME_LENGTH or time[:10] not in _DAYS or time[10:] not in _CLOCK_TIMES:
        time = _checked_time(time)
    source, name, event_type = event.eventSource, event.eventName, event.eventType or ""
    identity = event.userIdentity or _NOBODY
    kind, is_management = identity.type or "", event.managementEvent
    is_session = kind == "AssumedRole"
    caller = _session(identity, event.userAgent) if is_session else f"{_other_caller(identity)}\t\t"
    parameters = parameter_reader(source, name, event_type)
    key = (
        f"{time[:10]}\t{event.recipientAccountId or identity.accountId or ''}\t{event.awsRegion or ''}\t"
        f"{source}\t{name}\t{event_type}\t{kind}\t{caller}\t{identity.invokedBy or ''}\t{event.errorCode or ''}\t"
        f"{'' if is_management is None else 'false' if is_management else 'true'}\t"
        f"{_resources(event.resources) if event.resources else _EMPTY_RESOURCES}\t"
        f"{parameters(event.requestParameters) if parameters else EMPTY_PARAMETERS}"
    )
    return key, time


def _replace_tabs(event: TrailEvent) -> None:
    """Replace the tabs in an event's texts: no value of AWS has one."""
    identity = event.userIdentity
    context = identity and identity.sessionContext
    parts = (event, identity, context and context.sessionIssuer, identity and identity.inScopeOf)
    for part in parts:
        for name in part.__struct_fields__ if part else ():
            value = getattr(part, name)
            if isinstance(value, str):
                setattr(part, name, value.replace("\t", "\ufffd"))


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
    if len(_DAYS) < _MAX_DAYS:
        _DAYS.add(result[:10])
    _CLOCK_TIMES.add(result[10:])
    return result


_NOBODY = UserIdentity()


def _other_caller(identity: UserIdentity) -> str:
    """The ARN, or else the name, of a caller that is not a session of a role; empty if the record has neither."""
    kind = identity.type
    if kind not in ("Role", "IAMUser", "Root", "FederatedUser"):
        return ""
    issuer = identity.sessionContext and identity.sessionContext.sessionIssuer
    named = (issuer and issuer.arn) if kind == "FederatedUser" else None
    return named or identity.arn or _named_user(identity)


def _session(identity: UserIdentity, agent: str | None) -> str:
    """The role, the session that may be a function's name, and how that is known; with tabs between them."""
    context, scope = identity.sessionContext, identity.inScopeOf
    issuer = context.sessionIssuer if context is not None else None
    role = issuer.arn if issuer is not None else None
    if scope is None or not scope.issuerType:
        return _unscoped_session(role, identity.arn, agent is not None and _FUNCTION_AGENT in agent)
    role = role or _session_parts(identity.arn)[0]
    name = (scope.credentialsIssuedTo or "").split(":function:")[-1].partition(":")[0]
    return f"{role}\t{name}\tissuer" if name and scope.issuerType == _FUNCTION_ISSUER else f"{role}\t\t"


@lru_cache(maxsize=16384)
def _unscoped_session(role: str | None, arn: str | None, is_function: bool) -> str:
    """What the ARNs of the role and the session, and the user agent, say of a session."""
    role_name, session = _session_parts(arn)
    role = role or role_name
    if _FUNCTION_NAME.fullmatch(session) is None or _OTHER_ROLE.search(role):
        return f"{role}\t\t"
    if is_function:
        return f"{role}\t{session}\tagent"
    return f"{role}\t\t" if _OTHER_SESSION.fullmatch(session) else f"{role}\t{session}\t"


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
        if not arn:
            return _EMPTY_RESOURCES
        arns = [folded_arn(arn) if ":s3" in arn else arn]
    else:
        arns = [folded_arn(arn) if ":s3" in arn else arn for item in resources if (arn := item.ARN)]
        arns = sorted(set(arns))
    text = _encode(arns).decode()
    return text if len(text) <= _MAX_JSON else _EMPTY_RESOURCES
