"""Denials in JSON documents of AWS: CloudTrail events, decoded authorization messages, logs and dead letters.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from iamglue.model.denial import AccessDenial, DenialPolicyType
from iamglue.policy.arns import parse_arn
from iamglue.readers.denials.operation_names import canonical_action
from iamglue.readers.denials.short_messages import operation_denial

Read = Callable[[Any], tuple[AccessDenial, ...]]
_DENIED_CODE = re.compile(r"denied|unauthorized|notauthorized|forbidden|authorizationerror", re.IGNORECASE)
_KMS_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
# The targets that allow EventBridge by their own policies, and the action:
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
_TARGET_ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}
_EVENTS = "events.amazonaws.com"
_SNS = "sns.amazonaws.com"


def read_document(data: Mapping[str, Any], read: Read) -> tuple[AccessDenial, ...] | None:
    """The denials in a document of a known form; None for another document. `read` reads any value inside."""
    for reader in (_decoded_message, _cloudtrail_event, _sns_delivery, _dead_letter):
        denials = reader(data, read)
        if denials is not None:
            return denials
    return None


def _decoded_message(data: Mapping[str, Any], _: Read) -> tuple[AccessDenial, ...] | None:
    """The output of `aws sts decode-authorization-message`."""
    context = data.get("context")
    if not isinstance(context, dict) or not isinstance(context.get("action"), str) or "explicitDeny" not in data:
        return None
    principal, resource, explicit = context.get("principal"), context.get("resource"), data.get("explicitDeny")
    arn = principal.get("arn") if isinstance(principal, dict) else None
    denial = AccessDenial(
        principal=arn if isinstance(arn, str) else None,
        action=canonical_action(context["action"]),
        resource=resource if isinstance(resource, str) else None,
        is_explicit=explicit if isinstance(explicit, bool) else None,
        context=dict(_conditions(context.get("conditions"))),
    )
    return (denial,)


def _conditions(data: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The condition keys of a decoded message, and their values; items of another form are left out."""
    for item in _items(data):
        key, values = item.get("key"), [value.get("value") for value in _items(item.get("values"))]
        if isinstance(key, str):
            yield key, tuple(value for value in values if isinstance(value, str))


def _items(data: Any) -> list[dict[str, Any]]:
    items = data.get("items") if isinstance(data, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _cloudtrail_event(data: Mapping[str, Any], read: Read) -> tuple[AccessDenial, ...] | None:
    """A CloudTrail event: its message, and what the message leaves out of the other fields."""
    name, source = data.get("eventName"), data.get("eventSource")
    if not isinstance(name, str) or not isinstance(source, str):
        return None
    code = data.get("errorCode")
    denials = read(data.get("errorMessage"))
    if not denials and not (isinstance(code, str) and _DENIED_CODE.search(code)):
        return ()
    identity = data.get("userIdentity")
    fields = identity if isinstance(identity, dict) else {}
    principal = fields.get("arn") or fields.get("invokedBy")
    # CloudTrail writes the version of some APIs after the name: `GetFunction20150331v2`.
    facts = replace(
        operation_denial(source.partition(".")[0], re.sub(r"[0-9]{8}(?:v[0-9]+)?$", "", name)),
        principal=principal if isinstance(principal, str) else None,
        operation=name,
    )
    facts = replace(facts, resource=_event_resource(data, facts.action))
    if not denials:
        return (facts,)
    return tuple(_complete_denial(denial, facts) for denial in denials)


def _complete_denial(denial: AccessDenial, facts: AccessDenial) -> AccessDenial:
    """The denial of the event's message, with what the event says of the same action."""
    same = denial.action in (None, facts.action) and denial.other_cause is None
    return replace(
        denial,
        principal=denial.principal or facts.principal,
        action=denial.action or (facts.action if same else None),
        resource=denial.resource or (facts.resource if same else None),
        operation=facts.operation,
        caveats=denial.caveats or (facts.caveats if denial.action is None else ()),
    )


def _event_resource(data: Mapping[str, Any], action: str | None) -> str | None:
    """The only ARN of the action's service in an event; None for S3, whose events name bucket and object."""
    resources = data.get("resources")
    entries = [entry for entry in resources if isinstance(entry, dict)] if isinstance(resources, list) else []
    arns = {entry.get("ARN") or entry.get("arn") for entry in entries}
    prefix = (action or "").partition(":")[0]
    fitting = [arn for arn in arns if isinstance(arn, str) and (parsed := parse_arn(arn)) and parsed.service == prefix]
    return fitting[0] if len(fitting) == 1 and prefix != "s3" else None


def _sns_delivery(data: Mapping[str, Any], read: Read) -> tuple[AccessDenial, ...] | None:
    """A delivery status log of SNS: SNS itself is the caller, whatever principal the answer of SQS or KMS names.

    https://docs.aws.amazon.com/sns/latest/dg/topics-attrib.html
    https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
    """
    delivery, notification = data.get("delivery"), data.get("notification")
    if not isinstance(delivery, dict) or not isinstance(notification, dict):
        return None
    topic, destination = notification.get("topicArn"), delivery.get("destination")
    return tuple(_service_denial(denial, _SNS, topic, destination) for denial in read(delivery.get("providerResponse")))


def _service_denial(denial: AccessDenial, service: str, source: Any, destination: Any) -> AccessDenial:
    """A denial of a request that a service made for its own resource `source`: the target's policy must allow it."""
    arn = parse_arn(destination) if isinstance(destination, str) else None
    is_kms = (denial.action or "").startswith("kms:")
    target = _TARGET_ACTIONS.get(arn.service) if arn and not is_kms else None
    return replace(
        denial,
        principal=service,
        action=_KMS_ACTIONS[0] if is_kms else denial.action or target,
        additional_actions=_KMS_ACTIONS[1:] if is_kms else (),
        resource=denial.resource or (str(arn) if arn and not is_kms else None),
        policy_type=denial.policy_type or DenialPolicyType.RESOURCE,
        source_arn=source if isinstance(source, str) else None,
    )


def _dead_letter(data: Mapping[str, Any], read: Read) -> tuple[AccessDenial, ...] | None:
    """The attributes of an event in a dead-letter queue of EventBridge.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    attributes = {str(name): _attribute(value) for name, value in data.items()}
    code, target = attributes.get("ERROR_CODE"), attributes.get("TARGET_ARN")
    if code is None or target is None:
        return None
    denials = read(attributes.get("ERROR_MESSAGE") or "")
    named = tuple(denial for denial in denials if denial.principal)
    if named:
        return named
    if "ASSUME_ROLE" in code:
        return (AccessDenial(principal=_EVENTS, action="sts:AssumeRole", policy_type=DenialPolicyType.TRUST),)
    if code != "NO_PERMISSIONS":
        return denials
    return (_service_denial(AccessDenial(), _EVENTS, attributes.get("RULE_ARN"), target),)


def _attribute(value: Any) -> str | None:
    """The text of a message attribute of SQS."""
    if isinstance(value, dict):
        value = value.get("StringValue") or value.get("stringValue")
    return value if isinstance(value, str) else None
