"""SAM's functions, and the role that SAM makes for a function that names none.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.sam_policy_templates import sam_policy_document
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.account_draft import AccountDraft, RoleDraft, deployment_arn, trust_document
from iamglue.readers.templates.intrinsics import expanded_items, parse_intrinsic
from iamglue.readers.templates.sam_event_sources import SAM_EVENT_SOURCES, sam_polling_policy, sam_queue_event_source
from iamglue.readers.templates.sam_events import add_event, add_function_url
from iamglue.readers.templates.template_functions import FunctionIndex, add_function
from iamglue.readers.templates.template_properties import ResourceProperties

_VERSION = "2012-10-17"
_AWS = "arn:aws:iam::aws:policy/"
_SERVICE_ROLE = f"{_AWS}service-role/"
_SENDS = {
    "SQS": ("SQSPolicy", (("sqs:SendMessage", ""),)),
    "SNS": ("SNSPolicy", (("sns:Publish", ""),)),
    "EventBridge": ("EventBridgePolicy", (("events:PutEvents", ""),)),
    "Lambda": ("LambdaPolicy", (("lambda:InvokeFunction", ""),)),
    "S3Bucket": ("S3Policy", (("s3:PutObject", "/*"), ("s3:ListBucket", ""))),
    "S3": ("S3Policy", (("s3:PutObject", "/*"), ("s3:ListBucket", ""))),
}


def add_sam_role(properties: ResourceProperties, draft: AccountDraft) -> None:
    """Take in the role that SAM makes for a function, under the key `IdRole`; it is the owner of `Policies`."""
    if properties.has("Role"):
        return
    key = f"{properties.id}Role"
    path = properties.text("RolePath") or "/"
    role = RoleDraft(key, deployment_arn("iam", f"role{path}${{{key}}}", regional=False), path)
    role.trust = draft.build_policy("trust policy", trust_document())
    draft.roles[key] = role
    draft.sam_role_keys[properties.id] = key
    draft.reference_values[f"{key}Arn"] = role.arn
    _attach(properties, key, draft)
    _inline(properties, key, draft)


def add_sam_function(properties: ResourceProperties, draft: AccountDraft, functions: FunctionIndex) -> None:
    """Take in a function with its events, URL and destinations."""
    add_function(properties, draft.sam_role_keys.get(properties.id), draft, functions)
    drafted = draft.functions.get(properties.id)
    if drafted is None:
        return
    for name, event in properties.map_items("Events"):
        if not add_event(name, event, drafted):
            what = f"the event `{name}` of `{drafted.function.name}`"
            draft.record_not_evaluated(
                drafted.function.name, what, f"what SAM makes of it ({event.text('Type')}) is not known"
            )
    if properties.has("FunctionUrlConfig"):
        add_function_url(properties, drafted)
    success, failure = (_destination(properties, when) for when in ("OnSuccess", "OnFailure"))
    drafted.function = replace(drafted.function, on_success=success, on_failure=failure)


def _destination(properties: ResourceProperties, when: str) -> str | None:
    return properties.text("EventInvokeConfig", "DestinationConfig", when, "Destination") or None


def _attach(properties: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """The managed policies that SAM attaches by itself."""
    basic = (
        "AWSLambdaBasicDurableExecutionRolePolicy" if properties.has("DurableConfig") else "AWSLambdaBasicExecutionRole"
    )
    draft.attach_policy(key, f"{_SERVICE_ROLE}{basic}")
    if properties.text("Tracing") not in ("", "Disabled"):
        draft.attach_policy(key, f"{_AWS}AWSXrayWriteOnlyAccess")
    if properties.has("VpcConfig"):
        draft.attach_policy(key, f"{_SERVICE_ROLE}AWSLambdaVPCAccessExecutionRole")
    for name, event in properties.map_items("Events"):
        _poll(name, event, key, draft)
        _send(f"{properties.id}{name}", event, ("Properties", "DestinationConfig", "OnFailure"), key, draft)


def _poll(name: str, event: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """What polling for an event needs, as SAM attaches or writes it."""
    kind, node, called = event.text("Type"), event.node("Properties"), f"{event.id}{name}"
    inner = event.nested(node) if node is not None else event
    queue = kind == "SNS" and sam_queue_event_source(called, inner) is not None
    managed = SAM_EVENT_SOURCES["SQS" if queue else kind][1] if queue or kind in SAM_EVENT_SOURCES else ""
    if managed:
        draft.attach_policy(key, f"{_SERVICE_ROLE}{managed}")
    elif kind in SAM_EVENT_SOURCES:
        written = sam_polling_policy(called, kind, inner)
        if written is None:
            reason = f"its {kind} event says too little, or too much"
            draft.record_not_evaluated(key, f"the policy that SAM writes for the event `{name}`", reason)
        elif written[1]:
            called, statements = written
            draft.roles[key].inline.append(draft.build_policy(called, {"Statement": statements}))


def _inline(properties: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """The policies that SAM writes for templates of policies, a dead-letter queue and destinations."""
    for number, policy in enumerate(expanded_items(properties.node("Policies"))):
        name = _template(policy)
        if name is not None:
            _expand(f"{key}Policy{number}", name, properties.nested(policy.pairs[0][1]), key, draft)
    letters = properties.text("DeadLetterQueue", "TargetArn")
    if letters:
        action = "sns:Publish" if properties.text("DeadLetterQueue", "Type") == "SNS" else "sqs:SendMessage"
        document = {"Version": _VERSION, "Statement": [_allow(action, letters)]}
        draft.roles[key].inline.append(draft.build_policy("DeadLetterQueuePolicy", document))
    for when in ("OnSuccess", "OnFailure"):
        _send(
            f"{properties.id}EventInvokeConfig{when}",
            properties,
            ("EventInvokeConfig", "DestinationConfig", when),
            key,
            draft,
        )


def _template(policy: Node) -> str | None:
    """The name of a policy template of SAM's, which is the one key of a map."""
    if policy.kind is not NodeKind.MAP or len(policy.pairs) != 1 or parse_intrinsic(policy) is not None:
        return None
    name, value = policy.pairs[0]
    return name.text if name.text.endswith("Policy") and value.kind is not NodeKind.LIST else None


def _expand(name: str, template: str, given: ResourceProperties, key: str, draft: AccountDraft) -> None:
    values = {each.text: given.text(each.text) for each, _ in given.resource.properties.pairs}
    document = sam_policy_document(template, {parameter: text for parameter, text in values.items() if text})
    if document is None:
        draft.record_not_evaluated(
            key, f"what `{template}` allows", "SAM has no such policy template, as far as is known here"
        )
        return
    draft.roles[key].inline.append(draft.build_policy(name, document))


def _send(name: str, properties: ResourceProperties, path: tuple[str, ...], key: str, draft: AccountDraft) -> None:
    """What sending to a destination needs, as SAM writes it."""
    if not properties.has(*path):
        return
    target, kind = properties.text(*path, "Destination"), properties.text(*path, "Type")
    if not target or kind not in _SENDS:
        draft.record_not_evaluated(
            key, f"the policy that SAM writes for the destination of `{name}`", "its target is not written out"
        )
        return
    suffix, allowed = _SENDS[kind]
    document = {"Statement": [_allow(action, target + more) for action, more in allowed]}
    draft.roles[key].inline.append(draft.build_policy(f"{name}{suffix}", document))


def _allow(action: str, resource: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}
