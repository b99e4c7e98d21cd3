"""CloudTrail's events as typed values: only the fields that are counted are decoded.

A field that is counted and has another type than AWS documents makes the record unreadable; other fields are skipped.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from iamglue.infer.trail.decoding_problems import plain_problem
from iamglue.infer.trail.event_lists import LIST_NAMES, SECOND_LIST, has_second_list

_NULL = msgspec.Raw(b"null")


class SessionIssuer(msgspec.Struct, gc=False):
    """The role, or user, whose temporary credentials signed the request."""

    arn: str | None = None


class SessionContext(msgspec.Struct, gc=False):
    """How temporary credentials came to be."""

    sessionIssuer: SessionIssuer | None = None  # noqa: N815 - CloudTrail's name


class IssuedScope(msgspec.Struct, gc=False):
    """The resource that an AWS service gave the credentials to, such as a function."""

    issuerType: str | None = None  # noqa: N815 - CloudTrail's name
    credentialsIssuedTo: str | None = None  # noqa: N815 - CloudTrail's name


class UserIdentity(msgspec.Struct, gc=False):
    """Who made the request."""

    type: str | None = None
    arn: str | None = None
    accountId: str | None = None  # noqa: N815 - CloudTrail's name
    userName: str | None = None  # noqa: N815 - CloudTrail's name
    sessionContext: SessionContext | None = None  # noqa: N815 - CloudTrail's name
    inScopeOf: IssuedScope | None = None  # noqa: N815 - CloudTrail's name
    invokedBy: str | None = None  # noqa: N815 - CloudTrail's name


class EventResource(msgspec.Struct, gc=False):
    """A resource of the request."""

    ARN: str | None = None


class TrailEvent(msgspec.Struct, gc=False, kw_only=True):
    """One event. The members are in CloudTrail's order, in which they are decoded fastest."""

    userIdentity: UserIdentity | None = None  # noqa: N815 - CloudTrail's name
    eventTime: str | None = None  # noqa: N815 - CloudTrail's name
    eventSource: str  # noqa: N815 - CloudTrail's name
    eventName: str  # noqa: N815 - CloudTrail's name
    awsRegion: str | None = None  # noqa: N815 - CloudTrail's name
    userAgent: str | None = None  # noqa: N815 - CloudTrail's name
    errorCode: str | None = None  # noqa: N815 - CloudTrail's name
    requestParameters: msgspec.Raw = _NULL  # noqa: N815 - CloudTrail's name
    resources: list[EventResource] | None = None
    eventType: str | None = None  # noqa: N815 - CloudTrail's name
    managementEvent: bool | None = None  # noqa: N815 - CloudTrail's name
    recipientAccountId: str | None = None  # noqa: N815 - CloudTrail's name


class LogFile(msgspec.Struct, gc=False):
    """A log file of a trail."""

    Records: list[TrailEvent]


decode_log_file = msgspec.json.Decoder(LogFile).decode
decode_events = msgspec.json.Decoder(list[TrailEvent]).decode
decode_event_lines = msgspec.json.Decoder(TrailEvent).decode_lines
decode_event = msgspec.json.Decoder(TrailEvent).decode
_decode_raw_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
decode_value = msgspec.json.Decoder().decode

# In lower case: Athena and CloudTrail Lake write the names of columns so.
_FIELDS = {name.lower(): name for name in TrailEvent.__struct_fields__}
_MAX_DEPTH = 8


def events_of_value(raw: bytes, depth: int = 0) -> list[TrailEvent | str]:
    """The events that one JSON value holds; a text says why there, or a part of it, cannot be read.

    The value is an event; a container of events (`Records`, `Events`, a list, `detail` of EventBridge, the JSON text in
    `CloudTrailEvent`); or a row of an export, whose names may be in lower case. Nothing for a digest file.
    """
    try:
        return [decode_event(raw)]
    except msgspec.DecodeError as error:
        problem = str(error)
    if depth > _MAX_DEPTH:
        return ["the value is nested too deeply"]
    if raw.lstrip()[:1] == b"[":
        return _events_of_list(raw, depth)
    try:
        members = _decode_members(raw)
    except (msgspec.DecodeError, RecursionError):
        return [plain_problem(problem)]
    if has_second_list(raw):
        return [SECOND_LIST]
    return _events_of_members(members, problem, depth)


def has_records(raw: bytes) -> bool:
    """Whether a JSON value is that of a log file: its events are in a list of `Records`."""
    try:
        members = _decode_members(raw)
    except (msgspec.DecodeError, RecursionError):
        return True  # it has no events
    return "Records" in members or is_digest(members)


def is_digest(members: Any) -> bool:
    """Whether the members of a value are those of a digest file, which lists log files and has no events."""
    return "digestStartTime" in members and "logFiles" in members


def _events_of_list(raw: bytes, depth: int) -> list[TrailEvent | str]:
    """The events of the items of a list, or of the list as one row of CloudTrail Lake."""
    try:
        items = _decode_raw_list(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        return [plain_problem(error)]
    if _is_lake_row(items):
        merged = b",".join(bytes(item).strip()[1:-1] for item in items)
        return events_of_value(b"{%b}" % merged, depth + 1)
    return [event for item in items for event in events_of_value(bytes(item), depth + 1)]


def _is_lake_row(items: list[msgspec.Raw]) -> bool:
    """Whether a list is a row of `get-query-results`: a list of maps with one member each."""
    if not items or any(bytes(item).lstrip()[:1] != b"{" for item in items):
        return False
    try:
        return all(len(_decode_members(item)) == 1 for item in items)
    except msgspec.DecodeError:
        return False


def _events_of_members(members: dict[str, msgspec.Raw], problem: str, depth: int) -> list[TrailEvent | str]:
    """The events in a JSON object by its members: a list of records, an event inside another form, or one event."""
    for name in LIST_NAMES:
        raw = bytes(members.get(name, b"")).lstrip()
        if raw[:1] == b"[":
            return _events_of_list(raw, depth)
        if raw and "eventSource" not in members:
            return [f"`{name}` must be a list"]
    for name in ("CloudTrailEvent", "detail", "eventJson", "eventjson"):
        if name in members:
            inner = bytes(members[name])
            return events_of_value(_json_text(inner), depth + 1)
    if is_digest(members):
        return []
    by_field = {_FIELDS[name.lower()]: raw for name, raw in members.items() if name.lower() in _FIELDS}
    if "eventSource" not in by_field or "eventName" not in by_field:
        return [plain_problem(problem)]
    return [_event_of_row({name: _structured_value(decode_value(raw)) for name, raw in by_field.items()})]


def _json_text(raw: bytes) -> bytes:
    """The JSON in a text of JSON; the value itself if it is no text."""
    value = decode_value(raw)
    return value.encode() if isinstance(value, str) else raw


def _event_of_row(row: dict[str, Any]) -> TrailEvent | str:
    """The event of a row of an export. Structures may be JSON texts, and all names in lower case."""
    parameters = row.pop("requestParameters", None)
    row["userIdentity"] = _with_names(row.get("userIdentity"), _IDENTITY_NAMES)
    row["resources"] = _with_names(row.get("resources"), _RESOURCE_NAMES)
    flag = row.get("managementEvent")
    if isinstance(flag, str):
        row["managementEvent"] = {"true": True, "false": False}.get(flag.lower(), flag)
    try:
        event = msgspec.convert({name: value for name, value in row.items() if value != ""}, TrailEvent)
    except msgspec.ValidationError as error:
        return plain_problem(error)
    event.requestParameters = msgspec.Raw(msgspec.json.encode(parameters))
    return event


# In a row of an export: the name of a member in lower case to that in an event; `ARN` is of a resource alone.
_IDENTITY_NAMES = {
    name.lower(): name
    for kind in (UserIdentity, SessionContext, SessionIssuer, IssuedScope)
    for name in kind.__struct_fields__
}
_RESOURCE_NAMES = {name.lower(): name for name in EventResource.__struct_fields__}


def _with_names(value: Any, names: Mapping[str, str]) -> Any:
    """A structure with the names that CloudTrail writes, which exports have in lower case."""
    if isinstance(value, dict):
        return {names.get(str(name).lower(), name): _with_names(item, names) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_names(item, names) for item in value]
    return None if value == "" else value


def event_of_texts(row: dict[str, str], parse: Any) -> TrailEvent | str:
    """The event of a row of a table (CSV): names of columns to texts; `parse` reads the text of a structure."""
    values: dict[str, Any] = {}
    for column, text in row.items():
        field = _FIELDS.get((column or "").strip().lower())
        if field is not None and text not in ("", "null", None):
            is_structure = field in ("userIdentity", "resources", "requestParameters")
            values[field] = parse(text) if is_structure else text
    return _event_of_row(values)


def _structured_value(value: Any) -> Any:
    """The value of a text that contains a structure as JSON; other values as they are."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return decode_value(value.encode())
        except msgspec.DecodeError:
            return value
    return value
