"""Entries and triggers in a form that newcomers guess: `service: s3`, an ARN alone, `s3:photos` without a space.

Each of them is an error, with the entry to write instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from iamglue.catalog.aliases import NameUse, canonical_name, name_choices, word_key
from iamglue.catalog.services import find_action, service_prefixes
from iamglue.catalog.triggers import trigger_names
from iamglue.errors import IamglueError
from iamglue.policy.arns import parse_arn
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.spec.name_errors import unknown_service_error

# Keys as `_values` writes them: in lower case, without `_` and `-`.
_NAME_KEYS = ("service", "awsservice", "trigger", "type", "kind", "resourcetype", "source", "eventsource")
_RESOURCE_KEYS = ("resource", "resources", "name", "arn", "id", "target", "resourcename", "resourcearn")
_ACTION_KEYS = ("do", "action", "actions", "operation", "operations", "permission", "permissions", "verbs")
_MESSAGES = {
    NameUse.SERVICE: "an entry must name its service as a key: `SERVICE: RESOURCE`",
    NameUse.TRIGGER: "a trigger must be a key: `TRIGGER: SOURCE`",
}


def guessed_mapping_error(item: Node, use: NameUse) -> IamglueError | None:
    """Return the error for a mapping that names its service or trigger in a value; None for any other mapping.

    For an item without a key that is a service or trigger.
    """
    values = _values(item)
    named = next((name for key in _NAME_KEYS if (name := _name_in(values.get(key), use))), None)
    arn = next((value.text for value in values.values() if _is_arn(value)), None)
    if arn is not None:
        named = named or _arn_service(arn, use)
    if named is None:
        service = values.get("service") if use is NameUse.SERVICE else None
        return unknown_service_error(service) if service is not None and service.kind is NodeKind.SCALAR else None
    placeholder = "SOURCE" if use is NameUse.TRIGGER else "RESOURCE"
    hint = f"write `{named}: {arn or _resource_in(values) or placeholder}`"
    if use is NameUse.SERVICE and (actions := _actions_in(values)):
        hint += f" and `do: {actions}`"
    return IamglueError(_MESSAGES[use], hint=hint, location=item.location)


def guessed_text_hint(text: str, use: NameUse) -> str:
    """Return the entry or trigger to write instead of a text in the list."""
    arn_service = _arn_service(text, use)
    if arn_service:
        return f"write `{arn_service}: {text}`"
    before, colon, after = text.partition(":")
    action = find_action(text) if colon and use is NameUse.SERVICE else None
    if action is not None:
        return f"write `{action.service}: RESOURCE` and `do: {action.name}`"
    name = _known_name(before.strip(), use)
    if name is None:
        return "write for example `s3: BUCKET`"
    placeholder = "SOURCE" if use is NameUse.TRIGGER else "RESOURCE"
    return f"write `{name}: {after or placeholder}`" + (", with a space after the colon" if after else "")


def _values(item: Node) -> dict[str, Node]:
    """The values of a mapping, by their keys in lower case without separators."""
    return {word_key(key.text): value for key, value in item.pairs}


def _name_in(value: Node | None, use: NameUse) -> str | None:
    return _known_name(value.text, use) if value is not None and value.kind is NodeKind.SCALAR else None


def _known_name(word: str, use: NameUse) -> str | None:
    """The name of the service or trigger that a word is, or that it alone may stand for."""
    known = trigger_names() if use is NameUse.TRIGGER else service_prefixes()
    if word in known:
        return word
    choices = name_choices(word, use)
    return canonical_name(word, use) or (choices[0].name or None if len(choices) == 1 else None)


def _is_arn(value: Node) -> bool:
    return value.kind is NodeKind.SCALAR and _arn_service(value.text, NameUse.SERVICE) is not None


def _arn_service(text: str, use: NameUse) -> str | None:
    """The service of an ARN, as the name of an entry or trigger; None if the text is not the ARN of one."""
    arn = parse_arn(text)
    return _known_name(arn.service, use) if arn is not None else None


def _resource_in(values: Mapping[str, Node]) -> str | None:
    """The text that most likely is the resource: of a key that says so, or of one that is a kind of resource."""
    others = {key: value for key, value in values.items() if key not in (*_NAME_KEYS, *_ACTION_KEYS)}
    likely = [others[key] for key in _RESOURCE_KEYS if key in others]
    likely += [value for key, value in others.items() if name_choices(key, NameUse.SERVICE)]
    texts = (value.items[0] if value.kind is NodeKind.LIST and value.items else value for value in likely)
    return next((node.text for node in texts if node.kind is NodeKind.SCALAR and node.text), None)


def _actions_in(values: Mapping[str, Node]) -> str | None:
    """The actions that a mapping lists, as the value of `do`."""
    value = next((values[key] for key in _ACTION_KEYS if key in values), None)
    if value is None or value.kind is NodeKind.MAP:
        return None
    words = [node.text for node in (value.items or (value,)) if node.kind is NodeKind.SCALAR and node.text]
    return words[0] if len(words) == 1 else f"[{', '.join(words)}]" if words else None
