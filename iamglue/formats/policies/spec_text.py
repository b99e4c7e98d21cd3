"""Functions as a spec file, format 1: canonical YAML, which our reader takes for the same functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from iamglue.formats.policies.yaml_writer import yaml_text
from iamglue.model.spec import (
    AccessEntry,
    AccessList,
    FunctionSettings,
    LogSettings,
    RawStatement,
    SpecFunction,
    SpecResource,
    Trigger,
)
from iamglue.policy.conditions import Condition

_Values = dict[str, Any]
_DESTINATIONS = ("dead_letter", "on_success", "on_failure")


def spec_text(functions: Sequence[SpecFunction], unknown: Iterable[str] = ()) -> str:
    """The functions as a spec. `unknown` stands above it as comments, a line each."""
    comments = "".join(f"# {_one_line(text)}\n" for text in unknown)
    if len(functions) == 1:
        return comments + yaml_text({"iamglue": 1, "function": functions[0].name, **_body(functions[0])})
    return comments + yaml_text({"iamglue": 1, "functions": {each.name: _body(each) for each in functions}})


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _body(function: SpecFunction) -> _Values:
    lists = {access: [_entry(each) for each in function.entries if each.access is access] for access in AccessList}
    return _given(
        description=function.description,
        region=function.region,
        account=function.account,
        partition=function.partition,
        triggers=[_trigger(each) for each in function.triggers],
        **{access.value: found for access, found in lists.items()},
        settings=_settings(function.settings),
        raw=[_raw(each) for each in function.raw],
    )


def _given(**values: Any) -> _Values:
    """The values that say something, in their order."""
    return {name: value for name, value in values.items() if value not in (None, [], (), {}, "")}


def _trigger(trigger: Trigger) -> _Values:
    return {
        trigger.name: _resource(trigger.resource),
        **_given(
            account=trigger.account,
            region=trigger.region,
            key=trigger.key,
            consumer=trigger.consumer,
            on_failure=_entry(trigger.on_failure) if trigger.on_failure else None,
            why=trigger.why,
        ),
    }


def _entry(entry: AccessEntry) -> _Values:
    service = f"{entry.service}/{entry.resource_type}" if entry.resource_type else entry.service
    given = _given(
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
    )
    return {service: _resource(entry.resource), **given}


def _resource(resource: SpecResource) -> str | Mapping[str, str]:
    return dict(resource.variables) if resource.text is None else resource.text


def _one_or_list(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _conditions(conditions: tuple[Condition, ...]) -> _Values:
    found: dict[str, dict[str, Any]] = {}
    for each in conditions:
        found.setdefault(str(each.operator), {})[each.key] = _one_or_list(each.values)
    return found


def _settings(settings: FunctionSettings) -> _Values:
    found = _given(
        vpc=settings.vpc or None,
        tracing=settings.tracing or None,
        insights=settings.insights or None,
        **{name: _entry(each) for name in _DESTINATIONS if (each := getattr(settings, name)) is not None},
        environment_key=settings.environment_key,
    )
    if (mount := settings.file_system) is not None:
        write = {"write": True} if mount.write else {}
        found["file_system"] = {"id": mount.id, "access_point": mount.access_point, **write}
    logs = _logs(settings.logs)
    return found if logs is None else {"logs": logs, **found}


def _logs(logs: LogSettings) -> bool | _Values | None:
    """None where the function logs as it does without a word."""
    if not logs.enabled:
        return False
    found = _given(group=logs.group)
    return ({"create": False} | found if not logs.create else found) or None


def _raw(raw: RawStatement) -> _Values:
    conditions = {"conditions": _conditions(raw.conditions)} if raw.conditions else {}
    return {"actions": list(raw.actions), "resources": list(raw.resources), **conditions, "why": raw.why}
