"""Functions as a spec file, format 1: canonical YAML from which our reader reads the same functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from iamglue.formats.policies.yaml_writer import CommentedItem, comment_line, yaml_text
from iamglue.model.spec import (
    AccessEntry,
    AccessList,
    FileSystem,
    FunctionSettings,
    LogSettings,
    RawStatement,
    SpecFunction,
    SpecResource,
    Trigger,
)
from iamglue.model.spec_comments import CommentedFunction
from iamglue.policy.conditions import Condition

_Values = dict[str, Any]
_DESTINATIONS = ("dead_letter", "on_success", "on_failure")


def spec_text(functions: Sequence[SpecFunction], unknown: Iterable[str] = ()) -> str:
    """The functions as a spec. The lines of `unknown` are comments at the top."""
    return commented_spec_text([CommentedFunction(function) for function in functions], unknown)


def commented_spec_text(functions: Sequence[CommentedFunction], head: Iterable[str] = ()) -> str:
    """The functions as a spec with their comments; the lines of `head` are comments at the top.

    No text can leave its comment: characters that end a line, or are hidden, are written as spaces.
    """
    notes = [*head, *(note for item in functions for note in item.notes)]
    comments = "".join(f"{comment_line(text)}\n" for text in dict.fromkeys(notes))
    return comments + yaml_text(_spec_values(functions))


def spec_values(functions: Sequence[SpecFunction]) -> dict[str, Any]:
    """The functions as the plain data of a spec."""
    return _spec_values([CommentedFunction(function) for function in functions])


def _spec_values(functions: Sequence[CommentedFunction]) -> _Values:
    """The data of the file: `function` for one function, else `functions` by name."""
    if len(functions) == 1:
        return {"iamglue": 1, "function": functions[0].function.name, **_function_body(functions[0])}
    return {"iamglue": 1, "functions": {item.function.name: _function_body(item) for item in functions}}


def entry_text(entry: AccessEntry) -> str:
    """One entry as an item of its list."""
    return yaml_text([_entry(entry)])


def entry_value(entry: AccessEntry) -> Mapping[str, Any]:
    """One entry as the data that its list has."""
    return _entry(entry)


def _function_body(commented: CommentedFunction) -> _Values:
    """The keys of one function in the spec."""
    function, comments = commented.function, commented.comments
    return _non_empty(
        description=function.description,
        region=function.region,
        account=function.account,
        partition=function.partition,
        triggers=[_with_comments(_trigger(trigger), comments.get(trigger)) for trigger in function.triggers],
        **{access.value: _entries(commented, access) for access in AccessList},
        settings=_settings(function.settings),
        raw=[_with_comments(_raw(raw), comments.get(raw)) for raw in function.raw],
    )


def _entries(commented: CommentedFunction, access: AccessList) -> list[_Values | CommentedItem]:
    """The entries of one list, then those that are written as comments."""
    return [
        *(
            _with_comments(_entry(entry), commented.comments.get(entry))
            for entry in commented.function.entries
            if entry.access is access
        ),
        *(
            CommentedItem(_entry(item.entry), item.reasons, is_disabled=True)
            for item in commented.disabled
            if item.entry.access is access
        ),
    ]


def _with_comments(value: _Values, comments: tuple[str, ...] | None) -> _Values | CommentedItem:
    return CommentedItem(value, comments) if comments else value


def _non_empty(**values: Any) -> _Values:
    """The values that are not empty, in the same order."""
    return {name: value for name, value in values.items() if value not in (None, [], (), {}, "")}


def _trigger(trigger: Trigger) -> _Values:
    """A trigger with its options; a rule's name that follows from the function's is left out."""
    return {
        trigger.name: trigger.expression or _resource(trigger.resource),
        **_non_empty(
            name=trigger.resource.text if trigger.expression and not trigger.has_derived_name else None,
            account=trigger.account,
            region=trigger.region,
            key=trigger.key,
            consumer=trigger.consumer,
            on_failure=_entry(trigger.on_failure) if trigger.on_failure else None,
            why=trigger.why,
        ),
    }


def _entry(entry: AccessEntry) -> _Values:
    """An entry with its options; one value of a list is written as a text."""
    service = f"{entry.service}/{entry.resource_type}" if entry.resource_type else entry.service
    properties = _non_empty(
        do=_one_or_list(entry.do),
        key=entry.key,
        account=entry.account,
        region=_one_or_list(entry.regions),
        when=_conditions(entry.when),
        why=entry.why,
        prefix=entry.prefix,
        missing_ok=entry.missing_ok or None,
        index=entry.index,
        leading_keys=_one_or_list(entry.leading_keys),
        attributes=_one_or_list(entry.attributes),
        model=_one_or_list(entry.models),
        regions=list(entry.destination_regions),
        guardrail=entry.guardrail,
        access_point=entry.access_point,
        secret=_resource(entry.secret) if entry.secret else None,
        consumer=entry.consumer,
        pass_role=_one_or_list(entry.pass_role),
        passed_to=entry.passed_to,
    )
    return {service: _resource(entry.resource), **properties}


def _resource(resource: SpecResource) -> str | Mapping[str, str | list[str]]:
    """The resource; a variable with several values has a list."""
    if resource.text is not None:
        return resource.text
    values: dict[str, list[str]] = {}
    for name, value in resource.variables:
        values.setdefault(name, []).append(value)
    return {name: _one_or_list(tuple(texts)) for name, texts in values.items()}


def _one_or_list(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _conditions(conditions: tuple[Condition, ...]) -> _Values:
    """The conditions as in a policy: operator, condition key, values."""
    block: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        block.setdefault(str(condition.operator), {})[condition.key] = _one_or_list(condition.values)
    return block


def _settings(settings: FunctionSettings) -> _Values:
    """The settings that differ from their defaults, so that a function without any has none."""
    properties = _non_empty(
        vpc=settings.vpc or None,
        tracing=settings.tracing or None,
        insights=settings.insights or None,
        **{name: _entry(entry) for name in _DESTINATIONS if (entry := getattr(settings, name)) is not None},
        environment_key=settings.environment_key,
    )
    if settings.file_system is not None:
        properties["file_system"] = _file_system(settings.file_system)
    if settings.durable is not None:
        properties["durable"] = {"key": settings.durable.key} if settings.durable.key else True
    logs = _logs(settings.logs)
    return properties if logs is None else {"logs": logs, **properties}


def _file_system(mount: FileSystem) -> _Values:
    """A mounted file system, without options that have their default."""
    return _non_empty(
        id=mount.id,
        access_point=mount.access_point,
        write=mount.write or None,
        bucket=mount.bucket,
        direct_reads=None if mount.direct_reads else False,
        key=mount.key,
    )


def _logs(logs: LogSettings) -> bool | _Values | None:
    """The `logs` setting; None for the default."""
    if not logs.enabled:
        return False
    properties = _non_empty(group=logs.group)
    return ({"create": False} | properties if not logs.create else properties) or None


def _raw(raw: RawStatement) -> _Values:
    """A statement that is used unchanged."""
    conditions = {"conditions": _conditions(raw.conditions)} if raw.conditions else {}
    return {"actions": list(raw.actions), "resources": list(raw.resources), **conditions, "why": raw.why}
