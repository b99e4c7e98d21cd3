"""A trigger of the spec, checked and taken apart: its source's ARN, its options and the texts its facts refer to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.catalog.services import ResourceType, find_service
from iamglue.catalog.triggers import TriggerFacts
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
    """What invokes the function. `arn` is None where the trigger has none; `scope` is where the source is.

    `values` are the texts that the ARNs of the trigger's facts are made of.
    """

    trigger: Trigger
    facts: TriggerFacts
    arn: str | None
    scope: DeploymentScope
    cross_account: bool
    options: dict[str, str]
    arn_variables: dict[str, str]

    def meets_conditions(self, conditions: tuple[str, ...]) -> bool:
        """Whether all of a row's `when` holds: "cross_account", "option" or "option=value"."""
        return all(self._holds(condition) for condition in conditions)

    def _holds(self, condition: str) -> bool:
        if condition == "cross_account":
            return self.cross_account
        name, equals, value = condition.partition("=")
        return self.options.get(name) == value if equals else name in self.options

    def fill_arn_template(self, template: str) -> str:
        """A row's ARN with the source's values in it. Raises IamglueError where the spec does not tell one."""
        return _REFERENCE.sub(self._value, template)

    def _value(self, match: re.Match[str]) -> str:
        if match[1] in self.arn_variables:
            return self.arn_variables[match[1]]
        raise IamglueError(
            f"the {self.facts.name} trigger needs ARNs with `{match[1]}` in them, which a whole-ARN parameter hides",
            hint="write the source's ARN or its variables instead",
            location=self.trigger.location,
        )


def build_trigger_source(trigger: Trigger, function: SpecFunction, scope: DeploymentScope) -> TriggerSource:
    """The trigger's source. Raises IamglueError, at the trigger's place, for what no such trigger can be."""
    facts = validated_trigger_facts(trigger)
    main, options = split_source_and_options(trigger, facts)
    options = all_trigger_options(trigger, options)
    if trigger.name == "kafka":
        options = kafka_options(options, trigger.location)
    arn = None if facts.resource is None else _arn(trigger, facts.resource, main, scope)
    place = _place(arn, trigger, scope)
    values = {
        **({} if facts.resource is None or arn is None else _variables(facts.resource, main, arn, trigger)),
        **options,
        **_others(trigger, options, arn, scope),
        "Partition": place.partition,
        "Region": place.region,
        "Account": place.account,
        "own_account": scope.account,
        "function": function_arn(function, scope),
        "role": role_arn(function, scope),
        "name": trigger_value_text(trigger.resource),
    }
    _check_loop(trigger, function, values)
    return TriggerSource(trigger, facts, arn, place, _crosses(trigger, place, scope), options, values)


def function_arn(function: SpecFunction, scope: DeploymentScope) -> str:
    """The ARN of the function, without a version or alias."""
    return f"arn:{scope.partition}:lambda:{scope.region}:{scope.account}:function:{function.name}"


def role_arn(function: SpecFunction, scope: DeploymentScope) -> str:
    """The ARN of the function's role."""
    return f"arn:{scope.partition}:iam::{scope.account}:role/{role_name(function.name)}"


def _arn(trigger: Trigger, kind: ResourceType, main: SpecResource, scope: DeploymentScope) -> str:
    formats = tuple(map(parse_arn_format, kind.arn_formats))
    # An S3 bucket's ARN has neither Region nor account; the trigger's `account` then only says who owns the bucket.
    account = trigger.account if any(form.has_account_field for form in formats) else None
    regions = (trigger.region,) if trigger.region and any(form.has_region_field for form in formats) else ()
    return resource_arns(kind, main, scope, trigger.location, account=account, regions=regions)[0]


def _variables(kind: ResourceType, main: SpecResource, arn: str, trigger: Trigger) -> dict[str, str]:
    if whole_arn_parameter(main):
        return {}
    return dict(
        match_arn_format(kind, tuple(map(parse_arn_format, kind.arn_formats)), SpecResource(arn), trigger.location)[1]
    )


def _place(arn: str | None, trigger: Trigger, scope: DeploymentScope) -> DeploymentScope:
    _, partition, _, region, account, _ = arn_fields(arn or "")
    return DeploymentScope(
        partition or scope.partition,
        region or trigger.region or scope.region,
        account or trigger.account or scope.account,
    )


def _others(trigger: Trigger, options: dict[str, str], arn: str | None, scope: DeploymentScope) -> dict[str, str]:
    """The ARNs of what stands beside the source: its secret, its consumer."""
    found = {"source": arn} if arn is not None else {}
    if "secret" in options:
        found["secret"] = _named("secretsmanager", "secret", options["secret"], trigger, scope)
    consumer = options.get("consumer")
    if consumer is not None and consumer.startswith("arn:"):
        found["consumer"] = _named("kinesis", "consumer", consumer, trigger, scope)
    elif consumer is not None:
        # The last part of a consumer's ARN is the time it was made.
        found["consumer"] = f"{arn}/consumer/{consumer}:*"
    return found


def _named(prefix: str, kind: str, text: str, trigger: Trigger, scope: DeploymentScope) -> str:
    found = find_service(prefix)
    if found is None:
        raise ValueError(prefix)
    return resource_arns(found.resource_types[kind], SpecResource(text), scope, trigger.location)[0]


def _crosses(trigger: Trigger, place: DeploymentScope, scope: DeploymentScope) -> bool:
    """Whether the source is known to be in another account than the function."""
    if place.account == scope.account:
        return False
    return trigger.account is not None or not ("$" in scope.account or "$" in place.account)


def _check_loop(trigger: Trigger, function: SpecFunction, values: dict[str, str]) -> None:
    if trigger.name == "logs" and values.get("group") == log_group_name(function):
        raise IamglueError(
            f"the function would be invoked by its own log group `{values['group']}`, each time it logs",
            hint="subscribe it to another group, or let it log to another with `settings: logs: {group: ...}`",
            location=trigger.location,
        )
