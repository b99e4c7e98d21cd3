"""What a CloudTrail event says was requested: IAM actions and their resources, or why it is not an action.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from iamglue.catalog.operations import client_operation_actions, client_prefix
from iamglue.catalog.services import find_action
from iamglue.catalog.trail_events import EventSource, ListedEvent, find_event_source, listed_event, source_operations
from iamglue.infer.trail.arn_parameters import with_arn_names
from iamglue.infer.trail.event_plans import EventAction, event_parameters
from iamglue.infer.trail.named_arns import RecordScope
from iamglue.infer.trail.named_resources import OperationPlan, operation_plan, requested_resources
from iamglue.infer.trail.parameter_values import parameter_path

# `GetFunction20150331v2`, `UpdateDistribution2014_01_31`: the version of the API follows the operation.
# https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/logging_using_cloudtrail.html
_VERSION = re.compile(r"(?:\d{8}|\d{4}_\d{2}_\d{2})(?:v\d+)?\Z", re.ASCII)
_API_CALLS = ("", "AwsApiCall")
# Timestream's SDKs ask for the endpoint in a call of their own, which has its own event.
# https://docs.aws.amazon.com/timestream/latest/developerguide/Using.API.endpoint-discovery.how-it-works.html
_SEPARATE_CALLS = frozenset({"timestream:DescribeEndpoints"})
# Events of both services have the source `autoscaling`, and some have the same name; only the second one's requests
# have the parameter. https://docs.aws.amazon.com/autoscaling/application/userguide/logging-using-cloudtrail.html
_SHARED_SOURCES = {"autoscaling": ("application-autoscaling", "serviceNamespace")}
# What AWS checks as part of a call to another service, without an event.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_bearer.html
_WITHOUT_EVENT = frozenset({"iam:PassRole", "sts:GetServiceBearerToken"})


class NotActionReason(StrEnum):
    """Why an event is not an action, in words."""

    SERVICE_EVENT = "an AWS service made it itself, not a caller"
    SIGN_IN = "signing in requires no IAM permission"
    CONSOLE_ACTION = "it was done in the console without a call of an API"
    INSIGHT = "CloudTrail Insights describes activity, it does not record a request"
    NETWORK = "it records traffic at a VPC endpoint; the request has an event of its own"
    NO_PERMISSION = "IAM requires no permission for it"
    UNKNOWN_TYPE = "the event type is unknown"
    UNKNOWN_SOURCE = "the event source is unknown"
    UNKNOWN_NAME = "the service has no operation with this name"
    UNKNOWN_ACTION = "no IAM action is known for this operation"


# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
_OTHER_TYPES = {
    "AwsServiceEvent": NotActionReason.SERVICE_EVENT,
    "AwsConsoleSignIn": NotActionReason.SIGN_IN,
    "AwsConsoleSignin": NotActionReason.SIGN_IN,
    "AwsConsoleAction": NotActionReason.CONSOLE_ACTION,
    "AwsCloudTrailInsight": NotActionReason.INSIGHT,
    "AwsVpceEvent": NotActionReason.NETWORK,
    "AwsVpceEvents": NotActionReason.NETWORK,
}


@dataclass(frozen=True, slots=True)
class EventActions:
    """What one kind of event says was requested.

    `actions` is empty if the event is not an action; `not_action` is the reason. `parameters` are the names in
    `requestParameters` that `event_resources` reads, `a.b` for the member `b` of the map `a`; `plan` is how it does.
    """

    actions: tuple[EventAction, ...] = ()
    not_action: NotActionReason | None = None
    parameters: tuple[str, ...] = ()
    plan: OperationPlan | None = field(default=None, compare=False, repr=False)


@lru_cache(maxsize=65536)
def event_actions(source: str, name: str, event_type: str) -> EventActions:
    """What an event with this `eventSource`, `eventName` and `eventType` says was requested.

    An action is listed if AWS checks it for every event of this kind, or for those whose parameters say so: an event of
    `TransactWriteItems` may put, update, delete or check, and `event_resources` selects those that it did. Actions that
    AWS may check as well (a KMS key, tags that a copy takes along) are not listed, nor are requests of another service
    in the caller's name, which have events of their own. An unknown event has a reason and is never guessed.
    """
    if event_type not in _API_CALLS:
        return EventActions((), _OTHER_TYPES.get(event_type, NotActionReason.UNKNOWN_TYPE))
    event_source = find_event_source(source)
    listed = listed_event(event_source.name if event_source else source.lower().removesuffix(".amazonaws.com"), name)
    if listed is not None:
        return _listed_actions(listed)
    if event_source is None:
        return EventActions((), NotActionReason.UNKNOWN_SOURCE)
    for spelling in dict.fromkeys((name, _VERSION.sub("", name))):
        actions = _named_actions(event_source, spelling)
        if actions is not None:
            return actions
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
    """The (action, resource) pairs of a record: an ARN or pattern, or "*" if the record does not say the resource.

    `resources` are the ARNs of the record's `resources`; `parameters` has the members of `requestParameters` that
    `actions.parameters` lists, more do no harm. Objects of S3 are folded to their bucket and the first part of their
    key (`arn:aws:s3:::bucket/in/*`), executions, tasks and the like to what they belong to. A role that the call passes
    to a service is a pair of `iam:PassRole`, which has no event. Values of any type are accepted.
    """
    if actions.plan is None:
        return ()
    scope = _record_scope(partition, region, account)
    variants = with_arn_names(actions.plan.client, actions.plan.operation, parameters)
    if len(variants) == 1:
        return requested_resources(actions.plan, resources, variants[0], scope)
    pairs = (pair for values in variants for pair in requested_resources(actions.plan, resources, values, scope))
    return tuple(dict.fromkeys(pairs))


@lru_cache(maxsize=1024)
def _record_scope(partition: str, region: str, account: str) -> RecordScope:
    return RecordScope(partition, region, account)


def _listed_actions(listed: ListedEvent) -> EventActions:
    """The actions of an event that our table lists: its own, those of an operation, or why it has none."""
    if listed.reason:
        return EventActions((), NotActionReason[listed.reason])
    if not listed.operation:
        return _with_parameters(tuple(EventAction(action, "", "") for action in listed.actions))
    actions = _operation_actions(listed.client, listed.operation)
    return actions or EventActions((), NotActionReason.UNKNOWN_ACTION)


def _named_actions(source: EventSource, name: str) -> EventActions | None:
    """The actions of the operation or action with exactly this name; None if the service has neither."""
    clients = source_operations(source).get(name, ())
    for client in clients:
        actions = _operation_actions(client, name)
        if actions is not None:
            other = _SHARED_SOURCES.get(client)
            return actions if other is None or other[0] not in clients else _or_other(actions, name, *other)
    action = find_action(f"{source.prefix}:{name}")
    if action is not None and action.name == name:
        return _with_parameters((EventAction(str(action), "", ""),))
    return EventActions((), NotActionReason.UNKNOWN_ACTION) if clients else None


def _or_other(actions: EventActions, name: str, client: str, parameter: str) -> EventActions:
    """The actions of an operation, or those of another service if the record has a parameter."""
    other = _operation_actions(client, name)
    if actions.plan is None or other is None or other.plan is None:
        return actions
    plan = replace(actions.plan, other=(parameter_path(parameter), other.plan), recorded=None)
    parameters = dict.fromkeys((*actions.parameters, *other.parameters, parameter))
    return EventActions(actions.actions, None, tuple(parameters), plan)


def _operation_actions(client: str, operation: str) -> EventActions | None:
    """The actions of a client's operation; None if they are unknown."""
    names = client_operation_actions(client, operation)
    if names is None:
        return None
    if not names:
        return EventActions((), NotActionReason.NO_PERMISSION)
    prefix = f"{client_prefix(client)}:"
    own = tuple(name for name in names if name.startswith(prefix) and name not in _SEPARATE_CALLS) or names
    checked = tuple(name for name in names if name in own or name in _WITHOUT_EVENT)
    return _with_parameters(tuple(EventAction(name, client, operation) for name in checked))


def _with_parameters(actions: tuple[EventAction, ...]) -> EventActions:
    return EventActions(actions, None, event_parameters(actions), operation_plan(actions))
