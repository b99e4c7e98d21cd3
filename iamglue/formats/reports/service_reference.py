"""What a spec may say of a service, in words: verbs, resource types, actions, condition keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from textwrap import fill, wrap

from iamglue.catalog.resource_formats import ArnFormat, action_resource_types, resource_type_formats
from iamglue.catalog.services import Action, ResourceType, Service
from iamglue.catalog.verbs import Verb

# Of a line, and of the first column at most.
_COLUMNS, _FIRST = 80, 36


def service_text(found: Service, verbs: Sequence[Verb]) -> str:
    """All there is to know of a service."""
    actions = sorted(found.actions.values(), key=lambda action: (action.access_level, action.name))
    types = "".join(map(_type_text, found.resource_types.values()))
    sections = [
        ("Verbs", _table([_verb_row(verb) for verb in verbs])),
        ("Resource types", types),
        *(
            (f"Actions: {level}", _table([(action.name, _types(action)) for action in group]))
            for level, group in groupby(actions, key=lambda action: action.access_level)
        ),
        ("Condition keys", _table([(key.name, key.type) for key in found.condition_keys.values()])),
    ]
    return "\n".join([f"{found.prefix}: {found.name}\n", *(f"{head}\n{text}" for head, text in sections if text)])


def operation_text(found: Service, word: str, verbs: Sequence[Verb], actions: Sequence[Action]) -> str:
    """What one word of a service means: the verbs of that name, and the actions that it stands for."""
    head = f"{found.prefix} {word}\n"
    blocks = ["As a verb\n" + _table([(verb.access, _meaning(verb)) for verb in verbs])] if verbs else []
    meaning = [_action_text(action) for action in actions] or ["needs no permission\n"]
    return "\n".join([head, *blocks, *meaning])


def two_column_text(rows: Iterable[tuple[str, str]]) -> str:
    """Two columns, a line for each row."""
    rows = list(rows)
    width = max((len(left) for left, _ in rows), default=0)
    return "".join(f"{left:<{width}}  {right}\n" for left, right in rows)


def _table(rows: list[tuple[str, str]]) -> str:
    # In lines of 80 characters, where words allow it.
    width = min(max((len(left) for left, _ in rows), default=0), _FIRST)
    return "".join(f"{line}\n" for row in rows for line in _lines(*row, width))


def _lines(left: str, right: str, width: int) -> list[str]:
    behind = f"{'':<{width}}    "
    lines = [f"{behind}{line}" for line in _wrapped(right, _COLUMNS - len(behind))]
    if len(left) > width:
        return [f"  {left}", *lines]
    return [f"  {left:<{width}}  {lines[0].strip()}".rstrip() if left else lines[0], *lines[1:]]


def _wrapped(text: str, width: int) -> list[str]:
    one = " " not in text.strip()
    return [text] if one else wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _verb_row(verb: Verb) -> tuple[str, str]:
    return f"{verb.access}: {verb.name}", _meaning(verb)


def _meaning(verb: Verb) -> str:
    names = " ".join(action.partition(":")[2] for action in verb.actions)
    where = f"on {verb.resource_type}" + (f" with {verb.condition}" if verb.condition else "")
    return f"{names} {where}{' (default)' if verb.default else ''}"


def _type_text(kind: ResourceType) -> str:
    return f"  {kind.name}\n" + "".join(f"    {arn}\n" for arn in kind.arn_formats)


def _types(action: Action) -> str:
    return " ".join(taken.name for taken in action.resource_types) or "*"


def _action_text(action: Action) -> str:
    taken = action.resource_types
    keys = dict.fromkeys([*action.condition_keys, *(key for kind in taken for key in kind.condition_keys)])
    needed = dict.fromkeys([*action.dependent_actions, *(name for kind in taken for name in kind.dependent_actions)])
    rows = [
        ("access level", action.access_level),
        *_headed("resource", _arn_formats(action) or ['"*" only']),
        *_headed("condition key", keys),
        *_headed("also needs", needed),
    ]
    description = fill(action.description, _COLUMNS, initial_indent="  ", subsequent_indent="  ")
    return f"{action}\n{description}\n{_table(rows)}"


def _headed(head: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(head if at == 0 else "", value) for at, value in enumerate(values)]


def _arn_formats(action: Action) -> list[str]:
    # With our corrections: what `generate` fills in, which the reference has wrong in places.
    shapes = {
        kind.name: resource_type_formats(str(action), kind) for kind in action_resource_types(str(action)).values()
    }
    return [line for name, found in shapes.items() for line in (name, *(f"  {_arn(arn)}" for arn in found))]


def _arn(shape: ArnFormat) -> str:
    return f"arn:{shape.partition}:{shape.service}:{shape.region}:{shape.account}:{shape.resource}"
