"""Adds SAM functions, and the roles that SAM creates for functions without `Role`, to an account draft.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.sam_policy_templates import sam_policy_document
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.account_draft import AccountDraft, RoleDraft, deployment_arn, trust_document
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic
from iamglue.readers.templates.intrinsics import expanded_items
from iamglue.readers.templates.sam_event_sources import SAM_EVENT_SOURCES, sam_polling_policy, sam_queue_event_source
from iamglue.readers.templates.sam_events import add_event, add_function_url
from iamglue.readers.templates.template_functions import FunctionIndex, add_function
from iamglue.readers.templates.template_properties import ResourceProperties

_VERSION = "2012-10-17"
_MANAGED_POLICY_ARN = "arn:aws:iam::aws:policy/"
_SERVICE_ROLE = f"{_MANAGED_POLICY_ARN}service-role/"
_DESTINATION_POLICIES = {
    "SQS": ("SQSPolicy", (("sqs:SendMessage", ""),)),
    "SNS": ("SNSPolicy", (("sns:Publish", ""),)),
    "EventBridge": ("EventBridgePolicy", (("events:PutEvents", ""),)),
    "Lambda": ("LambdaPolicy", (("lambda:InvokeFunction", ""),)),
    "S3Bucket": ("S3Policy", (("s3:PutObject", "/*"), ("s3:ListBucket", ""))),
    "S3": ("S3Policy", (("s3:PutObject", "/*"), ("s3:ListBucket", ""))),
}


def add_sam_role(properties: ResourceProperties, draft: AccountDraft) -> None:
    """Add the role that SAM creates for a function, under the key `IdRole`; the role owns the function's `Policies`."""
    if properties.has("Role"):
        return
    key = f"{properties.id}Role"
    path = properties.text("RolePath") or "/"
    origin = draft.origin(properties.declaration)
    role = RoleDraft(key, deployment_arn("iam", f"role{path}${{{key}}}", regional=False), path, origin=origin)
    role.trust = draft.build_policy("trust policy", trust_document(), origin=origin)
    draft.roles[key] = role
    draft.sam_role_keys[properties.id] = key
    draft.reference_values[f"{key}.Arn"] = role.arn
    _attach_managed_policies(properties, key, draft)
    _add_inline_policies(properties, key, draft)


def add_sam_function(properties: ResourceProperties, draft: AccountDraft, functions: FunctionIndex) -> None:
    """Add a function with its events, URL and destinations."""
    add_function(properties, draft.sam_role_keys.get(properties.id), draft, functions)
    function_draft = draft.functions.get(properties.id)
    if function_draft is None:
        return
    for name, event in properties.map_items("Events"):
        if not add_event(name, event, function_draft):
            what = f"the event `{name}` of `{function_draft.function.name}`"
            draft.record_not_evaluated(
                function_draft.function.name,
                what,
                f"the resources that SAM creates for its type ({event.text('Type')}) are not known",
            )
    if properties.has("FunctionUrlConfig"):
        add_function_url(properties, function_draft)
    success, failure = (_destination(properties, when) for when in ("OnSuccess", "OnFailure"))
    function_draft.function = replace(function_draft.function, on_success=success, on_failure=failure)


def _destination(properties: ResourceProperties, when: str) -> str | None:
    return properties.text("EventInvokeConfig", "DestinationConfig", when, "Destination") or None


def _attach_managed_policies(properties: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """Attach the managed policies that SAM adds for logging, tracing, VPC access and events."""
    basic = (
        "AWSLambdaBasicDurableExecutionRolePolicy" if properties.has("DurableConfig") else "AWSLambdaBasicExecutionRole"
    )
    draft.attach_policy(key, f"{_SERVICE_ROLE}{basic}")
    if properties.text("Tracing") not in ("", "Disabled"):
        draft.attach_policy(key, f"{_MANAGED_POLICY_ARN}AWSXrayWriteOnlyAccess")
    if properties.has("VpcConfig"):
        draft.attach_policy(key, f"{_SERVICE_ROLE}AWSLambdaVPCAccessExecutionRole")
    for name, event in properties.map_items("Events"):
        _add_polling_policy(name, event, key, draft)
        _add_destination_policy(
            f"{properties.id}{name}", event, ("Properties", "DestinationConfig", "OnFailure"), key, draft
        )


def _add_polling_policy(name: str, event: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """Add the policy that SAM attaches or generates for polling an event source."""
    kind, node, event_id = event.text("Type"), event.node("Properties"), f"{event.id}{name}"
    inner = event.nested(node) if node is not None else event
    queue = kind == "SNS" and sam_queue_event_source(event_id, inner) is not None
    managed = SAM_EVENT_SOURCES["SQS" if queue else kind][1] if queue or kind in SAM_EVENT_SOURCES else ""
    if managed:
        draft.attach_policy(key, f"{_SERVICE_ROLE}{managed}")
    elif kind in SAM_EVENT_SOURCES:
        policy = sam_polling_policy(event_id, kind, inner)
        if policy is None:
            reason = f"its {kind} event has missing or unsupported properties"
            draft.record_unknown_policy(key, f"the policy that SAM generates for the event `{name}`", reason)
        elif policy[1]:
            policy_name, statements = policy
            origin = draft.origin(event.resource.properties)
            draft.roles[key].inline.append(draft.build_policy(policy_name, {"Statement": statements}, origin=origin))


def _add_inline_policies(properties: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """Add the inline policies that SAM generates for policy templates, the dead-letter queue and destinations."""
    for number, policy in enumerate(expanded_items(properties.node("Policies"))):
        name = _policy_template_name(policy)
        if name is not None:
            _add_template_policy(f"{key}Policy{number}", name, properties.nested(policy), key, draft)
    dead_letter_arn = properties.text("DeadLetterQueue", "TargetArn")
    if dead_letter_arn:
        action = "sns:Publish" if properties.text("DeadLetterQueue", "Type") == "SNS" else "sqs:SendMessage"
        document = {"Version": _VERSION, "Statement": [_allow(action, dead_letter_arn)]}
        origin = draft.origin(properties.node("DeadLetterQueue") or properties.declaration)
        draft.roles[key].inline.append(draft.build_policy("DeadLetterQueuePolicy", document, origin=origin))
    for when in ("OnSuccess", "OnFailure"):
        _add_destination_policy(
            f"{properties.id}EventInvokeConfig{when}",
            properties,
            ("EventInvokeConfig", "DestinationConfig", when),
            key,
            draft,
        )


def _policy_template_name(policy: Node) -> str | None:
    """The name of a SAM policy template, which is the only key of a map; None for other policies."""
    if policy.kind is not NodeKind.MAP or len(policy.pairs) != 1 or parse_intrinsic(policy) is not None:
        return None
    name, value = policy.pairs[0]
    return name.text if name.text.endswith("Policy") and value.kind is not NodeKind.LIST else None


def _add_template_policy(name: str, template: str, entry: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """Add the inline policy that SAM generates from a policy template."""
    node = entry.resource.properties
    parameters = entry.nested(node.pairs[0][1])
    values = {name_node.text: parameters.text(name_node.text) for name_node, _ in parameters.resource.properties.pairs}
    document = sam_policy_document(template, {parameter: text for parameter, text in values.items() if text})
    if document is None:
        draft.record_unknown_policy(key, f"what `{template}` allows", "it is not a known SAM policy template")
        return
    draft.roles[key].inline.append(draft.build_policy(name, document, origin=draft.origin(node)))


def _add_destination_policy(
    name: str, properties: ResourceProperties, path: tuple[str, ...], key: str, draft: AccountDraft
) -> None:
    """Add the policy that SAM generates for sending to a destination."""
    if not properties.has(*path):
        return
    target, kind = properties.text(*path, "Destination"), properties.text(*path, "Type")
    if not target or kind not in _DESTINATION_POLICIES:
        draft.record_unknown_policy(
            key, f"the policy that SAM generates for the destination of `{name}`", "its target is not known"
        )
        return
    suffix, permissions = _DESTINATION_POLICIES[kind]
    document = {"Statement": [_allow(action, target + arn_suffix) for action, arn_suffix in permissions]}
    origin = draft.origin(properties.node(*path) or properties.declaration)
    draft.roles[key].inline.append(draft.build_policy(f"{name}{suffix}", document, origin=origin))


def _allow(action: str, resource: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}
