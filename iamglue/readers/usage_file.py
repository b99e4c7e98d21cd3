"""Reads the usage of roles from a file for `--usage`: `{"version": 1, "access": [...], "coverage": [...]}`.

`iamglue infer trail` writes such files; what it could not read, and did not count as access, is in them too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.text_files import STDIN, display_path, open_file, read_text
from iamglue.model.usage import ActionUsage, TrailCoverage, UnknownRequests, Usage, UsageGap
from iamglue.readers.exports.response_fields import ResponseFields
from iamglue.readers.exports.response_parser import ResponseItem, ResponseParser
from iamglue.readers.usage_lines import AccessCollection, OtherLayoutError, UsageScope, read_access_lines
from iamglue.spelling import did_you_mean

USAGE_FORMAT_VERSION = 1
EVERYTHING = UsageScope()
# Of a file that is read as a whole.
_MAX_BYTES = 1024 * 1024 * 1024
_COUNT_KEYS = ("records", "unreadable", "files")
_TOP_KEYS = ("version", "access", "coverage", "not_actions", "failed", *_COUNT_KEYS)
_ACCESS_KEYS = (
    "role",
    "function",
    "account",
    "region",
    "action",
    "resource",
    "via",
    "count",
    "denied",
    "first",
    "last",
)
_COVERAGE_KEYS = (
    "service",
    "from",
    "to",
    "data_events",
    "account",
    "management_events",
    "role",
    "function",
    "regions",
    "data_resources",
    "missing_reads",
    "missing_writes",
)
_DATA_RESOURCE_KEYS = ("resource", "from")
_EVENT_KINDS = ("management", "data")
_FAILED_KEYS = ("name", "why")
_NOT_ACTION_KEYS = ("source", "name", "count", "why", "role")
_FORMAT_HINT = 'a usage file is {"version": 1, "access": [...], "coverage": [...]}'


def read_usage_file(path: str, scope: UsageScope = EVERYTHING) -> Usage:
    """What is needed of the usage in the file at `path`, or on standard input for "-".

    A file as `infer trail` writes it may have any size; others are limited. Raises IamglueError as `read_usage` and
    `read_text` do.
    """
    usage = _read_lines(path, scope) if path != STDIN else None
    return usage or read_usage(display_path(path), read_text(path, _MAX_BYTES), scope)


def _read_lines(path: str, scope: UsageScope) -> Usage | None:
    """What is needed of a usage, without holding all of it in memory; None if the file has to be read as a whole."""
    collection = AccessCollection(scope)
    try:
        if not Path(path).is_file():
            return None
        with open_file(path) as file:
            rest = read_access_lines(file, collection, lambda text: _read_access(display_path(path), text))
        usage = read_usage(display_path(path), rest.decode("utf-8-sig"))
    except (OSError, ValueError, IamglueError, OtherLayoutError):
        return None  # to read it as a whole gives the error, if there is one, with its location
    # Access in the rest has another layout.
    return None if usage.access else replace(usage, access=collection.access())


def _read_access(path: str, text: str) -> ActionUsage:
    """The access in a text. Raises IamglueError."""
    (access,) = read_usage(path, f'{{"version": {USAGE_FORMAT_VERSION}, "access": [{text}]}}').access
    return access


def read_usage(path: str, text: str, scope: UsageScope = EVERYTHING) -> Usage:
    """What is needed of the usage in a file; `path` is its name in errors.

    Raises IamglueError, with a location, for content that does not match the format: an unknown key, a value of the
    wrong type, an invalid timestamp.
    """
    parser = ResponseParser(path, text)
    usage: Usage | None = None
    for page in parser.pages():
        reader = _UsageFileReader(parser, scope)
        for item in page:
            reader.add(item)
        if usage is not None:
            raise parser.error(0, "expected one map, but the file has several", _FORMAT_HINT)
        usage = reader.usage()
    if usage is None:
        raise parser.error(0, "expected a map, but the file has an empty list", _FORMAT_HINT)
    return usage


class _UsageFileReader:
    """Reads the items of one usage file."""

    def __init__(self, parser: ResponseParser, scope: UsageScope) -> None:
        self._parser = parser
        self._keys: set[str] = set()
        self._access = AccessCollection(scope)
        self._coverage: list[TrailCoverage] = []
        self._gaps: list[UsageGap] = []
        self._unknown: list[UnknownRequests] = []

    def add(self, item: ResponseItem) -> None:
        """Add an item of one of the lists, or the value of another key."""
        if item.key not in _TOP_KEYS:
            raise self._error(item, f"unknown key `{item.key}`", did_you_mean(item.key, _TOP_KEYS) or _FORMAT_HINT)
        if item.key in self._keys and not item.index:
            raise self._error(item, f"the key `{item.key}` is listed twice")
        self._keys.add(item.key)
        if item.key == "version":
            if item.value != USAGE_FORMAT_VERSION or type(item.value) is not int:
                raise self._error(
                    item,
                    f"`version` must be {USAGE_FORMAT_VERSION}",
                    "a newer version of iamglue may have written the file",
                )
        elif item.key in _COUNT_KEYS:
            if type(item.value) is not int or item.value < 0:
                raise self._error(item, f"`{item.key}` must be a whole number, 0 or more")
            if item.key == "unreadable" and item.value:
                self._gaps.append(_unreadable(item.value))
        elif item.index is not None or item.value != []:
            fields = ResponseFields.from_item(self._parser, item)
            if item.key == "access":
                self._access.add(_parse_access(fields))
            elif item.key == "coverage":
                self._coverage.append(_parse_coverage(fields))
            elif item.key == "failed":
                self._gaps.append(_parse_failed(fields))
            else:
                self._unknown += _parse_not_action(fields)

    def usage(self) -> Usage:
        """The usage of all items. Raises IamglueError if the file has no `version`."""
        if "version" not in self._keys:
            raise self._parser.error(0, "`version` is missing", _FORMAT_HINT)
        return Usage(
            self._access.access(),
            tuple(self._coverage),
            gaps=tuple(self._gaps),
            unknown_requests=tuple(self._unknown),
        )

    def _error(self, item: ResponseItem, message: str, hint: str | None = None) -> IamglueError:
        return self._parser.error(item.offset, message, hint)


def _parse_access(fields: ResponseFields) -> ActionUsage:
    """The usage in an item of `access`. Raises IamglueError for an invalid field."""
    fields.reject_other_fields(_ACCESS_KEYS)
    action = fields.text("action")
    if action.count(":") != 1 or not all(action.split(":")) or any(wildcard in action for wildcard in "*?"):
        raise fields.error(f"`{action[:80]}` is not a valid action", "action", "an action is `service:Name`")
    resource = fields.optional_text("resource") or "*"
    if resource != "*" and not resource.startswith("arn:"):
        raise fields.error(
            f"`{resource[:80]}` is not a valid ARN", "resource", 'write "*" if the resource is not known'
        )
    count, denied = fields.integer("count", 1), fields.integer("denied", 0)
    if denied > count:
        raise fields.error("must not be greater than `count`", "denied", "`count` includes the denied requests")
    first, last = fields.timestamp("first"), fields.timestamp("last")
    if first and last and first > last:
        raise fields.error("must not be later than `last`", "first")
    for name in ("account", "region", "via"):
        fields.optional_text(name)
    return ActionUsage(
        fields.text("role"), action, resource, fields.optional_text("function"), count, denied, first, last
    )


def _unreadable(count: int) -> UsageGap:
    """The gap for records of CloudTrail that could not be read: of these it is not known what they used."""
    if count == 1:
        return UsageGap("1 record of the usage", "it is unreadable")
    return UsageGap(f"{count:,} records of the usage", "they are unreadable")


def _parse_failed(fields: ResponseFields) -> UsageGap:
    """The gap in an item of `failed`: a file or listing. Raises IamglueError for an invalid field."""
    fields.reject_other_fields(_FAILED_KEYS)
    return UsageGap(fields.text("name"), fields.text("why"))


def _parse_not_action(fields: ResponseFields) -> list[UnknownRequests]:
    """The requests of a role whose action is not known, if an item of `not_actions` is that. Raises IamglueError."""
    fields.reject_other_fields(_NOT_ACTION_KEYS)
    source, name, role = (fields.optional_text(key) or "" for key in ("source", "name", "role"))
    fields.optional_text("why")
    fields.integer("count", 0)
    return [UnknownRequests(role, source, name)] if role else []


def _parse_coverage(fields: ResponseFields) -> TrailCoverage:
    """The trail coverage in an item of `coverage`. Raises IamglueError for an invalid field."""
    fields.reject_other_fields(_COVERAGE_KEYS)
    start, end = (
        fields.timestamp(name) or fields.text(name) for name in ("from", "to")
    )  # `text` raises the error for a missing value
    if start > end:
        raise fields.error("must not be later than `to`", "from")
    account = fields.optional_text("account") or None
    return TrailCoverage(
        fields.text("service"),
        start,
        end,
        fields.boolean("data_events"),
        account,
        management_events=fields.boolean("management_events", default=True),
        role=fields.optional_text("role") or None,
        function=fields.optional_text("function") or None,
        regions=fields.texts("regions"),
        data_resources=None if fields.raw("data_resources") is None else tuple(_parse_data_resources(fields, start)),
        missing_reads=_parse_event_kinds(fields, "missing_reads"),
        missing_writes=_parse_event_kinds(fields, "missing_writes"),
    )


def _parse_data_resources(fields: ResponseFields, start: str) -> Iterator[tuple[str, str]]:
    """The resources whose data events were recorded, each since when. Raises IamglueError."""
    for item in fields.maps("data_resources"):
        item.reject_other_fields(_DATA_RESOURCE_KEYS)
        resource = item.text("resource")
        yield (resource if resource == "*" else item.arn("resource")), item.timestamp("from") or start


def _parse_event_kinds(fields: ResponseFields, key: str) -> tuple[str, ...]:
    """The kinds of events of a key. Raises IamglueError for a text that is not a kind."""
    kinds = fields.texts(key)
    if any(kind not in _EVENT_KINDS for kind in kinds):
        raise fields.error("expected `management` or `data`", key)
    return kinds
