"""Reference of services and triggers for spec authors, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from textwrap import fill, wrap

from iamglue.catalog.resource_formats import ArnFormat, action_resource_types, resource_type_formats
from iamglue.catalog.services import Action, ResourceType, Service
from iamglue.catalog.trigger_reference import TriggerReference
from iamglue.catalog.verbs import Verb
from iamglue.model.spec_usage import SpecUsage

# Width of a line, and maximum width of the first column.
_COLUMNS, _FIRST = 80, 36


def service_text(service: Service, verbs: Sequence[Verb], usage: SpecUsage) -> str:
    """All verbs, triggers, settings, options, resource types, actions and condition keys of a service."""
    actions = sorted(service.actions.values(), key=lambda action: (action.access_level, action.name))
    types = "".join(map(_type_text, service.resource_types.values()))
    sections = [
        ("Verbs", _table([_verb_row(verb) for verb in verbs])),
        ("Options of entries", _table(list(usage.options))),
        ("Triggers", _table([(trigger.name, trigger.title) for trigger in usage.triggers])),
        ("Settings", _table(list(usage.settings))),
        ("Resource types", types),
        *(
            (f"Actions: {level}", _table([(action.name, _type_names(action)) for action in group]))
            for level, group in groupby(actions, key=lambda action: action.access_level)
        ),
        ("Condition keys", _table([(key.name, key.type) for key in service.condition_keys.values()])),
    ]
    return "\n".join([f"{service.prefix}: {service.name}\n", *(f"{head}\n{text}" for head, text in sections if text)])


def operation_text(service: Service, word: str, verbs: Sequence[Verb], actions: Sequence[Action]) -> str:
    """The meaning of a verb, operation or action: the verbs of that name, and the actions that it grants."""
    head = f"{service.prefix} {word}\n"
    blocks = ["As a verb\n" + _table([(verb.access, _meaning(verb)) for verb in verbs])] if verbs else []
    meaning = [_action_text(action) for action in actions] or ["needs no permission\n"]
    return "\n".join([head, *blocks, *meaning])


def trigger_list_text(triggers: Iterable[TriggerReference]) -> str:
    """One line for each trigger: its name and what invokes the function."""
    return _table([(trigger.name, trigger.title) for trigger in triggers])


def trigger_text(trigger: TriggerReference) -> str:
    """One trigger: its title, examples, keys, options and what it grants to whom."""
    examples = "".join(f"  - {example}\n" for example in trigger.examples)
    grants = "".join(f"{_paragraph(sentence)}\n" for sentence in trigger.grants)
    sections = [
        ("Examples, under `triggers`", examples),
        ("Keys of a mapping", _table(list(trigger.keys))),
        ("Options", f"  {', '.join(trigger.options)}\n"),
        ("Grants", grants),
        ("Note", f"{_paragraph(trigger.note)}\n" if trigger.note else ""),
    ]
    head = f"{trigger.name}: {trigger.title}\n"
    return "\n".join([head, *(f"{title}\n{text}" for title, text in sections if text)])


def two_column_text(rows: Iterable[tuple[str, str]]) -> str:
    """Two aligned columns, one line per row."""
    rows = list(rows)
    width = max((len(left) for left, _ in rows), default=0)
    return "".join(f"{left:<{width}}  {right}\n" for left, right in rows)


def _table(rows: list[tuple[str, str]]) -> str:
    """Two columns in lines of 80 columns; longer words are not broken."""
    # Wrapped to 80 characters; longer words are not broken.
    width = min(max((len(left) for left, _ in rows), default=0), _FIRST)
    return "".join(f"{line}\n" for row in rows for line in _lines(*row, width))


def _lines(left: str, right: str, width: int) -> list[str]:
    """The lines of a row; a left text that is wider than its column has a line of its own."""
    indent = f"{'':<{width}}    "
    lines = [f"{indent}{line}" for line in _wrap(right, _COLUMNS - len(indent))]
    if len(left) > width:
        return [f"  {left}", *lines]
    return [f"  {left:<{width}}  {lines[0].strip()}".rstrip() if left else lines[0], *lines[1:]]


def _paragraph(text: str) -> str:
    """A sentence in lines of 80 columns; longer words are not broken."""
    return fill(
        text, _COLUMNS, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _wrap(text: str, width: int) -> list[str]:
    is_one_word = " " not in text.strip()
    return [text] if is_one_word else wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _verb_row(verb: Verb) -> tuple[str, str]:
    return f"{verb.access}: {verb.name}", _meaning(verb)


def _meaning(verb: Verb) -> str:
    """Actions and resource type of a verb."""
    names = " ".join(action.partition(":")[2] for action in verb.actions)
    where = f"on {verb.resource_type}" + (f" with {verb.condition}" if verb.condition else "")
    return f"{names} {where}{' (default)' if verb.default else ''}"


def _type_text(kind: ResourceType) -> str:
    return f"  {kind.name}\n" + "".join(f"    {arn}\n" for arn in kind.arn_formats)


def _type_names(action: Action) -> str:
    return " ".join(kind.name for kind in action.resource_types) or "*"


def _action_text(action: Action) -> str:
    """Description, resources, condition keys and dependent actions of an action."""
    resource_types = action.resource_types
    keys = dict.fromkeys([*action.condition_keys, *(key for kind in resource_types for key in kind.condition_keys)])
    dependent_actions = dict.fromkeys(
        [*action.dependent_actions, *(name for kind in resource_types for name in kind.dependent_actions)]
    )
    rows = [
        ("access level", action.access_level),
        *_labelled_rows("resource", _arn_formats(action) or ['"*" only']),
        *_labelled_rows("condition key", keys),
        *_labelled_rows("also needs", dependent_actions),
    ]
    description = fill(action.description, _COLUMNS, initial_indent="  ", subsequent_indent="  ")
    return f"{action}\n{description}\n{_table(rows)}"


def _labelled_rows(head: str, values: Iterable[str]) -> list[tuple[str, str]]:
    """One row per value; only the first one has the label."""
    return [(head if at == 0 else "", value) for at, value in enumerate(values)]


def _arn_formats(action: Action) -> list[str]:
    """The resource types of an action, each with its ARN formats."""
    # With our corrections, as `generate` uses them: some ARN formats in AWS's reference are wrong.
    formats = {
        kind.name: resource_type_formats(str(action), kind) for kind in action_resource_types(str(action)).values()
    }
    return [line for name, arns in formats.items() for line in (name, *(f"  {_arn(arn)}" for arn in arns))]


def _arn(arn: ArnFormat) -> str:
    return f"arn:{arn.partition}:{arn.service}:{arn.region}:{arn.account}:{arn.resource}"
