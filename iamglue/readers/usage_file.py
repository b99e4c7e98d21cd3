"""What roles did, from a file: `{"version": 1, "access": [...], "coverage": [...]}`, which `--usage` takes."""

from __future__ import annotations

from iamglue.errors import IamglueError
from iamglue.model.usage import ActionUsage, TrailCoverage, Usage
from iamglue.policy.spelling import did_you_mean
from iamglue.readers.exports.response_fields import ResponseFields
from iamglue.readers.exports.response_parser import ResponseItem, ResponseParser

USAGE_FORMAT_VERSION = 1
_TOP = ("version", "access", "coverage")
_USED = ("role", "function", "action", "resource", "count", "denied", "first", "last")
_COVERAGE = ("service", "from", "to", "data_events")
_WHOLE = 'a usage file is {"version": 1, "access": [...], "coverage": [...]}'


def read_usage(path: str, text: str) -> Usage:
    """The usage that a file tells; `path` is what errors call it.

    Raises IamglueError, with a place, for whatever is not as the format has it: an unknown key, a value of another
    type, a moment that is none.
    """
    answers = ResponseParser(path, text)
    usage: Usage | None = None
    for page in answers.pages():
        found = _File(answers)
        for item in page:
            found.take(item)
        if usage is not None:
            raise answers.error(0, "expected one map, found several", _WHOLE)
        usage = found.usage()
    if usage is None:
        raise answers.error(0, "expected a map, found an empty list", _WHOLE)
    return usage


class _File:
    """A usage file that is being read."""

    def __init__(self, answers: ResponseParser) -> None:
        self._answers = answers
        self._keys: set[str] = set()
        self._access: list[ActionUsage] = []
        self._coverage: list[TrailCoverage] = []

    def take(self, item: ResponseItem) -> None:
        """Take in an item of one of the lists, or the value of another key."""
        if item.key not in _TOP:
            raise self._error(item, f"there is no key `{item.key}`", did_you_mean(item.key, _TOP) or _WHOLE)
        if item.key in self._keys and not item.index:
            raise self._error(item, f"the key `{item.key}` stands twice")
        self._keys.add(item.key)
        if item.key == "version":
            if item.value != USAGE_FORMAT_VERSION or type(item.value) is not int:
                raise self._error(
                    item, f"`version` is {USAGE_FORMAT_VERSION}", "a newer iamglue may have written the file"
                )
        elif item.index is not None or item.value != []:
            fields = ResponseFields.from_item(self._answers, item)
            if item.key == "access":
                self._access.append(_used(fields))
            else:
                self._coverage.append(_coverage(fields))

    def usage(self) -> Usage:
        """All that was taken in."""
        if "version" not in self._keys:
            raise self._answers.error(0, "`version` is missing", _WHOLE)
        return Usage(tuple(self._access), tuple(self._coverage))

    def _error(self, item: ResponseItem, message: str, hint: str | None = None) -> IamglueError:
        return self._answers.error(item.offset, message, hint)


def _used(fields: ResponseFields) -> ActionUsage:
    fields.reject_other_fields(_USED)
    action = fields.text("action")
    if action.count(":") != 1 or not all(action.split(":")) or any(sign in action for sign in "*?"):
        raise fields.error(f"`{action[:80]}` is no action", "action", "an action is `service:Name`")
    resource = fields.optional_text("resource") or "*"
    if resource != "*" and not resource.startswith("arn:"):
        raise fields.error(f"`{resource[:80]}` is no ARN", "resource", 'where it is not known, write "*"')
    count, denied = fields.integer("count", 1), fields.integer("denied", 0)
    if denied > count:
        raise fields.error("more requests were denied than were made", "denied", "`count` counts the denied ones too")
    first, last = fields.timestamp("first"), fields.timestamp("last")
    if first and last and first > last:
        raise fields.error("the first request is later than the last", "first")
    return ActionUsage(
        fields.text("role"), action, resource, fields.optional_text("function"), count, denied, first, last
    )


def _coverage(fields: ResponseFields) -> TrailCoverage:
    fields.reject_other_fields(_COVERAGE)
    start, end = (fields.timestamp(name) or fields.text(name) for name in ("from", "to"))  # or the error of none
    if start > end:
        raise fields.error("it is later than `to`", "from")
    return TrailCoverage(fields.text("service"), start, end, fields.boolean("data_events"))
