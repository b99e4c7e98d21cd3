"""Of which resources data events were recorded: a trail may record those of some buckets, tables or functions alone.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html
"""

from __future__ import annotations

from iamglue.catalog.recorded_calls import part_with_own_data_events
from iamglue.policy.arns import ARN_FIELD_COUNT

# With more resources none is listed, whatever their order: it is then not known of which data events were recorded.
_MAX_RESOURCES = 20_000
_ANY = "*"
# How many parts of the last field of an ARN name what a trail selects: an object is of a bucket, an index of a table.
_PARTS = {"s3": ("/", 1), "s3express": ("/", 2), "dynamodb": ("/", 2), "lambda": (":", 2), "kinesis": ("/", 2)}
_ACCESS_POINT_OBJECT = "/object/"


class DataResources:
    """The resources whose data events were seen, by account and service, each with the time of the first one."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str, str], str] = {}

    def add(self, access: str, first: str) -> None:
        """Add the access that a data event shows: its account, Region, action and resource, with tabs between them."""
        account, _, action, resource = access.split("\t")
        self._add((account, action.partition(":")[0], selected_resource(resource)), first)

    def merge(self, other: DataResources) -> None:
        """Add the resources that another process saw."""
        for key, first in other._first.items():
            self._add(key, first)

    def of(self, account: str, service: str) -> tuple[tuple[str, str], ...]:
        """The resources of a service, sorted; none if there are too many resources."""
        if len(self._first) > _MAX_RESOURCES:
            return ()
        return tuple(sorted((key[2], first) for key, first in self._first.items() if key[:2] == (account, service)))

    def _add(self, key: tuple[str, str, str], first: str) -> None:
        """Note the first time of a resource; one without a time is left out, and so are those past the limit."""
        seen = self._first.get(key)
        if seen is not None:
            self._first[key] = min(seen, first or seen)
        elif first and len(self._first) <= _MAX_RESOURCES:
            self._first[key] = first


def selected_resource(resource: str) -> str:
    """What a trail may select of which this is a part: the bucket of an object, the table of an index.

    The streams of a table, and the consumers of a stream, are selected apart: `table/orders/stream`.
    """
    fields = resource.split(":", ARN_FIELD_COUNT - 1)
    if len(fields) != ARN_FIELD_COUNT:
        return _ANY
    service, name = fields[2], fields[-1]
    if _ACCESS_POINT_OBJECT in name and name.startswith("accesspoint/"):
        name = name.partition(_ACCESS_POINT_OBJECT)[0]
    elif service in _PARTS:
        separator, count = _PARTS[service]
        parts = name.split(separator)
        has_own_events = parts[count : count + 1] == [part_with_own_data_events(service)]
        name = separator.join(parts[: count + has_own_events])
    return ":".join((*fields[:-1], name))
