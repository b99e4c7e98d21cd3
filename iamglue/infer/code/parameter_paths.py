"""The values of a call's parameters at a path such as `TransactItems[].Put.TableName`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamglue.infer.code.values import CodeValue, Text

_KEYS, _ELEMENTS = "{}", "[]"
_ANY_KEY = "*"


def values_at(parameters: Mapping[str, CodeValue], path: str) -> tuple[CodeValue, ...]:
    """The values at a path, () if the call does not have the parameter.

    `[]` after a name is each element of a list, `{}` the keys of a mapping.
    """
    first, *rest = path.split(".")
    start = parameters.get(first.removesuffix(_ELEMENTS).removesuffix(_KEYS))
    if start is None:
        return ()
    values = tuple(_step(start, first))
    for name in rest:
        values = tuple(
            inner
            for value in values
            if (member := _member(value, name.removesuffix(_ELEMENTS).removesuffix(_KEYS))) is not None
            for inner in _step(member, name)
        )
    return values


def texts_at(parameters: Mapping[str, CodeValue], path: str) -> tuple[tuple[Text, ...], bool]:
    """The texts at a path, sorted, and whether they are all that it may be; ((), False) if there are none."""
    values = values_at(parameters, path)
    texts = {text for value in values for text in value.texts}
    return tuple(sorted(texts, key=str)), bool(values) and all(value.is_complete for value in values)


def _member(value: CodeValue, name: str) -> CodeValue | None:
    """A member of a mapping; a member whose key is not known may be any."""
    member = value.member(name)
    return value.member(_ANY_KEY) if member is None else member


def _step(value: CodeValue, name: str) -> Iterator[CodeValue]:
    """What the suffix of a path's part selects of a value."""
    if name.endswith(_ELEMENTS):
        yield from () if value.items is None else (value.items,)
    elif name.endswith(_KEYS):
        known = [key for key, _ in value.members if key != _ANY_KEY]
        is_complete = value.is_complete and len(known) == len(value.members)
        yield CodeValue(frozenset((key,) for key in known), is_complete=is_complete)
    else:
        yield value
