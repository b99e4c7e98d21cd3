"""The needs and notes of triggers. Also exports the invoke permissions and counterpart policies of triggers."""

from __future__ import annotations

from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.generate.requirements.api_methods import unspecified_parts
from iamglue.generate.requirements.arn_validation import arn_fields
from iamglue.generate.requirements.destinations import destination_needs
from iamglue.generate.requirements.invoke_permissions import is_source_id_known, trigger_permissions
from iamglue.generate.requirements.kafka_options import kafka_notes
from iamglue.generate.requirements.kms_keys import kms_key_needs
from iamglue.generate.requirements.labels import camel_case, reason_suffix, resource_label
from iamglue.generate.requirements.log_groups import is_edge_function
from iamglue.generate.requirements.trigger_counterparts import trigger_counterpart_policies
from iamglue.generate.requirements.trigger_options import (
    split_source_and_options,
    trigger_value_text,
    validated_trigger_facts,
)
from iamglue.generate.requirements.trigger_sources import TriggerSource, build_trigger_source
from iamglue.model.required_access import DeploymentScope, NeedOrigin, Reason, RequiredAccess
from iamglue.model.spec import SpecFunction, Trigger

__all__ = ["trigger_counterpart_policies", "trigger_needs", "trigger_notes", "trigger_permissions", "trust_principals"]


def trigger_needs(trigger: Trigger, function: SpecFunction, scope: DeploymentScope) -> tuple[RequiredAccess, ...]:
    """The role's needs for the trigger: to read the source, use its KMS key and send to its destination.

    A destination that Lambda does not support for the source is checked but not granted; `trigger_notes` says so.
    Raises IamglueError, at the trigger's location, for a trigger that is not valid.
    """
    source = build_trigger_source(trigger, function, scope)
    reason = _need_reason(trigger)
    needs = [
        RequiredAccess(row.actions, (on,), _need_label(trigger, row.label, on), reason)
        for row in source.facts.needs
        if source.meets_conditions(row.when)
        for on in (source.fill_arn_template(row.on),)
    ]
    needs += _key_needs(source, needs, scope)
    if trigger.on_failure is not None:
        failure_needs = destination_needs(trigger.on_failure, "mapping", scope)
        needs += failure_needs if source.facts.destination else ()
    return tuple(needs)


def trigger_notes(trigger: Trigger) -> tuple[str, ...]:
    """Notes for the user about the trigger. Raises IamglueError for a trigger that is not valid."""
    facts = validated_trigger_facts(trigger)
    _, options = split_source_and_options(trigger, facts)
    notes = [facts.note] if facts.note else []
    if trigger.name == "apigateway" and (parts := unspecified_parts(trigger.resource)):
        notes.append(f"any {', '.join(parts)} of the API may invoke the function: name them to limit this")
    if facts.wants_secret and "secret" not in options:
        notes.append(
            f"Lambda signs in to the source with a secret: write {{{facts.holder}, secret}} so the role may read it"
        )
    reads_secret = facts.key == "secretsmanager" and ("secret" in options or trigger.name == facts.key)
    if reads_secret and trigger.key is None and "key" not in options:
        notes.append(
            "a secret under a customer managed KMS key also needs that key: write `key: KEY`, or "
            "`key: alias/aws/secretsmanager` if AWS's own key encrypts it"
        )
    if trigger.name == "kafka":
        notes += kafka_notes(options)
    if not is_source_id_known(facts, (trigger_value_text(trigger.resource),)):
        notes.append(
            "AWS Config generates the ID in a rule's ARN, so the permission is limited to the account only: write the "
            "rule's ID or ARN"
        )
    if trigger.on_failure is not None and not facts.destination:
        notes.append("Lambda supports no on-failure destination for this source, so `on_failure` grants nothing")
    return tuple(f"{trigger.name} {trigger_value_text(trigger.resource)}: {note}" for note in notes)


def trust_principals(function: SpecFunction) -> tuple[str, ...]:
    """The service principals that assume the function's role.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
    """
    return (
        ("edgelambda.amazonaws.com", "lambda.amazonaws.com")
        if is_edge_function(function)
        else ("lambda.amazonaws.com",)
    )


def _key_needs(
    source: TriggerSource, needs: list[RequiredAccess], scope: DeploymentScope
) -> tuple[RequiredAccess, ...]:
    """The permissions on the KMS key of a trigger's source, or of the secret that signs in to it."""
    key, trigger, service = source.options.get("key"), source.trigger, source.facts.key
    if key is None:
        return ()
    actions = tuple(action for need in needs for action in need.actions if action.startswith(f"{service}:"))
    if not actions:
        raise IamglueError(
            f"`key` of a {trigger.name} trigger is the KMS key of its secret, but `secret` is missing",
            hint="write `secret` too, or remove `key`",
            location=trigger.location,
        )
    secret = arn_fields(source.arn_variables["secret"]) if "secret" in source.options else None
    key_scope = (
        replace(scope, region=secret[3] or scope.region, account=secret[4] or scope.account) if secret else source.scope
    )
    return kms_key_needs(
        service,
        actions,
        key,
        key_scope,
        trigger.location,
        label=f"{_need_label(trigger, '', '')}Key",
        reason=_need_reason(trigger, f", encrypted with {key}"),
    )


def _need_label(trigger: Trigger, row_label: str, resource: str) -> str:
    """The name of a need's resource in a Sid: that of the source, or of the row for a source without a name."""
    if resource == "*":
        return "Any"
    return (
        resource_label(trigger.resource, (resource,))
        if trigger.resource.text
        else camel_case(f"{trigger.name} {row_label}")
    )


def _need_reason(trigger: Trigger, more: str = "") -> Reason:
    """The reason of a trigger's needs: the trigger as written, with `why` and the suffix `more`."""
    value = trigger_value_text(trigger.resource)
    text = f"triggers {trigger.name} {value}, {trigger.location}{reason_suffix(trigger.why)}{more}"
    return Reason(text, NeedOrigin.TRIGGER, trigger.name, "auth" in dict(trigger.resource.variables))
