"""What a spec may say of a service, in words: verbs, resource types, actions, condition keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from iamglue.catalog.services import Action, ResourceType, Service
from iamglue.catalog.shapes import ArnFormat, formats, types_of
from iamglue.catalog.verbs import Verb


def service_text(found: Service, verbs: Sequence[Verb]) -> str:
    """All there is to know of a service."""
    actions = sorted(found.actions.values(), key=lambda action: (action.access_level, action.name))
    sections = [
        ("Verbs", [_verb_row(verb) for verb in verbs]),
        ("Resource types", [row for kind in found.resource_types.values() for row in _type_rows(kind)]),
        *(
            (f"Actions: {level}", [(action.name, _types(action)) for action in group])
            for level, group in groupby(actions, key=lambda action: action.access_level)
        ),
        ("Condition keys", [(key.name, key.type) for key in found.condition_keys.values()]),
    ]
    return "\n".join([f"{found.prefix}: {found.name}\n", *(_section(head, rows) for head, rows in sections if rows)])


def word_text(found: Service, word: str, verbs: Sequence[Verb], actions: Sequence[Action]) -> str:
    """What one word of a service means: the verbs of that name, and the actions that it stands for."""
    head = f"{found.prefix} {word}\n"
    blocks = [_section("As a verb", [(verb.access, _meaning(verb)) for verb in verbs])] if verbs else []
    meaning = [_action_text(action) for action in actions] or ["needs no permission\n"]
    return "\n".join([head, *blocks, *meaning])


def table(rows: Iterable[tuple[str, str]], indent: str = "") -> str:
    """Two columns, the first as wide as its widest cell."""
    rows = list(rows)
    width = max((len(left) for left, _ in rows), default=0)
    return "".join(f"{indent}{left:<{width}}  {right}".rstrip() + "\n" for left, right in rows)


def _section(head: str, rows: list[tuple[str, str]]) -> str:
    return f"{head}\n{table(rows, '  ')}"


def _verb_row(verb: Verb) -> tuple[str, str]:
    return f"{verb.access}: {verb.name}", _meaning(verb)


def _meaning(verb: Verb) -> str:
    names = " ".join(action.partition(":")[2] for action in verb.actions)
    where = f"on {verb.resource_type}" + (f" with {verb.condition}" if verb.condition else "")
    return f"{names} {where}{' (default)' if verb.default else ''}"


def _type_rows(kind: ResourceType) -> list[tuple[str, str]]:
    return [(kind.name if at == 0 else "", arn) for at, arn in enumerate(kind.arn_formats)]


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
    return f"{action}\n  {action.description}\n{table(rows, '  ')}"


def _headed(head: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(head if at == 0 else "", value) for at, value in enumerate(values)]


def _arn_formats(action: Action) -> list[str]:
    # With our corrections: what `generate` fills in, which the reference has wrong in places.
    shapes = {kind.name: formats(str(action), kind) for kind in types_of(str(action)).values()}
    width = max(map(len, shapes), default=0)
    return [f"{name:<{width}}  {_arn(arn)}" for name, found in shapes.items() for arn in found]


def _arn(shape: ArnFormat) -> str:
    return f"arn:{shape.partition}:{shape.service}:{shape.region}:{shape.account}:{shape.resource}"
