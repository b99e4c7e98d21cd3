"""Adds the roles that SAM creates for services: schedules, event rules, APIs, deployments, AppSync and operators.

Follows AWS's translator: https://github.com/aws/serverless-application-model, aws-sam-translator 1.115.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from iamglue.catalog.sam_connectors import find_connector_grant
from iamglue.catalog.sam_policy_templates import fill_parameters
from iamglue.policy.model import VERSION_2012
from iamglue.readers.templates.account_draft import (
    LAMBDA_PRINCIPAL,
    AccountDraft,
    RoleDraft,
    deployment_arn,
    trust_document,
)
from iamglue.readers.templates.conditional_values import may_be_missing
from iamglue.readers.templates.template_properties import ResourceProperties

_APPSYNC = "appsync.amazonaws.com"
_SCHEDULER = "scheduler.amazonaws.com"
_EVENTS = "events.amazonaws.com"
# Event of a state machine -> the service that starts it, and the property with a role of the template's own.
_STATE_MACHINE_EVENTS = {
    "Api": ("apigateway.amazonaws.com", ""),
    "CloudWatchEvent": (_EVENTS, ""),
    "EventBridgeRule": (_EVENTS, ""),
    "Schedule": (_EVENTS, "RoleArn"),
}


def add_service_roles(resources: Iterable[ResourceProperties], draft: AccountDraft) -> None:
    """Add the roles of all SAM resources, except those that run functions and state machines."""
    for properties in resources:
        builder = _BUILDERS.get(properties.resource.type)
        if builder is not None:
            builder(properties, draft)


def _new_role(
    key: str,
    service: str,
    properties: ResourceProperties,
    draft: AccountDraft,
    *policies: tuple[str, list[dict[str, Any]]],
) -> RoleDraft:
    """Add a role for a service, with inline policies of these names and statements."""
    origin = draft.origin(properties.declaration)
    role = RoleDraft(key, deployment_arn("iam", f"role/${{{key}}}", regional=False), origin=origin)
    role.trust = draft.build_policy("trust policy", trust_document((service,)), origin=origin)
    for name, statements in policies:
        document = {"Version": VERSION_2012, "Statement": statements}
        role.inline.append(draft.build_policy(name, document, origin=origin))
    draft.roles[key] = role
    draft.reference_values[f"{key}.Arn"] = role.arn
    return role


def _allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _add_event_roles(properties: ResourceProperties, draft: AccountDraft) -> None:
    """Add the roles of schedules of a function or state machine, and of other events of a state machine."""
    is_function = properties.resource.type == "AWS::Serverless::Function"
    target = draft.fill_references(f"${{{properties.id}.Arn}}")
    for name, event in properties.map_items("Events"):
        kind, node = event.text("Type"), event.node("Properties")
        inner, key = event.nested(node) if node is not None else event, f"{properties.id}{name}"
        if kind == "ScheduleV2" and may_be_missing(inner.resource.get("RoleArn")):
            call = _allow("lambda:InvokeFunction" if is_function else "states:StartExecution", target)
            policies = [(f"{key}{'LambdaPolicy' if is_function else 'StartExecutionPolicy'}", [call])]
            if inner.has("DeadLetterConfig"):
                queue = inner.text("DeadLetterConfig", "Arn") or _dead_letter_queue(key, inner, draft)
                policies.append((f"{key}SQSPolicy", [_allow("sqs:SendMessage", queue)]))
            _new_role(f"{key}Role", _SCHEDULER, event, draft, *policies)
            _attach_boundary(f"{key}Role", inner, draft)
        elif not is_function and kind in _STATE_MACHINE_EVENTS:
            service, role_property = _STATE_MACHINE_EVENTS[kind]
            if not role_property or may_be_missing(inner.resource.get(role_property)):
                policy = (f"{key}RoleStartExecutionPolicy", [_allow("states:StartExecution", target)])
                _new_role(f"{key}Role", service, event, draft, policy)
                _attach_boundary(f"{key}Role", properties, draft)


def _dead_letter_queue(key: str, event: ResourceProperties, draft: AccountDraft) -> str:
    """The ARN of the queue that SAM creates for failed events."""
    queue = event.text("DeadLetterConfig", "QueueLogicalId") or f"{key}Queue"
    return draft.fill_references(deployment_arn("sqs", f"${{{queue}.QueueName}}"))


def _attach_boundary(role: str, properties: ResourceProperties, draft: AccountDraft) -> None:
    for boundary in properties.texts("PermissionsBoundary"):
        draft.attach_policy(role, boundary, boundary=True)


def _add_function_roles(properties: ResourceProperties, draft: AccountDraft) -> None:
    """Add the roles of a function's schedules, and the role of CodeDeploy for gradual deployments."""
    _add_event_roles(properties, draft)
    is_gradual = (
        properties.has("DeploymentPreference") and properties.text("DeploymentPreference", "Enabled") != "false"
    )
    if is_gradual and not properties.has("DeploymentPreference", "Role") and "CodeDeployServiceRole" not in draft.roles:
        _new_role("CodeDeployServiceRole", "codedeploy.amazonaws.com", properties, draft)
        draft.attach_policy("CodeDeployServiceRole", "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda")


def _operator_role(policy: str) -> Callable[[ResourceProperties, AccountDraft], None]:
    """Adds the role with which Lambda operates a resource, if the template gives none; `policy` is AWS's."""

    def add(properties: ResourceProperties, draft: AccountDraft) -> None:
        """Add the role and attach AWS's policy to it, unless the template names a role in every case."""
        if may_be_missing(properties.resource.get("OperatorRole")):
            key = f"{properties.id}OperatorRole"
            _new_role(key, LAMBDA_PRINCIPAL, properties, draft).tags = (("lambda:createdBy", "SAM"),)
            draft.attach_policy(key, f"arn:aws:iam::aws:policy/{policy}")

    return add


def _add_graphql_roles(properties: ResourceProperties, draft: AccountDraft) -> None:
    """Add the roles of an AppSync API: for its logs, and for each data source without a role."""
    if not properties.has("Logging", "CloudWatchLogsRoleArn"):
        key = f"{properties.id}CloudWatchRole"
        _new_role(key, _APPSYNC, properties, draft)
        draft.attach_policy(key, "arn:aws:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs")
    for name, source in properties.map_items("DataSources", "DynamoDb"):
        region = source.text("Region") or "${AWS::Region}"
        table = deployment_arn("dynamodb", f"table/{source.text('TableName')}").replace("${AWS::Region}", region)
        permissions = source.texts("Permissions") or ("Read", "Write")
        key = f"{properties.id}{name}DynamoDBDataSource"
        _add_data_source(key, "AWS::DynamoDB::Table", source.text("TableArn") or table, permissions, source, draft)
    for name, source in properties.map_items("DataSources", "Lambda"):
        key = f"{properties.id}{name}LambdaDataSource"
        _add_data_source(key, "AWS::Lambda::Function", source.text("FunctionArn"), ("Write",), source, draft)


def _add_data_source(
    key: str, kind: str, arn: str, permissions: tuple[str, ...], source: ResourceProperties, draft: AccountDraft
) -> None:
    """Add the role of a data source, with what SAM's connector to the source grants."""
    grant = find_connector_grant("AWS::AppSync::DataSource", kind)
    if grant is None or not may_be_missing(source.resource.get("ServiceRoleArn")):
        return
    rows = [row for name, rows in grant.permissions.items() if name in permissions for row in rows]
    statements = [fill_parameters(row, {"Destination.Arn": arn}) for row in rows]
    _new_role(f"{key}Role", _APPSYNC, source, draft, (f"{key}ConnectorPolicy", statements))


def _record_unknown_role(properties: ResourceProperties, draft: AccountDraft) -> None:
    """Record a resource for which SAM creates a role that this module does not know."""
    what, reason = (
        f"the roles that SAM creates for `{properties.id}`",
        f"those of {properties.resource.type} are not known",
    )
    draft.record_not_evaluated(properties.id, what, reason)


_BUILDERS: dict[str, Callable[[ResourceProperties, AccountDraft], None]] = {
    "AWS::Serverless::CapacityProvider": _operator_role("AWSLambdaManagedEC2ResourceOperator"),
    "AWS::Serverless::Function": _add_function_roles,
    "AWS::Serverless::GraphQLApi": _add_graphql_roles,
    "AWS::Serverless::MicroVMImage": _record_unknown_role,
    "AWS::Serverless::NetworkConnector": _operator_role("AWSLambdaNetworkConnectorOperatorPolicy"),
    "AWS::Serverless::StateMachine": _add_event_roles,
    "AWS::Serverless::WebFunction": _record_unknown_role,
}
