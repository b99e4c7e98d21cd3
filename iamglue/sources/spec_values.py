"""From the validated spec to the values that the rest works with, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from iamglue.iam.conditions import Condition, operator
from iamglue.iam.nodes import Node
from iamglue.sources.spec_keys import ENTRY_OPTIONS, TRIGGER_OPTIONS, chosen_key
from iamglue.sources.spec_models import (
    BodyModel,
    DestinationModel,
    EntryModel,
    FileSystemModel,
    RawModel,
    SettingsModel,
    SpecModel,
    TriggerModel,
)
from iamglue.sources.spec_texts import Conditions
from iamglue.subjects.spec import (
    AccessList,
    Entry,
    FileSystem,
    Function,
    Logs,
    RawStatement,
    Resource,
    Settings,
    Spec,
    Trigger,
)

# Stands for a name that is wrong, so that the errors of the rest can be told in the same run.
UNNAMED = "function"


def spec_values(model: SpecModel, root: Node) -> Spec:
    """The spec's functions; what stands beside `functions` holds for each of them."""
    if model.functions is None:
        name = root.get("function") or root
        return Spec(root.path, (_function(model.function or UNNAMED, name, [(model, root)]),))
    bodies = root.get("functions") or root
    functions = [
        _function(name, bodies.key(name) or bodies, [(model, root), (body, bodies.get(name) or bodies)])
        for name, body in model.functions.items()
    ]
    return Spec(root.path, tuple(functions))


_Body = tuple[BodyModel, Node]


def _function(name: str, named: Node, bodies: Sequence[_Body]) -> Function:
    """A function from its bodies, the common one first: lists are joined, of single values the last holds."""
    settings = [(body.settings, below) for body, node in bodies if body.settings and (below := node.get("settings"))]
    settings_keys = [key for _, node in bodies if (key := node.key("settings"))]
    return Function(
        name,
        named.location,
        description=_last(body.description for body, _ in bodies),
        region=_last(body.region for body, _ in bodies),
        account=_last(body.account for body, _ in bodies),
        partition=_last(body.partition for body, _ in bodies),
        triggers=tuple(
            _trigger(model, item)
            for body, node in bodies
            for model, item in zip(body.triggers, _items(node, "triggers"), strict=True)
        ),
        entries=tuple(
            _entry(model, item, access)
            for access in AccessList
            for body, node in bodies
            for model, item in zip(getattr(body, access.value), _items(node, access.value), strict=True)
        ),
        settings=_settings(settings),
        raw=tuple(
            _raw(model, item)
            for body, node in bodies
            for model, item in zip(body.raw, _items(node, "raw"), strict=True)
        ),
        settings_location=settings_keys[-1].location if settings_keys else None,
    )


def _last(values: Iterable[str | None]) -> str | None:
    return next((value for value in reversed(list(values)) if value is not None), None)


def _items(node: Node, name: str) -> tuple[Node, ...]:
    found = node.get(name)
    return found.items if found else ()


def _entry(model: EntryModel, item: Node, access: AccessList) -> Entry:
    key = chosen_key(item, ENTRY_OPTIONS)
    service, _, resource_type = key.text.partition("/")
    return Entry(
        access,
        service,
        _resource(model, key),
        key.location,
        resource_type=resource_type or None,
        do=tuple(model.do or ()),
        key=model.key,
        account=model.account,
        regions=tuple(model.region or ()),
        when=_conditions(model.when),
        why=model.why,
        prefix=model.prefix,
        missing_ok=model.missing_ok,
        index=model.index,
        leading_keys=tuple(model.leading_keys or ()),
        attributes=tuple(model.attributes or ()),
    )


def _destination(model: DestinationModel | None, item: Node | None) -> Entry | None:
    if model is None or item is None:
        return None
    key = chosen_key(item, ENTRY_OPTIONS)
    service, _, resource_type = key.text.partition("/")
    return Entry(
        AccessList.WRITES,
        service,
        _resource(model, key),
        key.location,
        resource_type=resource_type or None,
        key=model.key,
        account=model.account,
        regions=(model.region,) if model.region else (),
        why=model.why,
    )


def _trigger(model: TriggerModel, item: Node) -> Trigger:
    key = chosen_key(item, TRIGGER_OPTIONS)
    return Trigger(
        key.text,
        _resource(model, key),
        key.location,
        account=model.account,
        region=model.region,
        key=model.key,
        consumer=model.consumer,
        on_failure=_destination(model.on_failure, item.get("on_failure")),
        why=model.why,
    )


def _resource(model: EntryModel | DestinationModel | TriggerModel, key: Node) -> Resource:
    value: str | Mapping[str, str] = (model.model_extra or {})[key.text]
    return Resource(text=value) if isinstance(value, str) else Resource(variables=tuple(value.items()))


def _conditions(written: Conditions | None) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for name, tests in (written or {}).items():
        operation = operator(name)
        if operation is not None:  # the model let no other through
            found += [Condition(operation, key, tuple(values)) for key, values in tests.items()]
    return tuple(found)


def _raw(model: RawModel, item: Node) -> RawStatement:
    return RawStatement(
        tuple(model.actions), tuple(model.resources), model.why, item.location, _conditions(model.conditions)
    )


def _settings(written: Sequence[tuple[SettingsModel, Node]]) -> Settings:
    """Settings from the common ones and the function's own; of each setting the last holds."""
    of: dict[str, tuple[SettingsModel, Node | None]] = {
        name: (model, node.get(name)) for model, node in written for name in model.model_fields_set
    }
    default = SettingsModel(), None
    success, failure, dead = (of.get(name, default) for name in ("on_success", "on_failure", "dead_letter"))
    return Settings(
        logs=_logs(of.get("logs", default)[0]),
        vpc=of.get("vpc", default)[0].vpc,
        tracing=of.get("tracing", default)[0].tracing,
        insights=of.get("insights", default)[0].insights,
        dead_letter=_destination(dead[0].dead_letter, dead[1]),
        on_success=_destination(success[0].on_success, success[1]),
        on_failure=_destination(failure[0].on_failure, failure[1]),
        environment_key=of.get("environment_key", default)[0].environment_key,
        file_system=_file_system(of.get("file_system", default)[0].file_system),
    )


def _logs(settings: SettingsModel) -> Logs:
    if isinstance(settings.logs, bool):
        return Logs(enabled=settings.logs)
    return Logs(create=settings.logs.create, group=settings.logs.group)


def _file_system(model: FileSystemModel | None) -> FileSystem | None:
    return FileSystem(model.id, model.access_point, model.write) if model else None
