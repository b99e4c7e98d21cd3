"""A trigger of the spec, checked and taken apart: its source's ARN, its options and the texts its facts refer to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iamglue.catalog.services import ResourceType, service
from iamglue.catalog.shapes import arn_format
from iamglue.catalog.triggers import TriggerFacts
from iamglue.errors import IamglueError
from iamglue.generate.requirements.event_options import checked_facts, parted, shown, with_options
from iamglue.generate.requirements.kafka_access import kafka_options
from iamglue.generate.requirements.log_groups import log_group
from iamglue.generate.requirements.resources import resource_arns, variables
from iamglue.generate.requirements.roles import role_name
from iamglue.generate.requirements.written_arns import fields_of, whole_parameter
from iamglue.model.need import Scope
from iamglue.model.spec import Function, Resource, Trigger

_REFERENCE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class EventSource:
    """What invokes the function. `arn` is None where the trigger has none; `scope` is where the source is.

    `values` are the texts that the ARNs of the trigger's facts are made of.
    """

    trigger: Trigger
    facts: TriggerFacts
    arn: str | None
    scope: Scope
    cross_account: bool
    options: dict[str, str]
    values: dict[str, str]

    def holds(self, conditions: tuple[str, ...]) -> bool:
        """Whether all of a row's `when` holds: "cross_account", "option" or "option=value"."""
        return all(self._holds(condition) for condition in conditions)

    def _holds(self, condition: str) -> bool:
        if condition == "cross_account":
            return self.cross_account
        name, equals, value = condition.partition("=")
        return self.options.get(name) == value if equals else name in self.options

    def filled(self, template: str) -> str:
        """A row's ARN with the source's values in it. Raises IamglueError where the spec does not tell one."""
        return _REFERENCE.sub(self._value, template)

    def _value(self, match: re.Match[str]) -> str:
        if match[1] in self.values:
            return self.values[match[1]]
        raise IamglueError(
            f"the {self.facts.name} trigger needs ARNs with `{match[1]}` in them, which a whole-ARN parameter hides",
            hint="write the source's ARN or its variables instead",
            location=self.trigger.location,
        )


def event_source(trigger: Trigger, function: Function, scope: Scope) -> EventSource:
    """The trigger's source. Raises IamglueError, at the trigger's place, for what no such trigger can be."""
    facts = checked_facts(trigger)
    main, options = parted(trigger, facts)
    options = with_options(trigger, options)
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
        "name": shown(trigger.resource),
    }
    _check_loop(trigger, function, values)
    return EventSource(trigger, facts, arn, place, _crosses(trigger, place, scope), options, values)


def function_arn(function: Function, scope: Scope) -> str:
    """The ARN of the function, without a version or alias."""
    return f"arn:{scope.partition}:lambda:{scope.region}:{scope.account}:function:{function.name}"


def role_arn(function: Function, scope: Scope) -> str:
    """The ARN of the function's role."""
    return f"arn:{scope.partition}:iam::{scope.account}:role/{role_name(function.name)}"


def _arn(trigger: Trigger, kind: ResourceType, main: Resource, scope: Scope) -> str:
    formats = tuple(map(arn_format, kind.arn_formats))
    # An S3 bucket's ARN has neither Region nor account; the trigger's `account` then only says who owns the bucket.
    account = trigger.account if any(form.takes_account for form in formats) else None
    regions = (trigger.region,) if trigger.region and any(form.takes_region for form in formats) else ()
    return resource_arns(kind, main, scope, trigger.location, account=account, regions=regions)[0]


def _variables(kind: ResourceType, main: Resource, arn: str, trigger: Trigger) -> dict[str, str]:
    if whole_parameter(main):
        return {}
    return dict(variables(kind, tuple(map(arn_format, kind.arn_formats)), Resource(arn), trigger.location)[1])


def _place(arn: str | None, trigger: Trigger, scope: Scope) -> Scope:
    _, partition, _, region, account, _ = fields_of(arn or "")
    return Scope(
        partition or scope.partition,
        region or trigger.region or scope.region,
        account or trigger.account or scope.account,
    )


def _others(trigger: Trigger, options: dict[str, str], arn: str | None, scope: Scope) -> dict[str, str]:
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


def _named(prefix: str, kind: str, text: str, trigger: Trigger, scope: Scope) -> str:
    found = service(prefix)
    if found is None:
        raise ValueError(prefix)
    return resource_arns(found.resource_types[kind], Resource(text), scope, trigger.location)[0]


def _crosses(trigger: Trigger, place: Scope, scope: Scope) -> bool:
    """Whether the source is known to be in another account than the function."""
    if place.account == scope.account:
        return False
    return trigger.account is not None or not ("$" in scope.account or "$" in place.account)


def _check_loop(trigger: Trigger, function: Function, values: dict[str, str]) -> None:
    if trigger.name == "logs" and values.get("group") == log_group(function):
        raise IamglueError(
            f"the function would be invoked by its own log group `{values['group']}`, each time it logs",
            hint="subscribe it to another group, or let it log to another with `settings: logs: {group: ...}`",
            location=trigger.location,
        )
