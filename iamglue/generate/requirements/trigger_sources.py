"""Resolves a trigger of the spec: the ARN and scope of its source, its options and the variables of its ARNs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.catalog.services import ResourceType, find_service
from iamglue.catalog.triggers import TriggerFacts, trigger_facts, trigger_names
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields, whole_arn_parameter
from iamglue.generate.requirements.kafka_options import kafka_options
from iamglue.generate.requirements.log_groups import log_group_name
from iamglue.generate.requirements.resource_arns import match_arn_format, resource_arns
from iamglue.generate.requirements.role_names import role_name
from iamglue.generate.requirements.trigger_options import (
    all_trigger_options,
    split_source_and_options,
    trigger_value_text,
    validated_trigger_facts,
)
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecFunction, SpecResource, Trigger

_REFERENCE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class TriggerSource:
    """The source of a trigger. `arn` is None if the source has none; `scope` is the location of the source.

    `arn_variables` are the values of `${...}` in the ARN templates of the trigger's facts.
    """

    trigger: Trigger
    facts: TriggerFacts
    arn: str | None
    scope: DeploymentScope
    cross_account: bool
    options: dict[str, str]
    arn_variables: dict[str, str]

    def meets_conditions(self, conditions: tuple[str, ...]) -> bool:
        """Whether all conditions of a row's `when` are met: "cross_account", "option" or "option=value"."""
        return all(self._meets_condition(condition) for condition in conditions)

    def _meets_condition(self, condition: str) -> bool:
        """Whether one condition of `meets_conditions` is met."""
        if condition == "cross_account":
            return self.cross_account
        name, equals, value = condition.partition("=")
        return self.options.get(name) == value if equals else name in self.options

    def fill_arn_template(self, template: str) -> str:
        """Fill the variables of a row's ARN template. Raises IamglueError when the spec does not contain a value."""
        return _REFERENCE.sub(self._template_value, template)

    def _template_value(self, match: re.Match[str]) -> str:
        """The value of one variable of a template. Raises IamglueError if the spec does not contain it."""
        if match[1] in self.arn_variables:
            return self.arn_variables[match[1]]
        raise IamglueError(
            f"the {self.facts.name} trigger needs the value of `{match[1]}`, which a whole-ARN parameter hides",
            hint="write the source's ARN or its variables instead",
            location=self.trigger.location,
        )


def build_trigger_source(trigger: Trigger, function: SpecFunction, scope: DeploymentScope) -> TriggerSource:
    """The trigger's source. Raises IamglueError, at the trigger's location, for a trigger that is not valid."""
    facts = validated_trigger_facts(trigger)
    main, options = split_source_and_options(trigger, facts)
    options = all_trigger_options(trigger, options)
    if trigger.name == "kafka":
        options = kafka_options(options, trigger.location)
    arn = None if facts.resource is None else _source_arn(trigger, facts.resource, main, scope)
    source_scope = _source_scope(arn, trigger, scope)
    values = {
        **({} if facts.resource is None or arn is None else _source_variables(facts.resource, main, arn, trigger)),
        **options,
        **_related_arns(trigger, options, arn, scope),
        "Partition": source_scope.partition,
        "Region": source_scope.region,
        "Account": source_scope.account,
        "own_partition": scope.partition,
        "own_region": scope.region,
        "own_account": scope.account,
        "function": function_arn(function, scope),
        "role": role_arn(function, scope),
        "name": trigger_value_text(trigger.resource),
    }
    _check_loop(trigger, function, values)
    return TriggerSource(
        trigger, facts, arn, source_scope, _is_cross_account(trigger, source_scope, scope), options, values
    )


def function_arn(function: SpecFunction, scope: DeploymentScope) -> str:
    """The ARN of the function, without version or alias."""
    return f"arn:{scope.partition}:lambda:{scope.region}:{scope.account}:function:{function.name}"


def role_arn(function: SpecFunction, scope: DeploymentScope) -> str:
    """The ARN of the function's role."""
    return f"arn:{scope.partition}:iam::{scope.account}:role/{role_name(function.name)}"


def _source_arn(trigger: Trigger, kind: ResourceType, main: SpecResource, scope: DeploymentScope) -> str:
    """The ARN of the source. Raises IamglueError, with the right trigger if it is the ARN of another one's source."""
    formats = tuple(map(parse_arn_format, kind.arn_formats))
    # An S3 bucket's ARN has neither Region nor account; the trigger's `account` is then only the bucket's owner.
    account = trigger.account if any(form.has_account_field for form in formats) else None
    regions = (trigger.region,) if trigger.region and any(form.has_region_field for form in formats) else ()
    try:
        return resource_arns(kind, main, scope, trigger.location, account=account, regions=regions)[0]
    except IamglueError as error:
        other = _trigger_of_arn(main.text or "")
        if other is None or other == trigger.name:
            raise
        hint = f"this is the ARN of a source of the trigger `{other}`"
        raise IamglueError(error.message, hint=hint, location=error.location) from None


def _trigger_of_arn(text: str) -> str | None:
    """The trigger whose source an ARN is; None for other texts."""
    service, resource = arn_fields(text)[2], arn_fields(text)[5]
    for name in trigger_names() if service else ():
        facts = trigger_facts(name)
        for form in map(parse_arn_format, facts.resource.arn_formats if facts and facts.resource else ()):
            if form.service == service and form.parse_resource(resource) is not None:
                return name
    return None


def _source_variables(kind: ResourceType, main: SpecResource, arn: str, trigger: Trigger) -> dict[str, str]:
    """The variables of the source's ARN; {} for a whole-ARN parameter, which hides them."""
    if whole_arn_parameter(main):
        return {}
    return dict(
        match_arn_format(kind, tuple(map(parse_arn_format, kind.arn_formats)), SpecResource(arn), trigger.location)[1]
    )


def _source_scope(arn: str | None, trigger: Trigger, scope: DeploymentScope) -> DeploymentScope:
    """The partition, Region and account of the source: of its ARN, else of the trigger, else of the function."""
    _, partition, _, region, account, _ = arn_fields(arn or "")
    return DeploymentScope(
        partition or scope.partition,
        region or trigger.region or scope.region,
        account or trigger.account or scope.account,
    )


def _related_arns(trigger: Trigger, options: dict[str, str], arn: str | None, scope: DeploymentScope) -> dict[str, str]:
    """The ARNs of the source and of the related secrets and consumer."""
    arns = {"source": arn} if arn is not None else {}
    for name in ("secret", "superuser"):
        if name in options:
            arns[name] = _resource_arn("secretsmanager", "secret", options[name], trigger, scope)
    consumer = options.get("consumer")
    if consumer is not None and consumer.startswith("arn:"):
        arns["consumer"] = _resource_arn("kinesis", "consumer", consumer, trigger, scope)
    elif consumer is not None:
        # The last part of a consumer's ARN is its creation time, which is not known.
        arns["consumer"] = f"{arn}/consumer/{consumer}:*"
    return arns


def _resource_arn(prefix: str, kind: str, text: str, trigger: Trigger, scope: DeploymentScope) -> str:
    """The ARN of a resource that an option of a trigger names, in the function's scope."""
    service = find_service(prefix)
    if service is None:
        raise ValueError(prefix)
    return resource_arns(service.resource_types[kind], SpecResource(text), scope, trigger.location)[0]


def _is_cross_account(trigger: Trigger, source_scope: DeploymentScope, scope: DeploymentScope) -> bool:
    """Whether the source is known to be in another account than the function."""
    if source_scope.account == scope.account:
        return False
    return trigger.account is not None or not ("$" in scope.account or "$" in source_scope.account)


def _check_loop(trigger: Trigger, function: SpecFunction, values: dict[str, str]) -> None:
    """Raise IamglueError when the function is triggered by its own log group."""
    if trigger.name == "logs" and values.get("group") == log_group_name(function):
        raise IamglueError(
            f"the trigger `{values['group']}` is the function's own log group, so the function would invoke itself",
            hint="name another log group, or change the function's log group with `settings: logs: {group: ...}`",
            location=trigger.location,
        )
