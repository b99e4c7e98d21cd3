"""The conditions of a statement as options of an entry: those with an option of their own, the others as `when`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import Condition

Conditions = tuple[Condition, ...]


def condition_options(entry: AccessEntry, conditions: Conditions) -> Iterator[AccessEntry]:
    """The entry with each way to say the conditions, the shortest first; whether it says them is for the caller."""
    for option, remaining in _possible_options(entry, conditions):
        yield replace(option, when=remaining)
    if conditions:
        yield replace(entry, when=conditions)


def _possible_options(entry: AccessEntry, conditions: Conditions) -> Iterator[tuple[AccessEntry, Conditions]]:
    """Entries with an option for some of the conditions, each with the conditions that are left."""
    yield from _prefix(entry, conditions)
    yield from _named_by_condition(entry, conditions)
    yield from _fine_grained(entry, conditions)
    if not conditions:
        yield entry, ()


def _prefix(entry: AccessEntry, conditions: Conditions) -> Iterator[tuple[AccessEntry, Conditions]]:
    """The part of a bucket that may be listed: `prefix`, or a key pattern after the bucket's name."""
    for condition in conditions:
        if condition.key.lower() == "s3:prefix" and len(condition.values) == 1 and entry.service == "s3":
            value, remaining = condition.values[0], _without(conditions, condition)
            if value.endswith("*"):
                yield replace(entry, prefix=value[:-1]), remaining
            if entry.resource.text is not None:
                yield replace(entry, resource=SpecResource(f"{entry.resource.text}/{value}")), remaining


def _named_by_condition(entry: AccessEntry, conditions: Conditions) -> Iterator[tuple[AccessEntry, Conditions]]:
    """What only a condition names: the namespace of metrics, the alias of a key, the version of a state machine."""
    for condition in conditions:
        if len(condition.values) != 1:
            continue
        value, remaining = condition.values[0], _without(conditions, condition)
        if condition.key.lower() in ("cloudwatch:namespace", "kms:resourcealiases"):
            yield replace(entry, resource=SpecResource(value)), remaining
        if condition.key.lower() == "states:statemachinequalifier" and entry.resource.text:
            yield replace(entry, resource=SpecResource(f"{entry.resource.text}:{value}")), remaining


def _fine_grained(entry: AccessEntry, conditions: Conditions) -> Iterator[tuple[AccessEntry, Conditions]]:
    """The items and attributes of DynamoDB tables: `leading_keys` and `attributes`.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    if entry.service != "dynamodb":
        return
    by_key: dict[str, list[Condition]] = {}
    for condition in conditions:
        by_key.setdefault(condition.key.lower(), []).append(condition)
    option, remaining = entry, conditions
    for key, name, others in (
        ("dynamodb:leadingkeys", "leading_keys", ()),
        ("dynamodb:attributes", "attributes", ("dynamodb:select",)),
    ):
        mine = [condition for member in (key, *others) for condition in by_key.get(member, ())]
        values = [condition.values for condition in by_key.get(key, ()) if condition.operator.base != "Null"]
        if len(values) == 1:
            remaining = tuple(condition for condition in remaining if condition not in mine)
            option = replace(option, **{name: values[0]})  # type: ignore[arg-type]  # each has its field's type
    if option != entry:
        yield option, remaining


def _without(conditions: Conditions, condition: Condition) -> Conditions:
    return tuple(other for other in conditions if other is not condition)
