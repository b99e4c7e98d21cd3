"""Kinesis entries with `consumer`: actions on an enhanced fan-out consumer of the stream.

https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields
from iamglue.generate.requirements.requested_actions import RequestedAction, requested_actions
from iamglue.model.spec import AccessEntry, SpecResource

_CONSUMER = "consumer"


def consumer_parts(entry: AccessEntry) -> tuple[AccessEntry, ...]:
    """One entry for the actions on the stream and one for those on its consumer.

    Raises IamglueError when the consumer is missing, or no action is about one.
    """
    requested = requested_actions(entry)
    about_consumer = [item for item in requested if _acts_on_consumer(item)]
    if entry.consumer is None:
        if about_consumer and _is_stream(entry):
            raise IamglueError(
                f"`{about_consumer[0].action}` acts on a consumer of the stream, but `consumer` is missing",
                hint="write `consumer: NAME`, the enhanced fan-out consumer",
                location=entry.location,
            )
        return (entry,)
    if not about_consumer:
        raise IamglueError(
            "`consumer` is only valid for actions on an enhanced fan-out consumer",
            hint="add `do: subscribe_to_shard`, or remove `consumer`",
            location=entry.location,
        )
    about_stream = tuple(item.action for item in requested if not _acts_on_consumer(item))
    parts = [_consumer_entry(entry, tuple(item.action for item in about_consumer))]
    return (*((replace(entry, do=about_stream, consumer=None),) if about_stream else ()), *parts)


def _acts_on_consumer(item: RequestedAction) -> bool:
    return item.resource_type is not None and item.resource_type.name == _CONSUMER


def _is_stream(entry: AccessEntry) -> bool:
    """Whether the entry names a stream, and not a consumer by its ARN, variables or resource type."""
    text = entry.resource.text
    return entry.resource_type is None and text not in (None, "*") and f"/{_CONSUMER}/" not in text


def _consumer_entry(entry: AccessEntry, actions: tuple[str, ...]) -> AccessEntry:
    """The entry for `actions` on the consumer. The last part of its ARN is its creation time, not known here."""
    consumer, stream = entry.consumer or "", entry.resource.text
    part = replace(entry, do=actions, consumer=None, resource_type=_CONSUMER)
    if consumer.startswith("arn:"):
        return replace(part, resource=SpecResource(consumer), account=None, regions=())
    if stream is None:
        raise IamglueError(
            "`consumer` needs the stream's name or ARN",
            hint="write the consumer's ARN, or the stream's name instead of a parameter",
            location=entry.location,
        )
    if stream.startswith("arn:"):
        name = arn_fields(stream)[5]
        return replace(part, resource=SpecResource(f"{stream.removesuffix(name)}{name}/{_CONSUMER}/{consumer}:*"))
    kind = next(item.resource_type for item in requested_actions(part) if item.resource_type)
    variables = parse_arn_format(kind.arn_formats[0]).variables
    values = zip(variables, ("stream", stream, consumer, "*"), strict=True)
    return replace(part, resource=SpecResource(variables=tuple(values)))
