"""The calls that Lambda makes with the execution role: for triggers that it polls, settings and destinations.

Nothing here is used by `generate`: a proof compares two readings of the same spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog.call_tables import call_key_actions, lambda_calls
from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.catalog.triggers import TriggerFacts, trigger_facts
from iamglue.generate.calls.call import Call, CallRequest
from iamglue.generate.calls.call_resources import SAMPLE, concrete_arn, concrete_text, resource_type
from iamglue.generate.calls.entry_calls import key_request
from iamglue.generate.calls.s3_files_calls import is_s3_files, s3_files_call
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, SpecFunction, SpecResource, Trigger
from iamglue.policy.conditions import Condition, build_condition

_REFERENCE = re.compile(r"\$\{(\w+)\}")
_DESTINATIONS = ("dead_letter", "on_success", "on_failure")


def trigger_calls(trigger: Trigger, scope: DeploymentScope) -> Iterator[Call]:
    """Yield what Lambda calls because of a trigger, and the calls to its destination."""
    facts = trigger_facts(trigger.name)
    if facts is None:
        return
    options = _options_with_defaults(trigger, facts)
    values = _source_values(trigger, facts, options, scope)
    requests = [
        CallRequest(action, _fill_template(call.on, values))
        for call in lambda_calls(f"trigger {trigger.name}")
        if all(_is_set(condition, options, values) for condition in call.when)
        for action in call.actions
    ]
    if trigger.key is not None or "key" in options:
        requests += _key_requests(trigger, options, requests, values, scope)
    reason = f"triggers, {trigger.location}"
    if requests:
        yield Call(f"Lambda for the {trigger.name} trigger", reason, tuple(requests))
    if trigger.on_failure is not None and facts.destination:
        yield destination_call("on_failure", trigger.on_failure, scope)


def _options_with_defaults(trigger: Trigger, facts: TriggerFacts) -> dict[str, str]:
    """The options of the trigger with the defaults that the spec documents."""
    resource = trigger.resource
    options = {name: value for name, value in resource.variables if name in facts.options}
    if resource.text is not None and facts.resource is None and facts.text:
        options[facts.text] = resource.text
    if trigger.consumer is not None:
        options["consumer"] = trigger.consumer
    if trigger.name == "kafka" and "auth" not in options and "secret" not in options:
        options["auth"] = "iam" if {"topic", "group"} & set(options) else "none"
    return options


def _is_set(condition: str, options: dict[str, str], values: dict[str, str]) -> bool:
    """Whether a condition of a row holds: `cross_account`, an option that is set, or `OPTION=VALUE`."""
    if condition == "cross_account":
        return values["Account"] != values["own_account"]
    name, equals, value = condition.partition("=")
    return options.get(name) == value if equals else name in options


def _source_values(
    trigger: Trigger, facts: TriggerFacts, options: dict[str, str], scope: DeploymentScope
) -> dict[str, str]:
    """The values of `${...}` in the rows of a trigger."""
    own = DeploymentScope(scope.partition, trigger.region or scope.region, trigger.account or scope.account)
    values = {"Partition": own.partition, "Region": own.region, "Account": own.account, "own_account": scope.account}
    values |= {name: concrete_text(value) for name, value in options.items()}
    if facts.resource is not None:
        values["source"] = concrete_arn(facts.resource, _source_resource(trigger, facts), own)
        fields = values["source"].split(":", 5)
        values |= {"Region": fields[3] or own.region, "Account": fields[4] or own.account}
        forms = map(parse_arn_format, facts.resource.arn_formats)
        values |= next((parsed for form in forms if (parsed := form.parse_resource(fields[5]))), {})
    if "consumer" in options:
        consumer = concrete_text(options["consumer"])
        is_arn = consumer.startswith("arn:")
        values["consumer"] = consumer if is_arn else f"{values['source']}/consumer/{consumer}:1234567890"
    for name in ("secret", "superuser"):
        if name in options:
            values[name] = _named_arn("secretsmanager", "secret", options[name], scope)
    values.setdefault("group", SAMPLE)
    return values


def _source_resource(trigger: Trigger, facts: TriggerFacts) -> SpecResource:
    """The source of a trigger without its options, as a name, an ARN or variables."""
    if trigger.resource.text is not None:
        text = trigger.resource.text
        return (
            SpecResource(variables=((facts.text, text),)) if facts.text and "arn:" not in text else SpecResource(text)
        )
    variables = tuple((name, value) for name, value in trigger.resource.variables if name not in facts.options)
    if len(variables) == 1 and variables[0][0] in (facts.holder, "Arn"):
        return SpecResource(variables[0][1])
    return SpecResource(variables=variables)


def _key_requests(
    trigger: Trigger,
    options: dict[str, str],
    requests: list[CallRequest],
    values: dict[str, str],
    scope: DeploymentScope,
) -> list[CallRequest]:
    """The requests for the KMS key of the trigger's data or secret."""
    key = trigger.key or options["key"]
    actions = dict.fromkeys(action for request in requests for action in call_key_actions(request.action))
    service = next((request.action.partition(":")[0] for request in requests if call_key_actions(request.action)), "")
    arn = values["secret"] if "secret" in values else values.get("source", "")
    fields = arn.split(":", 5) if arn else ["", "", "", scope.region, scope.account]
    key_scope = DeploymentScope(scope.partition, fields[3] or scope.region, fields[4] or scope.account)
    return [key_request(action, key, service, key_scope) for action in actions]


def setting_calls(function: SpecFunction, log_group: str, scope: DeploymentScope) -> Iterator[Call]:
    """Yield what Lambda calls because of the settings; `log_group` is the name of the function's log group."""
    settings = function.settings
    is_edge = any(trigger.name == "cloudfront" for trigger in function.triggers)
    values = {
        "Partition": scope.partition,
        "Region": scope.region if not is_edge else "ap-south-1",
        "Account": scope.account,
        "log_group": log_group,
    }
    chosen: dict[str, set[str]] = {
        "logs": {"create"} if settings.logs.create else set(),
        **{name: set() for name in ("vpc", "tracing", "insights") if getattr(settings, name)},
    }
    if not settings.logs.enabled:
        del chosen["logs"]
    conditions: dict[str, tuple[Condition, ...]] = {}
    if settings.durable is not None:
        values["function"] = f"arn:{scope.partition}:lambda:{scope.region}:{scope.account}:function:{function.name}"
        chosen["durable"] = set()
        if settings.durable.key is not None:
            yield _durable_key_call(settings.durable.key, values["function"], scope)
    if settings.file_system is not None and is_s3_files(settings.file_system):
        yield s3_files_call(settings.file_system, scope)
    elif settings.file_system is not None:
        values["file_system"] = _named_arn("elasticfilesystem", "file-system", settings.file_system.id, scope)
        chosen["file_system"] = {"write"} if settings.file_system.write else set()
        point = _named_arn("elasticfilesystem", "access-point", settings.file_system.access_point, scope)
        conditions["file_system"] = (build_condition("StringEquals", "elasticfilesystem:AccessPointArn", point),)
    if settings.environment_key is not None:
        request = key_request("kms:Decrypt", settings.environment_key, "lambda", scope)
        values["key"] = request.resource
        aliases = tuple(condition for condition in request.conditions if condition.key == "kms:ResourceAliases")
        chosen["environment_key"], conditions["environment_key"] = set(), aliases
    for name, details in chosen.items():
        requests = [
            CallRequest(action, _fill_template(call.on, values), conditions.get(name, ()))
            for call in lambda_calls(f"setting {name}")
            if set(call.when) <= details
            for action in call.actions
        ]
        yield Call(f"Lambda for the setting {name}", f"settings {name}", tuple(requests))
    # https://docs.aws.amazon.com/lambda/latest/dg/durable-invoking.html: a durable function has no destinations
    for name in _DESTINATIONS if settings.durable is None else _DESTINATIONS[:1]:
        entry = getattr(settings, name)
        if entry is not None:
            yield destination_call(name, entry, scope)


def _durable_key_call(key: str, function: str, scope: DeploymentScope) -> Call:
    """The use of the key that encrypts the data of executions.

    https://docs.aws.amazon.com/lambda/latest/dg/durable-encryption.html
    """
    request = key_request("kms:Decrypt", key, "lambda", scope)
    own = build_condition("StringEquals", "kms:EncryptionContext:aws:lambda:FunctionArn", function)
    return Call(
        "Lambda for the setting durable",
        "settings durable",
        (CallRequest(request.action, request.resource, (*request.conditions, own)),),
    )


def destination_call(setting: str, entry: AccessEntry, scope: DeploymentScope) -> Call:
    """The call that sends a record to a destination."""
    region = entry.regions[0] if entry.regions else scope.region
    own = DeploymentScope(scope.partition, region, entry.account or scope.account)
    requests = []
    for call in lambda_calls(f"destination {entry.service}"):
        for text in call.actions:
            action, _, kind = text.partition("@")
            arn = _named_arn(entry.service, kind, entry.resource, own)
            requests.append(CallRequest(action, arn))
            if entry.key is not None:
                requests += [key_request(kms, entry.key, entry.service, own) for kms in call_key_actions(action)]
    unknown = "" if requests else f"no destination of {entry.service} is known"
    return Call(f"Lambda for {setting}", f"{setting}, {entry.location}", tuple(dict.fromkeys(requests)), unknown)


def _named_arn(service: str, kind: str, resource: str | SpecResource, scope: DeploymentScope) -> str:
    """The concrete ARN of a resource that an option or destination names."""
    named = SpecResource(resource) if isinstance(resource, str) else resource
    return concrete_arn(resource_type(service, kind), named, scope)


def _fill_template(template: str, values: dict[str, str]) -> str:
    return _REFERENCE.sub(lambda match: values[match[1]], template)
