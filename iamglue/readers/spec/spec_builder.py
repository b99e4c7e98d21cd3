"""Builds the Spec from validated data; every value has its location in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from iamglue.errors import Location
from iamglue.generate.requirements.schedule_names import with_schedule_names
from iamglue.model.spec import (
    AccessEntry,
    AccessList,
    DurableSettings,
    FileSystem,
    FunctionSettings,
    LogSettings,
    RawStatement,
    Spec,
    SpecFunction,
    SpecResource,
    Trigger,
)
from iamglue.policy.conditions import Condition, parse_operator
from iamglue.policy.source.nodes import Node
from iamglue.readers.spec.entry_keys import find_main_key
from iamglue.readers.spec.schedules import is_expression
from iamglue.readers.spec.spec_schemas import ENTRY_OPTIONS, TRIGGER_OPTIONS

# Replaces an invalid function name, so that the errors in the rest are reported in the same run.
_UNNAMED = "function"
_Values = Mapping[str, Any]
_T = TypeVar("_T")


def build_spec(values: _Values, root: Node) -> Spec:
    """Build the functions of a spec; keys next to `functions` apply to each of them."""
    if "functions" not in values:
        return Spec(
            root.path,
            (_build_function(values.get("function", _UNNAMED), _value_node(root, "function"), [(values, root)]),),
        )
    functions = [
        _build_function(key.text, key, [(values, root), (values["functions"][key.text], body)])
        for key, body in _value_node(root, "functions").pairs
    ]
    return Spec(root.path, tuple(functions))


def _build_function(name: str, name_node: Node, bodies: Sequence[tuple[_Values, Node]]) -> SpecFunction:
    """Build a function from its bodies, the common one first: lists are joined; the last single value counts."""
    last_values = {key: value for values, _ in bodies for key, value in values.items()}
    keys = [key for _, node in bodies if (key := node.key("settings"))]
    return SpecFunction(
        name,
        name_node.location,
        description=last_values.get("description"),
        region=last_values.get("region"),
        account=last_values.get("account"),
        partition=last_values.get("partition"),
        triggers=with_schedule_names(name, _build_items(bodies, "triggers", _build_trigger)),
        entries=tuple(
            entry for access in AccessList for entry in _build_items(bodies, access.value, _entry_builder(access))
        ),
        settings=_build_settings(bodies),
        raw=_build_items(bodies, "raw", _build_raw_statement),
        settings_location=keys[-1].location if keys else None,
    )


def _build_items(
    bodies: Sequence[tuple[_Values, Node]], name: str, build: Callable[[_Values, Node], _T]
) -> tuple[_T, ...]:
    """Build the items of the list `name` in all bodies."""
    return tuple(
        build(values, item)
        for body, node in bodies
        for values, item in zip(body.get(name, ()), _value_node(node, name).items, strict=True)
    )


def _value_node(node: Node, name: str) -> Node:
    """Return the node under `name`, or the node itself if the key is missing."""
    return node.get(name) or node


def _entry_builder(access: AccessList) -> Callable[[_Values, Node], AccessEntry]:
    return lambda values, item: _build_entry(values, item, access)


def _build_entry(values: _Values, item: Node, access: AccessList) -> AccessEntry:
    """Build an entry, or a destination, which has fewer options; its location is that of its service."""
    key = find_main_key(item, ENTRY_OPTIONS)
    service, _, resource_type = key.text.partition("/")
    region = values.get("region", ())
    return AccessEntry(
        access,
        service,
        _build_resource(values[key.text]),
        key.location,
        resource_type=resource_type or None,
        do=tuple(values.get("do", ())),
        key=values.get("key"),
        account=values.get("account"),
        regions=(region,) if isinstance(region, str) else tuple(region),
        when=tuple(_build_conditions(values.get("when", {}))),
        why=values.get("why"),
        prefix=values.get("prefix"),
        missing_ok=values.get("missing_ok", False),
        index=values.get("index"),
        leading_keys=tuple(values.get("leading_keys", ())),
        attributes=tuple(values.get("attributes", ())),
        models=tuple(values.get("model", ())),
        destination_regions=tuple(values.get("regions", ())),
        guardrail=values.get("guardrail"),
        do_locations=_word_locations(item.get("do")),
        access_point=values.get("access_point"),
        secret=_build_resource(values["secret"]) if "secret" in values else None,
        consumer=values.get("consumer"),
        pass_role=tuple(values.get("pass_role", ())),
        passed_to=values.get("passed_to"),
        resource_location=_value_node(item, key.text).location,
    )


def _word_locations(node: Node | None) -> tuple[Location, ...]:
    """Return the locations of the words of a list, or of a single word."""
    return tuple(word.location for word in (node.items or (node,))) if node else ()


def _build_trigger(values: _Values, item: Node) -> Trigger:
    """Build a trigger; the name of a rule that an expression makes may be derived later from the function's."""
    key = find_main_key(item, TRIGGER_OPTIONS)
    value = values[key.text]
    has_expression = is_expression(key.text, _value_node(item, key.text))
    return Trigger(
        key.text,
        SpecResource(values.get("name", "")) if has_expression else _build_resource(value),
        key.location,
        account=values.get("account"),
        region=values.get("region"),
        key=values.get("key"),
        consumer=values.get("consumer"),
        on_failure=_build_destination(values, item, "on_failure"),
        why=values.get("why"),
        expression=value if has_expression else None,
        has_derived_name=has_expression and "name" not in values,
        resource_location=_value_node(item, "name" if has_expression and "name" in values else key.text).location,
    )


def _build_destination(values: _Values, item: Node, name: str) -> AccessEntry | None:
    """Return the entry under `name`, None if the key is missing. Lambda writes to a destination."""
    return _build_entry(values[name], _value_node(item, name), AccessList.WRITES) if name in values else None


def _build_resource(value: str | Mapping[str, str | Sequence[str]]) -> SpecResource:
    """Build a resource; a list in a mapping becomes one variable for each value."""
    if isinstance(value, str):
        return SpecResource(text=value)
    variables = ((name, [texts] if isinstance(texts, str) else texts) for name, texts in value.items())
    return SpecResource(variables=tuple((name, text) for name, texts in variables for text in texts))


def _build_conditions(conditions: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[Condition]:
    """Yield a condition for each key of each operator."""
    for name, tests in conditions.items():
        operation = parse_operator(name)
        if operation is not None:  # always: validation rejects unknown operators
            yield from (Condition(operation, key, tuple(values)) for key, values in tests.items())


def _build_raw_statement(values: _Values, item: Node) -> RawStatement:
    """Build a statement that is used unchanged."""
    return RawStatement(
        tuple(values["actions"]),
        tuple(values["resources"]),
        values["why"],
        item.location,
        tuple(_build_conditions(values.get("conditions", {}))),
    )


def _build_settings(bodies: Sequence[tuple[_Values, Node]]) -> FunctionSettings:
    """Build the settings from the common ones and the function's own; the last value of each setting counts."""
    values: dict[str, Any] = {}
    nodes: dict[str, Node] = {}
    for body, node in bodies:
        values |= body.get("settings", {})
        nodes |= dict.fromkeys(body.get("settings", {}), _value_node(node, "settings"))
    return FunctionSettings(
        logs=_build_log_settings(values.get("logs", True)),
        vpc=values.get("vpc", False),
        tracing=values.get("tracing", False),
        insights=values.get("insights", False),
        dead_letter=_build_destination(values, nodes.get("dead_letter", bodies[0][1]), "dead_letter"),
        on_success=_build_destination(values, nodes.get("on_success", bodies[0][1]), "on_success"),
        on_failure=_build_destination(values, nodes.get("on_failure", bodies[0][1]), "on_failure"),
        environment_key=values.get("environment_key"),
        file_system=FileSystem(**values["file_system"]) if "file_system" in values else None,
        durable=_build_durable_settings(values.get("durable", False)),
    )


def _build_log_settings(value: bool | _Values) -> LogSettings:
    return LogSettings(enabled=value) if isinstance(value, bool) else LogSettings(**value)


def _build_durable_settings(value: bool | _Values) -> DurableSettings | None:
    """Build the settings of a durable function; None for `false`: the function is not durable."""
    if isinstance(value, bool):
        return DurableSettings() if value else None
    return DurableSettings(**value)
