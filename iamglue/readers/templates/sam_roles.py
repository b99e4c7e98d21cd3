"""Adds the roles that SAM creates for functions and state machines, with the policies that it attaches and generates.

Follows AWS's translator: https://github.com/aws/serverless-application-model, aws-sam-translator 1.115.0
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from iamglue.catalog.sam_policy_templates import sam_policy_document, sam_policy_parameters, suggested_sam_policy
from iamglue.policy.model import VERSION_2012
from iamglue.policy.patterns.variables import parameter_of
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.account_draft import (
    LAMBDA_PRINCIPAL,
    AccountDraft,
    RoleDraft,
    deployment_arn,
    trust_document,
)
from iamglue.readers.templates.conditional_values import conditional_branches, expanded_items, may_be_missing
from iamglue.readers.templates.intrinsic_calls import call_expression
from iamglue.readers.templates.sam_event_sources import (
    SAM_EVENT_SOURCES,
    sam_destination,
    sam_polling_policy,
    sam_queue_event_source,
)
from iamglue.readers.templates.sam_policy_entries import SamPolicyKind, sam_policy_kind
from iamglue.readers.templates.template_properties import ResourceProperties

STATE_MACHINE = "AWS::Serverless::StateMachine"
_MANAGED_POLICY_ARN = "arn:aws:iam::aws:policy/"
_SERVICE_ROLE = f"{_MANAGED_POLICY_ARN}service-role/"
_XRAY = f"{_MANAGED_POLICY_ARN}AWSXrayWriteOnlyAccess"
# Each Fn::If among the parameters of one policy template doubles the documents that it can be.
_MAX_DOCUMENTS = 64
_DESTINATION_POLICIES = {
    "SQS": ("SQSPolicy", (("sqs:SendMessage", ""),)),
    "SNS": ("SNSPolicy", (("sns:Publish", ""),)),
    "EventBridge": ("EventBridgePolicy", (("events:PutEvents", ""),)),
    "Lambda": ("LambdaPolicy", (("lambda:InvokeFunction", ""),)),
    "S3Bucket": ("S3Policy", (("s3:PutObject", "/*"), ("s3:ListBucket", ""))),
    "S3": ("S3Policy", (("s3:PutObject", "/*"), ("s3:ListBucket", ""))),
}


def add_sam_role(properties: ResourceProperties, draft: AccountDraft) -> None:
    """Add the role that SAM creates for a function or state machine, under the key `IdRole`; it owns the `Policies`.

    There is none if `Role` always has a value.
    """
    if not may_be_missing(properties.resource.get("Role")):
        return
    if properties.resource.type == STATE_MACHINE:
        key = _add_role(properties, "states.amazonaws.com", "stateMachine:createdBy", draft)
        if properties.text("Tracing", "Enabled") == "true":
            draft.attach_policy(key, _XRAY)
        _add_template_policies(properties, key, draft)
        return
    key = _add_role(properties, LAMBDA_PRINCIPAL, "lambda:createdBy", draft)
    _attach_function_policies(properties, key, draft)
    _add_template_policies(properties, key, draft)
    _add_generated_policies(properties, key, draft)


def _add_role(properties: ResourceProperties, service: str, creator_tag: str, draft: AccountDraft) -> str:
    """Add a role without policies; returns its key."""
    key, path = f"{properties.id}Role", properties.text("RolePath") or "/"
    tags = ((name, properties.text("Tags", name)) for name in properties.keys("Tags"))
    origin = draft.origin(properties.declaration)
    role = RoleDraft(key, deployment_arn("iam", f"role{path}${{{key}}}", regional=False), path, origin=origin)
    role.trust = draft.build_policy("trust policy", trust_document((service,)), origin=origin)
    role.tags = tuple(sorted([(creator_tag, "SAM"), *tags]))
    draft.roles[key] = role
    draft.sam_role_keys[properties.id] = key
    draft.reference_values[f"{key}.Arn"] = role.arn
    return key


def _attach_function_policies(properties: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """Attach the managed policies that SAM adds for logging, tracing, VPC access and events."""
    basic = (
        "AWSLambdaBasicDurableExecutionRolePolicy" if properties.has("DurableConfig") else "AWSLambdaBasicExecutionRole"
    )
    draft.attach_policy(key, f"{_SERVICE_ROLE}{basic}")
    if properties.text("Tracing") not in ("", "Disabled"):
        draft.attach_policy(key, _XRAY)
    if properties.has("VpcConfig"):
        draft.attach_policy(key, f"{_SERVICE_ROLE}AWSLambdaVPCAccessExecutionRole")
    for name, event in properties.map_items("Events"):
        _add_polling_policy(name, event, key, draft)
        path = ("Properties", "DestinationConfig", "OnFailure")
        _add_destination_policy(f"{properties.id}{name}", event, path, event.text(*path, "Destination"), key, draft)


def _add_polling_policy(name: str, event: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """Add the policy that SAM attaches or generates for polling an event source."""
    kind, node, event_id = event.text("Type"), event.node("Properties"), f"{event.id}{name}"
    inner = event.nested(node) if node is not None else event
    queue = kind == "SNS" and sam_queue_event_source(event_id, inner) is not None
    managed = SAM_EVENT_SOURCES["SQS" if queue else kind].policy if queue or kind in SAM_EVENT_SOURCES else ""
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


def _add_generated_policies(properties: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """Add the inline policies that SAM generates for the dead-letter queue and destinations."""
    dead_letter_arn = properties.text("DeadLetterQueue", "TargetArn")
    if dead_letter_arn:
        action = "sns:Publish" if properties.text("DeadLetterQueue", "Type") == "SNS" else "sqs:SendMessage"
        document = {"Version": VERSION_2012, "Statement": [_allow(action, dead_letter_arn)]}
        origin = draft.origin(properties.node("DeadLetterQueue") or properties.declaration)
        draft.roles[key].inline.append(draft.build_policy("DeadLetterQueuePolicy", document, origin=origin))
    for when in ("OnSuccess", "OnFailure"):
        name, path = f"{properties.id}EventInvokeConfig{when}", ("EventInvokeConfig", "DestinationConfig", when)
        _add_destination_policy(name, properties, path, sam_destination(properties, when), key, draft)


def _add_template_policies(properties: ResourceProperties, key: str, draft: AccountDraft) -> None:
    """Add the inline policies that SAM generates from policy templates; record entries that SAM does not accept."""
    for number, policy in enumerate(expanded_items(properties.node("Policies"))):
        match sam_policy_kind(policy):
            case SamPolicyKind.TEMPLATE:
                _add_template_policy(f"{key}Policy{number}", policy, properties, key, draft)
            case SamPolicyKind.INVALID:
                what, reason = f"the policy at {policy.location}", "SAM does not accept it"
                draft.record_unknown_policy(key, what, reason)


def _add_template_policy(
    name: str, policy: Node, properties: ResourceProperties, key: str, draft: AccountDraft
) -> None:
    """Add the inline policies that SAM generates from a policy template: one for each value of its parameters."""
    template, arguments = policy.pairs[0][0].text, policy.pairs[0][1]
    required = sam_policy_parameters(template)
    what = f"what `{template}` allows"
    if required is None:
        suggestion = suggested_sam_policy(template)
        hint = f"; did you mean {suggestion}?" if suggestion else ""
        draft.record_unknown_policy(key, what, f"it is not a known SAM policy template{hint}")
        return
    missing = [parameter for parameter in required if arguments.get(parameter) is None]
    if missing:
        names = " and ".join(f"`{parameter}`" for parameter in missing)
        draft.record_unknown_policy(key, what, f"it has no value for {names}, and SAM does not accept it")
        return
    all_values = list(islice(_parameter_values(required, arguments, properties), _MAX_DOCUMENTS + 1))
    if len(all_values) > _MAX_DOCUMENTS:
        draft.record_unknown_policy(key, what, f"its parameters have more than {_MAX_DOCUMENTS} possible values")
        return
    origin = draft.origin(policy)
    for values in all_values:
        draft.roles[key].inline.append(draft.build_policy(name, sam_policy_document(template, values), origin=origin))


def _parameter_values(
    required: tuple[str, ...], arguments: Node, properties: ResourceProperties
) -> Iterator[dict[str, str]]:
    """The values of a policy template's parameters, for each combination of branches of Fn::If."""
    branches = [list(conditional_branches(node)) for name in required if (node := arguments.get(name)) is not None]
    resolver = properties.resource.resolver
    for nodes in product(*branches):
        texts = (resolver.resolve_text(node) or parameter_of(call_expression(node)) for node in nodes)
        yield dict(zip(required, map(properties.draft.fill_references, texts), strict=True))


def _add_destination_policy(
    name: str, properties: ResourceProperties, path: tuple[str, ...], target: str, key: str, draft: AccountDraft
) -> None:
    """Add the policy that SAM generates for sending to a destination, with the ARN `target`."""
    if not properties.has(*path):
        return
    kind = properties.text(*path, "Type")
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
