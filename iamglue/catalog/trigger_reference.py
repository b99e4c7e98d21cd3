"""What people read about a trigger: the texts of `data/trigger_reference.toml`, and what the trigger grants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.catalog.schedule_expressions import EXPRESSION_KINDS
from iamglue.catalog.tables import toml_document
from iamglue.catalog.triggers import TriggerFacts, TriggerKind, trigger_facts, trigger_names

_ROLE = "The execution role"
_OTHER_ACCOUNT = "cross_account"
_NAMES = {
    "*": "`*`",
    "${source}": "the source",
    "${secret}": "the secret",
    "${superuser}": "the superuser's secret",
    "${consumer}": "the consumer",
    "${function}": "the function",
    "${function}:*": "its versions and aliases",
}
# A function URL's permissions depend on its caller, so no row of the table has them.
_FUNCTION_URL = (
    "The function's resource-based policy: `lambda:InvokeFunctionUrl` for the caller, and `lambda:InvokeFunction` for "
    "calls through the URL."
)


@dataclass(frozen=True, slots=True)
class TriggerReference:
    """Texts on one trigger: its title, examples as YAML, each key of a mapping, the keys beside it, and its grants."""

    name: str
    title: str
    examples: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    options: tuple[str, ...]
    grants: tuple[str, ...]
    note: str


def trigger_references() -> tuple[TriggerReference, ...]:
    """The texts on all triggers, sorted by name."""
    return tuple(reference for name in trigger_names() if (reference := trigger_reference(name)))


def trigger_reference(name: str) -> TriggerReference | None:
    """The texts on a trigger; None if there is no trigger with that name."""
    facts, row = trigger_facts(name), toml_document("trigger_reference").get(name)
    if facts is None or row is None:
        return None
    return TriggerReference(
        name,
        row["title"],
        tuple(row["examples"]),
        tuple(row["keys"].items()),
        _item_options(facts),
        tuple(_grants(facts)),
        facts.note or row.get("note", ""),
    )


def _item_options(facts: TriggerFacts) -> tuple[str, ...]:
    """The options of the trigger's item in the spec, beside its source."""
    names: tuple[str, ...] = ("name",) if facts.name in EXPRESSION_KINDS else ()
    names += ("account", "region") if facts.resource else ()
    names += ("key",) if facts.key else ()
    names += ("consumer",) if facts.name == "kinesis" else ()
    names += ("on_failure",) if facts.destination else ()
    return (*names, "why")


def _grants(facts: TriggerFacts) -> Iterator[str]:
    """Yield a sentence for everybody who gets a permission."""
    if facts.name == "function-url":
        yield _FUNCTION_URL
    elif facts.kind is TriggerKind.PUSH:
        yield _invoke_sentence(facts)
    elif facts.kind is TriggerKind.EDGE:
        yield f"The execution role's trust policy: `sts:AssumeRole` for `{facts.principal}` too."
    for need in facts.needs:
        on = _NAMES.get(need.on, f"`{need.on}`")
        yield f"{_ROLE}{_condition(need.when)}: {_code_list(need.actions)} on {on}."
    for row in facts.counterparts:
        on = " and ".join(_NAMES.get(name, f"`{name}`") for name in row.on)
        where = row.where.replace("${name}", "`NAME`").replace("${source}", "the source").replace("${key}", "the key")
        where = where.replace("consumer ${consumer}", "consumer")
        yield f"The {where}{_condition(row.when)}: {_code_list(row.actions)}{f' on {on}' if on else ''}."


def _invoke_sentence(facts: TriggerFacts) -> str:
    """Whom the function's policy allows to invoke it, and the condition keys that limit that."""
    limits = [("aws:SourceArn", facts.source_arn), ("aws:SourceAccount", facts.source_account)]
    keys = [key for key, is_set in limits if is_set]
    condition = f", limited by {_code_list(keys)}" if keys else ""
    if facts.name == "alexa":
        condition = ", limited by `lambda:EventSourceToken`"
    return f"The function's resource-based policy: `lambda:InvokeFunction` for `{facts.principal}`{condition}."


def _condition(when: tuple[str, ...]) -> str:
    return f", if {' and '.join(map(_condition_text, when))}" if when else ""


def _condition_text(condition: str) -> str:
    """A condition of a row in words: `OPTION`, `OPTION=VALUE` or that the source is in another account."""
    if condition == _OTHER_ACCOUNT:
        return "the source is in another account"
    name, equals, value = condition.partition("=")
    return f"`{name}` is `{value}`" if equals else f"`{name}` is set"


def _code_list(names: tuple[str, ...] | list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
