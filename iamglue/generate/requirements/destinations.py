"""Where Lambda sends events and failures: dead-letter queues, destinations, failed batches of a mapping.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.setting_permissions import DestinationService, destination_services
from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError
from iamglue.generate.requirements.entries import entry_needs
from iamglue.generate.requirements.labels import reason_suffix
from iamglue.generate.requirements.trigger_options import trigger_value_text
from iamglue.model.required_access import DeploymentScope, NeedOrigin, Reason, RequiredAccess
from iamglue.model.spec import AccessEntry, AccessList

_WORDS = {"mapping": "on_failure"}
_FIFO = ".fifo"


def destination_needs(entry: AccessEntry, setting: str, scope: DeploymentScope) -> tuple[RequiredAccess, ...]:
    """What the role needs to send to `entry`; `setting` is a key of `settings`, or "mapping" for a trigger's.

    Raises IamglueError, at the entry's place, for a service that the setting does not take and for FIFO queues and
    topics, which Lambda does not send to.
    """
    known = destination_services(setting)
    name = _WORDS.get(setting, setting)
    if entry.service not in known:
        raise IamglueError(
            f"`{name}` takes {_listed(known)}, not `{entry.service}`",
            hint=did_you_mean(entry.service, known),
            location=entry.location,
        )
    found = known[entry.service]
    _check(entry, name, found)
    return tuple(
        replace(need, reason=_reason(entry, setting))
        for one in _entries(entry, found)
        for need in entry_needs(one, scope)
    )


def _reason(entry: AccessEntry, setting: str) -> Reason:
    where = "triggers on_failure" if setting == "mapping" else f"settings {setting}"
    text = f"{where} {entry.service} {trigger_value_text(entry.resource)}, {entry.location}{reason_suffix(entry.why)}"
    return Reason(text, NeedOrigin.DESTINATION)


def _entries(entry: AccessEntry, found: DestinationService) -> list[AccessEntry]:
    # The key is of the data that is sent, so it goes with the first action only: a bucket's listing is not encrypted.
    return [
        replace(
            entry,
            access=AccessList.CALLS,
            do=(action,),
            resource_type=kind,
            key=entry.key if at == 0 else None,
        )
        for at, (action, kind) in enumerate(found.actions)
    ]


def _check(entry: AccessEntry, name: str, found: DestinationService) -> None:
    if entry.do:
        raise IamglueError(
            f"`{name}` takes no `do`: what Lambda does there is known", hint="leave `do` out", location=entry.location
        )
    kinds = [kind for _, kind in found.actions]
    if entry.resource_type is not None and entry.resource_type.lower() not in kinds:
        raise IamglueError(
            f"`{name}` takes a {found.service} {kinds[-1]}, not a {entry.resource_type}", location=entry.location
        )
    texts = [entry.resource.text or "", *(value for _, value in entry.resource.variables)]
    if found.service in ("sqs", "sns") and any(text.endswith(_FIFO) for text in texts):
        raise IamglueError(
            f"`{name}` does not take FIFO queues or topics", hint="name a standard one", location=entry.location
        )
    if any(character in text.replace("${*}", "").replace("${?}", "") for text in texts for character in "*?"):
        raise IamglueError(f"`{name}` names one {kinds[-1]}, not a pattern", location=entry.location)
    if found.service == "s3" and entry.resource.text and "/" in entry.resource.text:
        raise IamglueError(f"`{name}` takes a bucket, not objects in it", location=entry.location)


def _listed(known: dict[str, DestinationService]) -> str:
    return ", ".join(f"`{name}`" for name in known)
