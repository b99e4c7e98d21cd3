"""From the validated spec to the values that the rest works with, each with its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from iamglue.model.spec import (
    AccessEntry,
    AccessList,
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
from iamglue.readers.spec.spec_schemas import ENTRY_OPTIONS, TRIGGER_OPTIONS

# Stands for a name that is wrong, so that the errors of the rest can be told in the same run.
_UNNAMED = "function"
_Values = Mapping[str, Any]
_T = TypeVar("_T")


def build_spec(values: _Values, root: Node) -> Spec:
    """The spec's functions; what stands beside `functions` holds for each of them."""
    if "functions" not in values:
        return Spec(
            root.path, (_function(values.get("function", _UNNAMED), _below(root, "function"), [(values, root)]),)
        )
    functions = [
        _function(key.text, key, [(values, root), (values["functions"][key.text], body)])
        for key, body in _below(root, "functions").pairs
    ]
    return Spec(root.path, tuple(functions))


def _function(name: str, named: Node, bodies: Sequence[tuple[_Values, Node]]) -> SpecFunction:
    """A function from its bodies, the common one first: lists are joined, of single values the last holds."""
    single = {key: value for values, _ in bodies for key, value in values.items()}
    keys = [key for _, node in bodies if (key := node.key("settings"))]
    return SpecFunction(
        name,
        named.location,
        description=single.get("description"),
        region=single.get("region"),
        account=single.get("account"),
        partition=single.get("partition"),
        triggers=_each(bodies, "triggers", _trigger),
        entries=tuple(entry for access in AccessList for entry in _each(bodies, access.value, _entry_of(access))),
        settings=_settings(bodies),
        raw=_each(bodies, "raw", _raw),
        settings_location=keys[-1].location if keys else None,
    )


def _each(bodies: Sequence[tuple[_Values, Node]], name: str, make: Callable[[_Values, Node], _T]) -> tuple[_T, ...]:
    return tuple(
        make(values, item)
        for body, node in bodies
        for values, item in zip(body.get(name, ()), _below(node, name).items, strict=True)
    )


def _below(node: Node, name: str) -> Node:
    return node.get(name) or node


def _entry_of(access: AccessList) -> Callable[[_Values, Node], AccessEntry]:
    return lambda values, item: _entry(values, item, access)


def _entry(values: _Values, item: Node, access: AccessList) -> AccessEntry:
    key = find_main_key(item, ENTRY_OPTIONS)
    service, _, resource_type = key.text.partition("/")
    region = values.get("region", ())
    return AccessEntry(
        access,
        service,
        _resource(values[key.text]),
        key.location,
        resource_type=resource_type or None,
        do=tuple(values.get("do", ())),
        key=values.get("key"),
        account=values.get("account"),
        regions=(region,) if isinstance(region, str) else tuple(region),
        when=tuple(_conditions(values.get("when", {}))),
        why=values.get("why"),
        prefix=values.get("prefix"),
        missing_ok=values.get("missing_ok", False),
        index=values.get("index"),
        leading_keys=tuple(values.get("leading_keys", ())),
        attributes=tuple(values.get("attributes", ())),
    )


def _trigger(values: _Values, item: Node) -> Trigger:
    key = find_main_key(item, TRIGGER_OPTIONS)
    return Trigger(
        key.text,
        _resource(values[key.text]),
        key.location,
        account=values.get("account"),
        region=values.get("region"),
        key=values.get("key"),
        consumer=values.get("consumer"),
        on_failure=_destination(values, item, "on_failure"),
        why=values.get("why"),
    )


def _destination(values: _Values, item: Node, name: str) -> AccessEntry | None:
    """The entry under `name`, if any: what is sent there is written."""
    return _entry(values[name], _below(item, name), AccessList.WRITES) if name in values else None


def _resource(value: str | Mapping[str, str]) -> SpecResource:
    return SpecResource(text=value) if isinstance(value, str) else SpecResource(variables=tuple(value.items()))


def _conditions(written: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[Condition]:
    for name, tests in written.items():
        operation = parse_operator(name)
        if operation is not None:  # validation let no other through
            yield from (Condition(operation, key, tuple(values)) for key, values in tests.items())


def _raw(values: _Values, item: Node) -> RawStatement:
    return RawStatement(
        tuple(values["actions"]),
        tuple(values["resources"]),
        values["why"],
        item.location,
        tuple(_conditions(values.get("conditions", {}))),
    )


def _settings(bodies: Sequence[tuple[_Values, Node]]) -> FunctionSettings:
    """Settings from the common ones and the function's own; of each setting the last holds."""
    values: dict[str, Any] = {}
    places: dict[str, Node] = {}
    for body, node in bodies:
        values |= body.get("settings", {})
        places |= dict.fromkeys(body.get("settings", {}), _below(node, "settings"))
    return FunctionSettings(
        logs=_logs(values.get("logs", True)),
        vpc=values.get("vpc", False),
        tracing=values.get("tracing", False),
        insights=values.get("insights", False),
        dead_letter=_destination(values, places.get("dead_letter", bodies[0][1]), "dead_letter"),
        on_success=_destination(values, places.get("on_success", bodies[0][1]), "on_success"),
        on_failure=_destination(values, places.get("on_failure", bodies[0][1]), "on_failure"),
        environment_key=values.get("environment_key"),
        file_system=FileSystem(**values["file_system"]) if "file_system" in values else None,
    )


def _logs(value: bool | _Values) -> LogSettings:
    return LogSettings(enabled=value) if isinstance(value, bool) else LogSettings(**value)
