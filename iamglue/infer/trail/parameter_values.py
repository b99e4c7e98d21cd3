"""The values in a record's `requestParameters` at a path such as `requestItems[operation=Put].tableName`.

The records come from outside: values of any type are accepted, and long lists and maps are read in part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

_STEP = re.compile(r"([^\[\]{}~]+)(\[\]|\{\}|\[([^=\]]+)=([^\]]+)\]|~(.+))?")
# Elements of a list, and members of a map, that are read.
MAX_ITEMS = 200


@dataclass(frozen=True, slots=True)
class PathStep:
    """A member by its lower-case name; then each element (`is_list`, those with `where`), or each key (`is_keys`).

    With `contains`, only a text in which this is.
    """

    name: str
    is_list: bool = False
    is_keys: bool = False
    where: tuple[str, str] | None = None
    contains: str | None = None


@dataclass(frozen=True, slots=True)
class ParameterPath:
    """A path in requestParameters: as a text, and in steps. `member` is its lower-case name if it is one member."""

    text: str
    steps: tuple[PathStep, ...]
    member: str | None

    @property
    def parameter(self) -> str:
        """The member that has all values at the path: its first two names, or the first if that is a list."""
        names = re.split(r"[\[{~]", self.text, maxsplit=1)[0].split(".")
        return ".".join(names[:2])


@lru_cache(maxsize=16384)
def parameter_path(text: str) -> ParameterPath:
    """The path that a text means: `a.b[].c`, `a[name=value].b`, `a{}`, `a~text`."""
    steps = tuple(map(_step, text.split(".")))
    return ParameterPath(text, steps, steps[0].name if steps == (PathStep(steps[0].name),) else None)


def lower_case_names(parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters by lower-case name: CloudTrail spells `tableName` also `TableName`; `a.b` is a member of `a`."""
    values: dict[str, object] = {}
    for name, value in parameters.items():
        lower = str(name).lower()
        if "." in lower:
            first, _, rest = lower.partition(".")
            inner = values.setdefault(first, {}) if rest else None
            if isinstance(inner, dict):
                inner.setdefault(rest, value)
        values.setdefault(lower, value)
    return values


def values_at(parameters: Mapping[str, object], path: ParameterPath) -> tuple[object, ...]:
    """The values at a path that are not null; `parameters` has lower-case names."""
    if path.member is not None:
        value = parameters.get(path.member)
        return () if value is None else (value,)
    first, *rest = path.steps
    values = tuple(_select(parameters.get(first.name), first))
    for step in rest:
        values = tuple(inner for value in values for inner in _select(_member(value, step.name), step))
    return values


def texts_at(parameters: Mapping[str, object], path: ParameterPath) -> tuple[str, ...]:
    """The texts at a path; the elements of a list of texts count as such."""
    values = values_at(parameters, path)
    if len(values) == 1 and isinstance(values[0], str):
        return (values[0],) if values[0] else ()
    texts: list[str] = []
    for value in values:
        items = value[:MAX_ITEMS] if isinstance(value, list) else (value,)
        texts.extend(item for item in items if isinstance(item, str) and item)
    return tuple(dict.fromkeys(texts))


def _step(text: str) -> PathStep:
    """The step that a part of a path means. Raises ValueError for one that is not valid."""
    match = _STEP.fullmatch(text)
    if match is None:
        message = f"invalid path: {text}"
        raise ValueError(message)
    name, suffix, key, value, contained = match.groups()
    where = (key.lower(), value) if key else None
    return PathStep(name.lower(), (suffix or "").startswith("["), suffix == "{}", where, contained)


def _member(value: object, name: str) -> object:
    """A member of a map, whatever the case of its name; None if there is none."""
    if not isinstance(value, dict):
        return None
    for key, inner in list(value.items())[:MAX_ITEMS]:
        if isinstance(key, str) and key.lower() == name:
            return inner
    return None


def _select(value: object, step: PathStep) -> Iterator[object]:
    """What the suffix of a step selects of a value."""
    if value is None:
        return
    if step.contains is not None:
        if isinstance(value, str) and step.contains in value:
            yield value
    elif step.is_keys:
        if isinstance(value, dict):
            yield from list(value)[:MAX_ITEMS]
    elif not step.is_list:
        yield value
    elif isinstance(value, list):
        for item in value[:MAX_ITEMS]:
            if step.where is None or _member(item, step.where[0]) == step.where[1]:
                yield item
