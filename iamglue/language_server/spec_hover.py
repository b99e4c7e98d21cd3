"""What an editor shows about a word of a spec, as Markdown: a trigger, a service, a verb, or a key."""

from __future__ import annotations

from iamglue.catalog.operations import operation_actions
from iamglue.catalog.services import find_service
from iamglue.catalog.trigger_reference import trigger_reference
from iamglue.catalog.verbs import find_verb, verbs
from iamglue.language_server.cursor_context import CursorContext
from iamglue.language_server.policy_hover import action_hover
from iamglue.language_server.spec_entries import entry_service
from iamglue.language_server.spec_suggestions import spec_schema_at
from iamglue.readers.spec.entry_keys import DESTINATION_SETTINGS, ENTRY_LISTS
from iamglue.readers.spec.spec_schemas import DESCRIPTION

_MAX_ACTIONS = 5


def spec_hover(word: str, text: str, context: CursorContext) -> str:
    """The text on a word of a spec; empty if it is a name or text of the user."""
    if context.key == "do":
        return _verb_hover(word, text, context)
    if not context.is_key:
        return ""
    if context.key == "triggers" and (hover := _trigger_hover(word)):
        return hover
    schema = spec_schema_at(context)
    if schema is not None and word in schema:
        return f"**{word}**: {schema[word]['metadata'][DESCRIPTION]}"
    is_entry = context.key in (*ENTRY_LISTS, *DESTINATION_SETTINGS)
    return _service_hover(word, context.key) if is_entry else ""


def _trigger_hover(word: str) -> str:
    """What a trigger grants, with examples; empty for a word that is not a trigger."""
    reference = trigger_reference(word)
    if reference is None:
        return ""
    lines = [f"**{reference.name}**: {reference.title}", *(f"- {grant}" for grant in reference.grants), reference.note]
    examples = "\n".join(f"```yaml\n{example}\n```" for example in reference.examples)
    return "\n\n".join(filter(None, [*lines, examples]))


def _service_hover(word: str, access: str) -> str:
    """The service, the ARN formats of the type, and the verbs of the list; empty for a word that is not a service."""
    prefix, _, type_name = word.partition("/")
    service = find_service(prefix)
    if service is None:
        return ""
    lines = [f"**{service.prefix}**: {service.name}"]
    resource_type = service.resource_types.get(type_name.lower()) if type_name else None
    if resource_type is not None:
        lines.append(f"{resource_type.name}: {', '.join(f'`{arn}`' for arn in resource_type.arn_formats)}")
    rows = [
        f"- `{verb.name}`{' (the default)' if verb.default else ''}: {_code_list(verb.actions)}"
        for verb in verbs(service.prefix, access if access in ENTRY_LISTS else None)
    ]
    return "\n\n".join([*lines, *(["\n".join([f"Verbs of `{access}`:", *rows])] if rows else [])])


def _verb_hover(word: str, text: str, context: CursorContext) -> str:
    """The actions that a word of `do` grants."""
    service = entry_service(text, context).partition("/")[0]
    access = next((name for name in reversed(context.keys) if name in ENTRY_LISTS), "")
    verb = find_verb(service, access, word)
    names = verb.actions if verb is not None else operation_actions(service, word) if service else None
    if names is None:
        return ""
    if not names:
        return f"`{word}` needs no permission"
    more = f"\n\nand {len(names) - _MAX_ACTIONS} more" if len(names) > _MAX_ACTIONS else ""
    head = f"**{word}** grants {_code_list(names)}"
    return "\n\n---\n\n".join([head, *filter(None, map(action_hover, names[:_MAX_ACTIONS]))]) + more


def _code_list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
