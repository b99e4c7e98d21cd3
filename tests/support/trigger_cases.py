"""Functions with one trigger, and what is asked for it."""

from __future__ import annotations

from typing import Any

from iamglue.errors import Location
from iamglue.generate.requirements.triggers import (
    trigger_counterpart_policies,
    trigger_needs,
    trigger_notes,
    trigger_permissions,
)
from iamglue.model.permission_set import CounterpartPolicy, InvokePermission
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry, AccessList, SpecFunction, SpecResource, Trigger

PLACE = Location("spec.yaml", 7, 3)
SCOPE = DeploymentScope("aws", "eu-west-1", "123456789012")
OTHER = "999999999999"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
HERE = "eu-west-1:123456789012"
CLUSTER = f"arn:aws:kafka:{HERE}:cluster/orders/9bcf-4"
BROKER = f"arn:aws:mq:{HERE}:broker:jobs:b-1234"

# One value for each trigger of the design.
VALUES: dict[str, str | dict[str, str]] = {
    "alarm": "high-cpu",
    "alexa": "amzn1.ask.skill.1234",
    "apigateway": {"api": "a1b2c3", "stage": "prod", "method": "GET", "path": "/pets/{id}"},
    "appsync": "abcdef123456",
    "appsync-authorizer": "abcdef123456",
    "bedrock": "AGENT12345",
    "cloudfront": "E123ABC",
    "codecommit": "shop",
    "codepipeline": "release",
    "cognito-idp": "eu-west-1_AbCdEf",
    "cognito-sync": "eu-west-1:1f2e3d4c",
    "config": "config-rule-abc123",
    "connect": "1f2e3d4c-0000-1111-2222-333344445555",
    "docdb": {"cluster": "orders", "secret": "docdb/login"},
    "dynamodb": "exifDataTable",
    "elasticloadbalancing": {"TargetGroupName": "web", "TargetGroupId": "50dc6c49"},
    "events": {"bus": "shop", "rule": "order-placed"},
    "firehose": "clicks",
    "function-url": "NONE",
    "iot": "thermostat",
    "iot-authorizer": "devices",
    "iot-provisioning": "bulbs",
    "kafka": {"cluster": CLUSTER, "topic": "orders", "group": "billing"},
    "kinesis": "clicks",
    "lex": {"bot": "BOT123", "alias": "ALIAS1"},
    "logs": "/aws/lambda/other",
    "mq": {"broker": BROKER, "secret": "mq/login"},
    "pipes": "orders",
    "s3": "images-bucket",
    "s3-batch": "resize-job-role",
    "schedule": "nightly",
    "scheduler": "nightly",
    "secretsmanager": "db/login",
    "self-managed-kafka": {"secret": "kafka/login", "vpc": "true"},
    "ses": {"rule_set": "inbound", "rule": "tickets"},
    "sns": "orders",
    "sqs": "orders",
    "states": "checkout",
    "transfer": "s-0123456789abcdef0",
    "vpc-lattice": "tg-0123456789abcdef0",
}


def trigger(name: str, value: str | dict[str, str] | None = None, **options: Any) -> Trigger:
    """A trigger with the value given, or the one of VALUES."""
    given = VALUES[name] if value is None else value
    resource = SpecResource(given) if isinstance(given, str) else SpecResource(variables=tuple(given.items()))
    return Trigger(name, resource, PLACE, **options)


def function(*triggers: Trigger, **parts: Any) -> SpecFunction:
    """A function `thumbs` with these triggers."""
    return SpecFunction("thumbs", PLACE, triggers=triggers, **parts)


def destination(service: str, name: str, **options: Any) -> AccessEntry:
    """An entry that names where records are sent."""
    return AccessEntry(AccessList.WRITES, service, SpecResource(name), PLACE, **options)


def needs(one: Trigger, scope: DeploymentScope = SCOPE) -> tuple[RequiredAccess, ...]:
    """What the role needs for the trigger."""
    return trigger_needs(one, function(one), scope)


def granted(one: Trigger) -> set[tuple[str, str]]:
    """The pairs of action and resource that the role needs for the trigger."""
    return pairs(needs(one))


def pairs(found: tuple[RequiredAccess, ...]) -> set[tuple[str, str]]:
    """The pairs of action and resource in needs."""
    return {(action, resource) for need in found for action in need.actions for resource in need.resources}


def permissions(one: Trigger, scope: DeploymentScope = SCOPE) -> tuple[InvokePermission, ...]:
    """The statements of the function's policy for the trigger."""
    return trigger_permissions(one, function(one), scope)


def peers(one: Trigger, scope: DeploymentScope = SCOPE) -> tuple[CounterpartPolicy, ...]:
    """The other halves of the trigger."""
    return trigger_counterpart_policies(one, function(one), scope)


def notes(one: Trigger) -> tuple[str, ...]:
    """What the user is told of the trigger."""
    return trigger_notes(one)
