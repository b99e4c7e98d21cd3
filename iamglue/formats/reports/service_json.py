"""Reference of services and triggers for programs, as data for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from iamglue.catalog.services import Action, Service
from iamglue.catalog.trigger_reference import TriggerReference
from iamglue.catalog.verbs import Verb
from iamglue.model.spec_usage import SpecUsage

REFERENCE_VERSION = 1
_Data = dict[str, Any]


def service_list_data(services: Iterable[tuple[str, str]]) -> _Data:
    """All services: prefix and name."""
    return _document({"services": [{"service": prefix, "name": name} for prefix, name in services]})


def service_data(service: Service, verbs: Sequence[Verb], usage: SpecUsage) -> _Data:
    """One service: verbs, options, triggers, settings, resource types, actions and condition keys."""
    return _document(
        {
            "service": service.prefix,
            "name": service.name,
            "verbs": [_verb_data(verb) for verb in verbs],
            "options": _described_names(usage.options),
            "triggers": [_trigger_data(trigger) for trigger in usage.triggers],
            "settings": _described_names(usage.settings),
            "resource_types": [
                {"name": kind.name, "arns": list(kind.arn_formats)} for kind in service.resource_types.values()
            ],
            "actions": [_action_data(action) for action in service.actions.values()],
            "condition_keys": [{"name": key.name, "type": key.type} for key in service.condition_keys.values()],
        }
    )


def operation_data(service: Service, word: str, verbs: Sequence[Verb], actions: Sequence[Action]) -> _Data:
    """A verb, operation or action: the verbs of that name, and the actions that it grants."""
    return _document(
        {
            "service": service.prefix,
            "word": word,
            "verbs": [_verb_data(verb) for verb in verbs],
            "actions": [_action_data(action) for action in actions],
        }
    )


def trigger_list_data(triggers: Iterable[TriggerReference]) -> _Data:
    """Triggers with their examples, keys, options and grants."""
    return _document({"triggers": [_trigger_data(trigger) for trigger in triggers]})


def _document(data: _Data) -> _Data:
    return {"version": REFERENCE_VERSION, **data}


def _described_names(rows: Iterable[tuple[str, str]]) -> list[_Data]:
    return [{"name": name, "description": description} for name, description in rows]


def _verb_data(verb: Verb) -> _Data:
    """A verb with the actions that it grants."""
    return {
        "list": verb.access,
        "verb": verb.name,
        "default": verb.default,
        "resource_type": verb.resource_type,
        "actions": list(verb.actions),
        "condition": verb.condition or None,
    }


def _action_data(action: Action) -> _Data:
    """An action, as AWS's reference describes it."""
    return {
        "action": str(action),
        "access_level": action.access_level,
        "description": action.description,
        "resource_types": [kind.name for kind in action.resource_types],
        "condition_keys": list(action.condition_keys),
    }


def _trigger_data(trigger: TriggerReference) -> _Data:
    """A trigger with its examples and what it grants."""
    return {
        "trigger": trigger.name,
        "title": trigger.title,
        "examples": list(trigger.examples),
        "keys": _described_names(trigger.keys),
        "options": list(trigger.options),
        "grants": list(trigger.grants),
        "note": trigger.note or None,
    }
