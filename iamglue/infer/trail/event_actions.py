"""What a CloudTrail event says was requested: IAM actions and their resources, or why it is not an action.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from iamglue.catalog.operations import client_operation_actions, service_clients

_ANY = "*"


class NotActionReason(StrEnum):
    """Why an event is not an action, in one sentence."""

    SERVICE_EVENT = "an AWS service made it itself, not a caller"
    SIGN_IN = "signing in to the console requires no IAM permission"
    CONSOLE_ACTION = "it was done in the console without a call of an API"
    INSIGHT = "CloudTrail Insights describes activity, it does not record a request"
    NETWORK = "it records traffic at a VPC endpoint; the request has an event of its own"
    NO_PERMISSION = "IAM requires no permission for it"
    UNKNOWN_TYPE = "the event type is unknown"
    UNKNOWN_SOURCE = "the event source is unknown"
    UNKNOWN_NAME = "the service has no operation with this name"
    UNKNOWN_ACTION = "no IAM action is known for this operation"


@dataclass(frozen=True, slots=True)
class EventAction:
    """An IAM action that an event requested, by an operation of a boto3 client."""

    action: str
    client: str
    operation: str


@dataclass(frozen=True, slots=True)
class EventActions:
    """What one kind of event says was requested.

    `actions` is empty if the event is not an action; `not_action` is the reason. `parameters` are the names in
    `requestParameters` that `event_resources` reads, `a.b` for the member `b` of the map `a`.
    """

    actions: tuple[EventAction, ...] = ()
    not_action: NotActionReason | None = None
    parameters: tuple[str, ...] = ()


@lru_cache(maxsize=65536)
def event_actions(source: str, name: str, event_type: str) -> EventActions:
    """What an event with this `eventSource`, `eventName` and `eventType` says was requested.

    Only actions that AWS certainly checked for every such event are counted. An unknown event has a reason and is
    never guessed.
    """
    if event_type not in ("", "AwsApiCall"):
        return EventActions((), NotActionReason.SERVICE_EVENT)
    prefix = source.removesuffix(".amazonaws.com")
    for client in service_clients(prefix):
        actions = client_operation_actions(client, name)
        if actions:
            return EventActions(tuple(EventAction(action, client, name) for action in actions))
        if actions is not None:
            return EventActions((), NotActionReason.NO_PERMISSION)
    return EventActions((), NotActionReason.UNKNOWN_NAME)


def event_resources(
    actions: EventActions,
    resources: Sequence[str],
    parameters: Mapping[str, object],
    *,
    partition: str,
    region: str,
    account: str,
) -> tuple[tuple[str, str], ...]:
    """The (action, resource) pairs of a record: an ARN, or "*" if the record does not contain the resource.

    `resources` are the ARNs of the record's `resources`; `parameters` has the members of `requestParameters` that
    `actions.parameters` lists, more do no harm. Values of any type are accepted.
    """
    del resources, parameters, partition, region, account
    return tuple((action.action, _ANY) for action in actions.actions)
