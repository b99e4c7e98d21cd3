"""Things as the values that a reading gives, when all is known."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import ABSENT, NONE, FixedPoint, Values
from iamglue.infer.code.python.containers import Container
from iamglue.infer.code.python.texts import literal_of
from iamglue.infer.code.values import UNKNOWN_TEXT, UNKNOWN_VALUE, CodeValue, Text, join_values

_MAX_DEPTH = 8


def resolve_values(values: Values, machine: FixedPoint, depth: int = 0) -> CodeValue:
    """What the code says of values; None counts as something that is not given."""
    objects = values - NONE - ABSENT
    if not objects or depth > _MAX_DEPTH:
        return UNKNOWN_VALUE
    texts: set[Text] = set()
    is_complete = True
    result: CodeValue | None = None
    for obj in objects:
        if isinstance(obj, Container):
            resolved = _resolve_container(obj, machine, depth)
            result = resolved if result is None else join_values(result, resolved)
        elif obj.as_text is not None and obj.as_text != UNKNOWN_TEXT:
            texts.add(obj.as_text)
        else:
            is_complete = False
    simple = CodeValue(frozenset(texts), is_complete=is_complete)
    return simple if result is None else join_values(result, simple)


def _resolve_container(container: Container, machine: FixedPoint, depth: int) -> CodeValue:
    """The members of a dictionary, `*` for keys that are not known, or all elements of a list as one value."""
    members: dict[str, CodeValue] = {}
    optional: set[str] = set()
    items: CodeValue | None = None
    for key in container.keys(machine, None):
        stored = container.stored(machine, key, None)
        value = resolve_values(stored, machine, depth + 1)
        if container.kind != "dict":
            items = value if items is None else join_values(items, value)
            continue
        name = literal_of(key)
        name = "*" if name is None else name
        members[name] = join_values(members[name], value) if name in members else value
        if stored & ABSENT:
            optional.add(name)
    named = tuple(sorted(members.items(), key=lambda item: item[0]))
    return CodeValue(members=named, items=items, optional=frozenset(optional))
