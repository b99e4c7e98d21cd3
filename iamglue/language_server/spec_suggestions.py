"""Suggestions in a spec: its keys, triggers, services, options of entries, and the words of `do`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.catalog.operations import operation_names
from iamglue.catalog.regions import region_names
from iamglue.catalog.services import find_service, service_names, service_prefixes
from iamglue.catalog.trigger_reference import trigger_references
from iamglue.catalog.triggers import trigger_names
from iamglue.catalog.verbs import verbs
from iamglue.language_server.cursor_context import CursorContext
from iamglue.language_server.policy_suggestions import action_suggestions
from iamglue.language_server.spec_entries import entry_service
from iamglue.language_server.suggestions import Suggestion, SuggestionKind
from iamglue.readers.spec.entry_keys import DESTINATION_SETTINGS, ENTRY_LISTS, SERVICE_OPTIONS
from iamglue.readers.spec.spec_schemas import (
    ATHENA_QUERY_KEYS,
    BODY_KEYS,
    DESCRIPTION,
    DESTINATION_OPTIONS,
    DURABLE_KEYS,
    ENTRY_OPTIONS,
    FILE_SYSTEM_KEYS,
    LOGS_KEYS,
    RAW_KEYS,
    SETTINGS_KEYS,
    SPEC_KEYS,
    TRIGGER_OPTIONS,
    KeySchemas,
)

# The keys of mappings, by the key that they are below.
_SCHEMAS: dict[str, KeySchemas] = {
    "settings": SETTINGS_KEYS,
    "raw": RAW_KEYS,
    "logs": LOGS_KEYS,
    "file_system": FILE_SYSTEM_KEYS,
    "durable": DURABLE_KEYS,
    "athena": ATHENA_QUERY_KEYS,
}
_FLAGS = ("vpc", "tracing", "insights", "missing_ok", "durable", "logs", "write", "create", "direct_reads")


def spec_suggestions(text: str, context: CursorContext, typed: str) -> Iterable[Suggestion]:
    """The suggestions at the cursor of a spec; none where a spec has a name or text of the user."""
    key, names = context.key, {name for name, _ in context.siblings}
    if key == "do":
        return _verb_suggestions(text, context, typed)
    if key in ("region", "regions") and (context.is_item or not context.is_key):
        return [Suggestion(name, SuggestionKind.VALUE) for name in region_names()]
    if context.is_key or context.is_item:
        return _name_suggestions(context, names, typed)
    return [Suggestion(word, SuggestionKind.VALUE) for word in ("true", "false")] if key in _FLAGS else ()


def _name_suggestions(context: CursorContext, names: set[str], typed: str) -> Iterable[Suggestion]:
    """The suggestions for a key of a mapping; `names` are its other keys."""
    if context.key in ENTRY_LISTS:
        return _entry_suggestions(context, names, typed)
    if context.key == "triggers":
        return _trigger_suggestions(names)
    if context.key in DESTINATION_SETTINGS:
        return [*_service_suggestions(typed), *_key_suggestions(DESTINATION_OPTIONS, names)]
    schema = spec_schema_at(context) if context.is_key else None
    return _key_suggestions(schema, names) if schema else ()


def spec_schema_at(context: CursorContext) -> KeySchemas | None:
    """The schemas of the keys of the innermost mapping; None where the keys are names of the user, or services."""
    if not context.keys:
        return SPEC_KEYS
    if len(context.keys) == 2 and context.keys[0] == "functions":
        return BODY_KEYS
    if context.key in ENTRY_LISTS:
        return ENTRY_OPTIONS
    if context.key == "triggers":
        return TRIGGER_OPTIONS
    return DESTINATION_OPTIONS if context.key in DESTINATION_SETTINGS else _SCHEMAS.get(context.key)


def _entry_suggestions(context: CursorContext, names: set[str], typed: str) -> Iterator[Suggestion]:
    """The services for a new entry; the options for one that has a service."""
    service = next((name for name in names if name not in ENTRY_OPTIONS), "").partition("/")[0]
    if not service and not names & set(ENTRY_OPTIONS):
        yield from _service_suggestions(typed, context.key)
        return
    if not service:
        yield from _service_suggestions(typed, context.key)
    options = {name: schema for name, schema in ENTRY_OPTIONS.items() if SERVICE_OPTIONS.get(name, service) == service}
    yield from _key_suggestions(options, names)


def _service_suggestions(typed: str, access: str | None = None) -> Iterator[Suggestion]:
    """The services, those with verbs for this list first; the resource types of a service after its slash."""
    prefix, slash, _ = typed.partition("/")
    service = find_service(prefix) if slash else None
    if service is not None:
        for resource_type in service.resource_types.values():
            yield Suggestion(
                f"{service.prefix}/{resource_type.name}",
                SuggestionKind.RESOURCE,
                resource_type.arn_formats[0],
                is_key=True,
            )
        return
    for name in sorted(service_prefixes(), key=lambda prefix: (not verbs(prefix, access), prefix)):
        usual = ", ".join(verb.name for verb in verbs(name, access)) if access else ""
        yield Suggestion(name, SuggestionKind.SERVICE, service_names()[name], usual and f"do: {usual}", is_key=True)


def _trigger_suggestions(names: set[str]) -> Iterator[Suggestion]:
    """The triggers for a mapping that has none yet; the options if it has one. `names` are the keys that are there."""
    if not names & set(trigger_names()):
        for reference in trigger_references():
            examples = "\n".join(reference.examples)
            yield Suggestion(reference.name, SuggestionKind.TRIGGER, reference.title, examples, is_key=True)
    if names:
        yield from _key_suggestions(TRIGGER_OPTIONS, names)


def _verb_suggestions(text: str, context: CursorContext, typed: str) -> Iterator[Suggestion]:
    """The verbs of the entry's service for its list, then the operations of the service; IAM actions after `s3:`."""
    if ":" in typed:
        yield from action_suggestions(typed)
        return
    service = entry_service(text, context).partition("/")[0]
    access = next((name for name in reversed(context.keys) if name in ENTRY_LISTS), None)
    for verb in verbs(service, access):
        detail = ", ".join(verb.actions) + (" (the default)" if verb.default else "")
        yield Suggestion(verb.name, SuggestionKind.VERB, detail)
    for name in operation_names(service) if service else ():
        yield Suggestion(name, SuggestionKind.ACTION)


def _key_suggestions(schemas: KeySchemas, names: set[str]) -> Iterator[Suggestion]:
    """The keys of a schema that are not there yet."""
    for name, schema in schemas.items():
        if name not in names:
            yield Suggestion(name, SuggestionKind.KEY, "", schema["metadata"][DESCRIPTION], is_key=True)
