"""What stands in and beside a trigger: which of it is the source and which are options, and what does not belong."""

from __future__ import annotations

from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.catalog.spelling import did_you_mean
from iamglue.catalog.triggers import TriggerFacts, TriggerKind, trigger_facts, trigger_names
from iamglue.errors import IamglueError
from iamglue.generate.requirements.api_methods import method_resource, without_wildcard_parts
from iamglue.model.spec import SpecResource, Trigger
from iamglue.policy.patterns.variables import TokenKind, tokenize


def validated_trigger_facts(trigger: Trigger) -> TriggerFacts:
    """The facts of a trigger whose options all belong to it and whose value is no pattern.

    Raises IamglueError at the trigger's place.
    """
    facts = trigger_facts(trigger.name)
    if facts is None:
        raise IamglueError(
            f"there is no trigger `{trigger.name}`",
            hint=did_you_mean(trigger.name, trigger_names()) or f"expected one of {', '.join(trigger_names())}",
            location=trigger.location,
        )
    _check_beside(trigger, facts)
    _check_patterns(trigger)
    return facts


def split_source_and_options(trigger: Trigger, facts: TriggerFacts) -> tuple[SpecResource, dict[str, str]]:
    """The source as a resource, and the options. Raises IamglueError for a key that is neither."""
    given = trigger.resource
    if facts.name == "apigateway":
        return method_resource(given, trigger.location), {}
    if given.text is None:
        options = {name: value for name, value in given.variables if name in facts.options}
        rest = {name: value for name, value in given.variables if name not in facts.options}
        return _mapped(rest, facts, trigger), options
    if facts.resource is None:
        return SpecResource(), {facts.text or "name": given.text}
    _check_slash(trigger, facts)
    return _named(facts, given.text), {}


def _mapped(rest: dict[str, str], facts: TriggerFacts, trigger: Trigger) -> SpecResource:
    known = (*_variables(facts), *(("Arn",) if facts.resource else ()))
    for name in rest:
        if name not in known and (name != facts.holder or not facts.holder):
            raise _unknown(name, facts, trigger)
    if facts.resource is None or set(rest) == {"Arn"}:
        return SpecResource(variables=tuple(rest.items()))
    if set(rest) == {facts.holder}:
        return SpecResource(rest[facts.holder])
    if not rest or facts.holder in rest or "Arn" in rest:
        held = facts.holder or facts.text or "source"
        wrong = "names its source twice" if rest else f"does not say its `{held}`"
        raise IamglueError(f"the {facts.name} trigger {wrong}", location=trigger.location)
    missing = {name: value for name, value in facts.defaults if name not in rest}
    return SpecResource(variables=tuple((rest | missing).items()))


def trigger_value_text(resource: SpecResource) -> str:
    """The trigger's value as the spec writes it."""
    if resource.text is not None:
        return resource.text
    if len(resource.variables) == 1:
        return resource.variables[0][1]
    return "{" + ", ".join(f"{name}: {value}" for name, value in resource.variables) + "}"


def _named(facts: TriggerFacts, text: str) -> SpecResource:
    if not facts.text or text.startswith("arn:"):
        return SpecResource(text)
    if "/" not in text:
        return SpecResource(variables=((facts.text, text), *facts.defaults))
    # Of several formats, the one that has as many variables as the text has parts: BUS/RULE, GROUP/SCHEDULE.
    parts = text.split("/")
    formats = map(parse_arn_format, facts.resource.arn_formats if facts.resource else ())
    fitting = [form.variables for form in formats if len(form.variables) == len(parts) > 1]
    return SpecResource(variables=tuple(zip(fitting[0], parts, strict=True))) if fitting else SpecResource(text)


def _variables(facts: TriggerFacts) -> tuple[str, ...]:
    formats = map(parse_arn_format, facts.resource.arn_formats if facts.resource else ())
    return tuple(dict.fromkeys(name for form in formats for name in form.variables))


def _unknown(name: str, facts: TriggerFacts, trigger: Trigger) -> IamglueError:
    held = (facts.holder,) if facts.holder else ()
    known = (*held, *facts.options, *_variables(facts))
    listed = ", ".join(f"`{one}`" for one in known)
    return IamglueError(
        f"`{name}` is no part of the {facts.name} trigger; " + (f"it has {listed}" if known else "it takes a name"),
        hint=did_you_mean(name, known),
        location=trigger.location,
    )


def _check_beside(trigger: Trigger, facts: TriggerFacts) -> None:
    def refuse(option: str, hint: str) -> IamglueError:
        return IamglueError(
            f"`{option}` does not go with the {facts.name} trigger", hint=hint, location=trigger.location
        )

    if trigger.key is not None and not facts.key:
        raise refuse("key", "the function decrypts what it reads itself: put `key` on that entry of `reads`")
    if trigger.consumer is not None and facts.name != "kinesis":
        raise refuse("consumer", "only a Kinesis stream has enhanced fan-out consumers")
    if trigger.on_failure is not None and facts.kind is not TriggerKind.POLL:
        raise refuse("on_failure", "the destination of an asynchronous invocation is `on_failure` in `settings`")
    if facts.resource is None:
        for option, value in (("account", trigger.account), ("region", trigger.region)):
            if value is not None:
                raise refuse(option, "the trigger names nothing that is in an account or Region")


def _check_patterns(trigger: Trigger) -> None:
    resource = without_wildcard_parts(trigger.resource) if trigger.name == "apigateway" else trigger.resource
    texts = [value for _, value in resource.variables] if resource.text is None else [resource.text]
    if trigger.consumer is not None:
        texts.append(trigger.consumer)
    for text in texts:
        # The ARN of a log group ends in `:*`, which means its streams.
        one = text.removesuffix(":*") if trigger.name == "logs" else text
        literal = "".join(token.text for token in tokenize(one) if token.kind is TokenKind.LITERAL)
        if "*" in literal or "?" in literal:
            raise IamglueError(
                f"`{text}` is a pattern; a trigger names one source",
                hint=_PATTERN_HINTS.get(trigger.name, "write one trigger for each source"),
                location=trigger.location,
            )


_PATTERN_HINTS = {
    "apigateway": "leave out the part that may be any, or write a path parameter as `{id}`",
    "dynamodb": "write the table's name alone for whichever stream it has",
    "function-url": "write `function-url: NONE` for a URL that everyone may call",
}


def _check_slash(trigger: Trigger, facts: TriggerFacts) -> None:
    text = trigger.resource.text or ""
    kind = facts.resource
    if kind is None or facts.slashes or text.startswith("arn:") or "/" not in text or len(_variables(facts)) != 1:
        return
    raise IamglueError(
        f"`{text}` is not the name of a {kind.service} {kind.name}: it holds a `/`", location=trigger.location
    )


def all_trigger_options(trigger: Trigger, options: dict[str, str]) -> dict[str, str]:
    """The options, those that stand beside the source included; sorted."""
    beside = {"key": trigger.key, "consumer": trigger.consumer}
    return dict(sorted({**options, **{name: value for name, value in beside.items() if value is not None}}.items()))
