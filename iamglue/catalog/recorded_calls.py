"""Which calls CloudTrail records, so that an action without a record was certainly not used.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from __future__ import annotations

from functools import cache

from iamglue.catalog.call_parameters import ParameterEffect, parameter_rules
from iamglue.catalog.operations import client_operation_actions, service_clients
from iamglue.catalog.sdk_methods import client_operations
from iamglue.catalog.services import Action, find_service
from iamglue.catalog.tables import service_rows, table_rows
from iamglue.catalog.trail_events import listed_actions

# All calls of these are management events: https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
# and the corresponding pages of the others. For other services, only certain management events count as such.
_MANAGED = frozenset({"ec2", "iam", "kms", "secretsmanager", "sts"})
_MANAGING = ("Create", "Delete", "Update", "Describe")
_TAGGING = "Tagging"
_REMOVING = ("Untag", "Delete", "Remove")
_READING_LEVELS = ("Read", "List")
# Parts of a resource whose data events a trail records apart from those of the resource, by the service: the streams of
# a table, the consumers of a stream. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
_PARTS_WITH_OWN_DATA_EVENTS = {"dynamodb": "stream", "kinesis": "consumer"}
# Calls that CloudTrail marks as only reading, though their access level is another: cryptography and sessions.
# https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
_READING = {
    "kms": (
        "Encrypt",
        "Decrypt",
        "GenerateDataKey",
        "GenerateMac",
        "VerifyMac",
        "Sign",
        "Verify",
        "ReEncrypt",
        "Derive",
    ),
    "sts": ("AssumeRole", "GetFederationToken", "TagSession", "SetSourceIdentity", "SetContext"),
}


@cache
def is_management_call(action: Action) -> bool:
    """Whether the calls of an action are certainly management events.

    They are if it creates, updates, deletes or describes something that a Create action of the service creates, unless
    such calls of the service may be data events.
    """
    if action.service in _MANAGED:
        return True
    if action.service in _services_with_managing_data_events():
        return False
    known = find_service(action.service)
    nouns = [action.name.removeprefix(verb) for verb in _MANAGING if action.name.startswith(verb)]
    creating = {f"create{noun}".lower().removesuffix("s") for noun in nouns}
    return known is not None and any(name.removesuffix("s") in creating for name in known.actions)


def is_reading_call(action: Action) -> bool:
    """Whether CloudTrail marks the calls of an action as only reading: a trail may leave out such calls."""
    return action.access_level in _READING_LEVELS or action.name.startswith(_READING.get(action.service, ()))


def part_with_own_data_events(service: str) -> str | None:
    """The part of a service's resources, as ARNs name it, whose data events are recorded apart from the resource's."""
    return _PARTS_WITH_OWN_DATA_EVENTS.get(service)


@cache
def has_own_event(action: Action) -> bool:
    """Whether a call that needs the action has an event of which the action is known.

    AWS checks some actions as part of calls that are named otherwise: `iam:PassRole`, `states:InvokeHTTPEndpoint`.
    """
    return str(action) in _actions_with_event(action.service)


def is_checked_with_others(action: Action) -> bool:
    """Whether AWS checks an action also as part of other calls of its service, whose records need not say so.

    Tags may be given when something is created, and are copied with it.
    """
    is_adding_tags = action.access_level == _TAGGING and not action.name.startswith(_REMOVING)
    return is_adding_tags or str(action) in _conditional_actions(action.service)


def unrecorded_companions(action: str) -> tuple[str, ...]:
    """The actions that calls of an action (`prefix:Name`) may need beside it, and that their records do not show."""
    return _unrecorded_companions(action.partition(":")[0]).get(action, ())


@cache
def _unrecorded_companions(service: str) -> dict[str, tuple[str, ...]]:
    rows = service_rows("unrecorded_companions", service)
    return {f"{service}:{row['action']}": tuple(row["companions"].split()) for row in rows}


@cache
def _services_with_managing_data_events() -> frozenset[str]:
    return frozenset(row["service"] for row in table_rows("data_event_services"))


@cache
def _actions_with_event(service: str) -> frozenset[str]:
    """The actions that the name of some event stands for: of an operation, of its parameters, or listed as such."""
    actions: set[str] = set(listed_actions(service))
    for client in service_clients(service):
        for operation in client_operations(client):
            actions.update(client_operation_actions(client, operation) or ())
            actions.update(_rule_actions(client, operation, ParameterEffect.ADDS, ParameterEffect.REPLACES))
    # AWS checks these as part of other calls, though the call's own record names them when it is read.
    return frozenset(actions - {"iam:PassRole", "sts:GetServiceBearerToken"})


@cache
def _conditional_actions(service: str) -> frozenset[str]:
    """The actions that calls of the service need for some values of their parameters only."""
    return frozenset(
        action
        for client in service_clients(service)
        for operation in client_operations(client)
        for action in _rule_actions(client, operation, ParameterEffect.CONDITIONAL)
    )


def _rule_actions(client: str, operation: str, *effects: ParameterEffect) -> list[str]:
    return [name for rule in parameter_rules(client, operation) if rule.effect in effects for name in rule.actions]
