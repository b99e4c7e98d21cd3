"""Groups of records that an engine counted, and the flat rows that they are.

An engine groups records by the texts of the fields that are counted, shortened where that is simple in SQL. The same
code as for files that are read makes the flat rows of them: so the usage is the same, whatever engine counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from iamglue.infer.trail.decoding_problems import plain_problem
from iamglue.infer.trail.events import (
    EventResource,
    IssuedScope,
    SessionContext,
    SessionIssuer,
    TrailEvent,
    UserIdentity,
)
from iamglue.infer.trail.flat_counter import FlatCounter
from iamglue.infer.trail.flat_keys import flat_key
from iamglue.infer.trail.reading import TrailPeriod
from iamglue.infer.trail.request_parameters import UnreadableEventError

_decode_arns = msgspec.json.Decoder(list[str | None]).decode
_MANAGEMENT = {"true": True, "false": False}
_MAX_EXAMPLES = 5


class RecordGroup(NamedTuple):
    """What the records of a group have in common, in the order of the engine's columns; then how many, first and last.

    `day` is the whole `eventTime` where it is not written as CloudTrail writes it. `is_management` is the text of
    `managementEvent`, `agent` whether the user agent is that of a function (`AWS_Lambda_`). A group with a `file` is
    for files, and not for records: for one that the engine does not understand, by its name, or, if that is empty, for
    all that it read.
    """

    file: str | None
    day: str | None
    recipient: str | None
    region: str | None
    source: str | None
    name: str | None
    event_type: str | None
    error: str | None
    is_management: str | None
    kind: str | None
    arn: str | None
    account: str | None
    user: str | None
    via: str | None
    issuer: str | None
    scope_type: str | None
    scope: str | None
    agent: str | None
    resources: str | None
    parameters: str | None
    number: int
    first: str | None
    last: str | None


GROUP_COLUMNS = RecordGroup._fields[:-3]
_NUMBER = len(GROUP_COLUMNS)


class GroupCounter:
    """Counts groups as flat rows in a counter; what cannot be read is counted apart."""

    def __init__(self, counter: FlatCounter, period: TrailPeriod) -> None:
        self.records = 0
        self.unreadable = 0
        self.examples: list[str] = []
        # How many files the engine read, and those that it does not understand.
        self.files_read = 0
        self.files: list[str] = []
        self._counter = counter
        self.period = period

    def add_rows(self, rows: Iterable[Sequence[Any]]) -> None:
        """Count the rows of an engine. Raises LinesNotWrittenError."""
        for row in rows:
            self._add_group(RecordGroup._make((*row[:_NUMBER], int(row[_NUMBER]), *row[_NUMBER + 1 :])))

    def _add_group(self, group: RecordGroup) -> None:
        """Count the records of a group, or the file that the group is for."""
        if group.file is not None:
            if group.file:
                self.files.append(group.file)
            else:
                self.files_read += group.number
            return
        try:
            key, first = flat_key(_group_event(group))
        except UnreadableEventError as error:
            self.records += group.number
            self.unreadable += group.number
            if len(self.examples) < _MAX_EXAMPLES:
                self.examples.append(str(error))
            return
        if self.period.contains(first):
            self.records += group.number
            last = first if group.first == group.last else group.last or ""
            self._counter.add_many(key, group.number, first, last)


def _group_event(group: RecordGroup) -> TrailEvent:
    """An event with what the records have in common. Raises UnreadableEventError."""
    if group.source is None or group.name is None:
        raise UnreadableEventError("the record has no `eventSource` or no `eventName`")
    scope = None
    if group.scope_type or group.scope:
        scope = IssuedScope(issuerType=group.scope_type, credentialsIssuedTo=group.scope)
    context = None if group.issuer is None else SessionContext(sessionIssuer=SessionIssuer(arn=group.issuer))
    identity = UserIdentity(
        type=group.kind,
        arn=group.arn,
        accountId=group.account,
        userName=group.user,
        invokedBy=group.via,
        sessionContext=context,
        inScopeOf=scope,
    )
    try:
        arns = _decode_arns(group.resources or "[]")
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableEventError(f"`resources`: {plain_problem(error)}") from error
    return TrailEvent(
        eventSource=group.source,
        eventName=group.name,
        eventTime=group.first,
        eventType=group.event_type,
        awsRegion=group.region,
        recipientAccountId=group.recipient,
        userAgent=group.agent,
        errorCode=group.error,
        managementEvent=_MANAGEMENT.get((group.is_management or "").lower()),
        userIdentity=identity,
        resources=[EventResource(ARN=arn) for arn in arns],
        requestParameters=msgspec.Raw((group.parameters or "null").encode("utf-8", "replace")),
    )
