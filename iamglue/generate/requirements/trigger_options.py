"""Splits a trigger of the spec into its source and its options, and checks both."""

from __future__ import annotations

from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.catalog.triggers import TriggerFacts, TriggerKind, trigger_facts, trigger_names
from iamglue.errors import IamglueError
from iamglue.generate.requirements.api_methods import method_resource, without_wildcard_parts
from iamglue.generate.requirements.resource_names import url_hint
from iamglue.generate.requirements.wildcard_hints import trigger_wildcard_hint
from iamglue.model.spec import SpecResource, Trigger
from iamglue.policy.patterns.variables import hide_separators
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.spelling import did_you_mean

_OUTSIDE_MSK = "a Kafka cluster outside of Amazon MSK is the trigger `self-managed-kafka`"


def validated_trigger_facts(trigger: Trigger) -> TriggerFacts:
    """The facts of a trigger.

    Raises IamglueError, at the trigger's location, for an unknown trigger, an option that it does not support, and a
    pattern as source.
    """
    facts = trigger_facts(trigger.name)
    if facts is None:
        raise IamglueError(
            f"unknown trigger `{trigger.name}`",
            hint=did_you_mean(trigger.name, trigger_names()) or f"expected one of {', '.join(trigger_names())}",
            location=trigger.location,
        )
    _check_options(trigger, facts)
    _check_no_pattern(trigger)
    return facts


def split_source_and_options(trigger: Trigger, facts: TriggerFacts) -> tuple[SpecResource, dict[str, str]]:
    """The source as a resource, and the options. Raises IamglueError for a key that is neither."""
    resource = trigger.resource
    if facts.name == "apigateway":
        return method_resource(resource, trigger.location), {}
    if resource.text is None:
        options = {name: value for name, value in resource.variables if name in facts.options}
        source_variables = {name: value for name, value in resource.variables if name not in facts.options}
        return _source_from_variables(source_variables, facts, trigger), options
    if facts.resource is None:
        return SpecResource(), {facts.text or "name": resource.text}
    _check_slash(trigger, facts)
    return _source_from_text(facts, resource.text), {}


def _source_from_variables(source_variables: dict[str, str], facts: TriggerFacts, trigger: Trigger) -> SpecResource:
    """The source that a mapping names. Raises IamglueError for unknown, missing and repeated keys."""
    known = (*_arn_variables(facts), *(("Arn",) if facts.resource else ()))
    for name in source_variables:
        if name not in known and (name != facts.holder or not facts.holder):
            raise _unknown_key_error(name, facts, trigger)
    if facts.resource is None or set(source_variables) == {"Arn"}:
        return SpecResource(variables=tuple(source_variables.items()))
    if set(source_variables) == {facts.holder}:
        return SpecResource(source_variables[facts.holder])
    if not source_variables or facts.holder in source_variables or "Arn" in source_variables:
        source_key = facts.holder or facts.text or "source"
        problem = "is listed twice" if source_variables else f"is missing: write `{source_key}`"
        raise IamglueError(f"the source of the {facts.name} trigger {problem}", location=trigger.location)
    defaults = {name: value for name, value in facts.defaults if name not in source_variables}
    return SpecResource(variables=tuple((source_variables | defaults).items()))


def trigger_value_text(resource: SpecResource) -> str:
    """The trigger's value as written in the spec."""
    if resource.text is not None:
        return resource.text
    if len(resource.variables) == 1:
        return resource.variables[0][1]
    return "{" + ", ".join(f"{name}: {value}" for name, value in resource.variables) + "}"


def _source_from_text(facts: TriggerFacts, text: str) -> SpecResource:
    """The source that a text names: an ARN, or a name as the variable that the trigger's texts are."""
    if not facts.text or text.startswith("arn:"):
        return SpecResource(text)
    if "/" not in hide_separators(text):
        return SpecResource(variables=((facts.text, text), *facts.defaults))
    # If there are several formats, choose the one with as many variables as the text has parts: BUS/RULE.
    parts = text.split("/")
    formats = map(parse_arn_format, facts.resource.arn_formats if facts.resource else ())
    matching = [form.variables for form in formats if len(form.variables) == len(parts) > 1]
    return SpecResource(variables=tuple(zip(matching[0], parts, strict=True))) if matching else SpecResource(text)


def _arn_variables(facts: TriggerFacts) -> tuple[str, ...]:
    formats = map(parse_arn_format, facts.resource.arn_formats if facts.resource else ())
    return tuple(dict.fromkeys(name for form in formats for name in form.variables))


def _unknown_key_error(name: str, facts: TriggerFacts, trigger: Trigger) -> IamglueError:
    """The error for a key of a trigger that is neither its source nor an option."""
    holder_keys = (facts.holder,) if facts.holder else ()
    known = (*holder_keys, *facts.options, *_arn_variables(facts))
    listed = ", ".join(f"`{key}`" for key in known)
    return IamglueError(
        f"`{name}` is not a valid key of the {facts.name} trigger; "
        + (f"the keys are {listed}" if known else "write the source's name"),
        hint=_OUTSIDE_MSK if facts.name == "kafka" and "server" in name.lower() else did_you_mean(name, known),
        location=trigger.location,
    )


def _check_options(trigger: Trigger, facts: TriggerFacts) -> None:
    """Raise IamglueError for an option that the trigger does not support."""

    def option_error(option: str, hint: str) -> IamglueError:
        return IamglueError(
            f"`{option}` is not a valid option of the {facts.name} trigger", hint=hint, location=trigger.location
        )

    if trigger.key is not None and not facts.key:
        raise option_error("key", "the role needs the key only to read the data: write `key` in that entry of `reads`")
    if trigger.consumer is not None and facts.name != "kinesis":
        raise option_error("consumer", "remove it: only a Kinesis stream has enhanced fan-out consumers")
    if trigger.on_failure is not None and facts.kind is not TriggerKind.POLL:
        raise option_error(
            "on_failure", "write the destination of failed asynchronous invocations as `on_failure` in `settings`"
        )
    if facts.resource is None:
        for option, value in (("account", trigger.account), ("region", trigger.region)):
            if value is not None:
                raise option_error(option, "remove it: the trigger's source has no account or Region")


def _check_no_pattern(trigger: Trigger) -> None:
    """Raise IamglueError for a wildcard in the source or consumer of a trigger."""
    resource = without_wildcard_parts(trigger.resource) if trigger.name == "apigateway" else trigger.resource
    texts = [value for _, value in resource.variables] if resource.text is None else [resource.text]
    if trigger.consumer is not None:
        texts.append(trigger.consumer)
    for text in texts:
        # The ARN of a log group ends in `:*`, which matches its streams, and that of a secret of which only the name is
        # known in six characters that AWS adds: neither is a pattern of sources.
        suffix = ":*" if trigger.name == "logs" else "-??????" if ":secretsmanager:" in text else ""
        if has_wildcard(text.removesuffix(suffix)):
            raise IamglueError(
                f"`{text}` is a pattern; a trigger must name one source",
                hint=trigger_wildcard_hint(trigger.name),
                location=trigger.location,
            )


def _check_slash(trigger: Trigger, facts: TriggerFacts) -> None:
    """Raise IamglueError for a name with `/` if the resource type allows none."""
    text = trigger.resource.text or ""
    kind = facts.resource
    if (
        kind is None
        or facts.slashes
        or text.startswith("arn:")
        or "/" not in hide_separators(text)
        or len(_arn_variables(facts)) != 1
    ):
        return
    message = f"`{text}` is not a valid {kind.service} {kind.name} name: it contains a `/`"
    raise IamglueError(message, hint=url_hint(text), location=trigger.resource_location or trigger.location)


def all_trigger_options(trigger: Trigger, options: dict[str, str]) -> dict[str, str]:
    """The options, including those with a key next to the source; sorted."""
    separate_options = {"key": trigger.key, "consumer": trigger.consumer}
    return dict(
        sorted({**options, **{name: value for name, value in separate_options.items() if value is not None}}.items())
    )
