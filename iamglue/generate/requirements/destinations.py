"""What the role needs to send to destinations: dead-letter queues, on-success and on-failure destinations.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.setting_permissions import DestinationService, destination_services
from iamglue.errors import IamglueError
from iamglue.generate.requirements.entries import entry_needs
from iamglue.generate.requirements.labels import reason_suffix
from iamglue.generate.requirements.trigger_options import trigger_value_text
from iamglue.model.required_access import DeploymentScope, NeedOrigin, Reason, RequiredAccess
from iamglue.model.spec import AccessEntry, AccessList
from iamglue.policy.patterns.variables import hide_separators
from iamglue.spelling import did_you_mean

_SETTING_NAMES = {"mapping": "on_failure"}
_FIFO = ".fifo"


def destination_needs(entry: AccessEntry, setting: str, scope: DeploymentScope) -> tuple[RequiredAccess, ...]:
    """The needs of sending to `entry`; `setting` is a key of `settings`, or "mapping" for a trigger's.

    Raises IamglueError, at the entry's location, for a service that the setting does not support, and for FIFO queues
    and topics, which Lambda does not support as destinations.
    """
    services = destination_services(setting)
    name = _SETTING_NAMES.get(setting, setting)
    if entry.service not in services:
        raise IamglueError(
            f"`{name}` accepts {_service_list(services)}, not `{entry.service}`",
            hint=did_you_mean(entry.service, services),
            location=entry.location,
        )
    service = services[entry.service]
    _check_destination(entry, name, service)
    return tuple(
        replace(need, reason=_need_reason(entry, setting))
        for action_entry in _action_entries(entry, service)
        for need in entry_needs(action_entry, scope)
    )


def _need_reason(entry: AccessEntry, setting: str) -> Reason:
    """The reason of a destination's needs: its setting, and the destination as written in the spec."""
    where = "triggers on_failure" if setting == "mapping" else f"settings {setting}"
    text = f"{where} {entry.service} {trigger_value_text(entry.resource)}, {entry.location}{reason_suffix(entry.why)}"
    return Reason(text, NeedOrigin.DESTINATION)


def _action_entries(entry: AccessEntry, service: DestinationService) -> list[AccessEntry]:
    """One entry for each action that Lambda uses to send to the destination."""
    # The key encrypts the data that is sent, so only the first action needs it: a bucket's listing is not encrypted.
    return [
        replace(
            entry,
            access=AccessList.CALLS,
            do=(action,),
            resource_type=kind,
            key=entry.key if index == 0 else None,
        )
        for index, (action, kind) in enumerate(service.actions)
    ]


def _check_destination(entry: AccessEntry, name: str, service: DestinationService) -> None:
    """Raise IamglueError for options and resources that the destination does not support."""
    if entry.do:
        raise IamglueError(
            f"`do` is not allowed in `{name}`: the actions of Lambda are known",
            hint="remove `do`",
            location=entry.location,
        )
    kinds = [kind for _, kind in service.actions]
    if entry.resource_type is not None and entry.resource_type.lower() not in kinds:
        raise IamglueError(
            f"`{name}` accepts a {service.service} {kinds[-1]}, not a {entry.resource_type}", location=entry.location
        )
    texts = [entry.resource.text or "", *(value for _, value in entry.resource.variables)]
    if service.service in ("sqs", "sns") and any(text.endswith(_FIFO) for text in texts):
        raise IamglueError(
            f"`{name}` does not accept FIFO queues or topics", hint="name a standard one", location=entry.location
        )
    if any(character in text.replace("${*}", "").replace("${?}", "") for text in texts for character in "*?"):
        raise IamglueError(f"`{name}` accepts one {kinds[-1]}, not a pattern", location=entry.location)
    if service.service == "s3" and entry.resource.text and "/" in hide_separators(entry.resource.text):
        raise IamglueError(f"`{name}` accepts a bucket, not objects in it", location=entry.location)


def _service_list(services: dict[str, DestinationService]) -> str:
    return ", ".join(f"`{name}`" for name in services)
