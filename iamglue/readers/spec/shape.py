"""A spec's shape: what pydantic finds wrong with it, in our words and with the place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import SchemaValidator, ValidationError

from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.spec.grammar import (
    BODY_KEYS,
    FILE_SYSTEM_KEYS,
    FORMAT,
    LOGS_KEYS,
    RAW_KEYS,
    SETTINGS_KEYS,
    SPEC,
    SPEC_KEYS,
    Keys,
)
from iamglue.readers.spec.keys import LISTS, KeyProblem
from iamglue.readers.spec.spec_data import KEY, Data, Places, data
from iamglue.readers.spec.texts import MAPPING, OUR_ERROR

_NESTED: dict[str, Keys] = {
    "functions": BODY_KEYS,
    "settings": SETTINGS_KEYS,
    "logs": LOGS_KEYS,
    "file_system": FILE_SYSTEM_KEYS,
    "raw": RAW_KEYS,
}
_EXPECTED = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
}
_EMPTY = {"too_short": "expected at least one, found none", "string_too_short": "expected text, found nothing"}
_FOUND = {Shape.LIST: "a list", Shape.MAP: "a mapping", Shape.SCALAR: "text"}
_Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Shaped:
    """The spec as pydantic reads it, or what hinders that."""

    values: dict[str, Any] | None
    problems: tuple[KeyProblem, ...]


def shaped(root: Node) -> Shaped:
    """The tree validated."""
    try:
        # A format that is not said is told as an error elsewhere; the rest is read as the one format there is.
        return Shaped(SchemaValidator(SPEC).validate_python({"iamglue": FORMAT, **_keys(root)}), ())
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        places = Places(root)
        return Shaped(None, tuple(_problem(places, detail) for detail in found))


def _keys(root: Node) -> dict[str, Data]:
    found = data(root)
    return found if isinstance(found, dict) else {}


def _problem(places: Places, detail: Mapping[str, Any]) -> KeyProblem:
    place: _Place = detail["loc"]
    message, hint = _words(detail, places.node(place))
    node = places.node((*place, KEY) if detail["type"] == "extra_forbidden" else place)
    return KeyProblem(IamglueError(message, hint=hint, location=node.location), places.node(_spoiled(place)))


def _words(detail: Mapping[str, Any], node: Node) -> tuple[str, str | None]:
    kind, place = detail["type"], detail["loc"]
    name = str(place[-1]) if place else ""
    if kind == OUR_ERROR:
        context = detail.get("ctx") or {}
        return context.get("message", detail["msg"]), context.get("hint")
    if kind == "extra_forbidden":
        known = tuple(_keys_at(place))
        return f"unknown key `{name}`", did_you_mean(name, known) or f"the keys here: {', '.join(known)}"
    if node.is_null and place[-2:-1] == (MAPPING,):
        return f"`{name}` has no value", f'where the braces are part of the text, quote it: "{{{name}}}"'
    if kind in _EXPECTED:
        wanted = _EXPECTED[kind]
        return _mismatch("text or a list" if wanted == "a list" and place[-1] not in LISTS else wanted, node)
    return {**_EMPTY, "missing": f"`{name}` is missing"}.get(kind, str(detail["msg"])), None


def _mismatch(expected: str, node: Node) -> tuple[str, str | None]:
    found = "nothing" if node.is_null else _FOUND[node.shape]
    hints = {"a list": "begin each item with `- `", "a mapping": "write `KEY: VALUE` lines below it"}
    hint = "leave the key out, or give it a value" if node.is_null else hints.get(expected)
    return f"expected {expected}, found {found}", hint


def _keys_at(place: _Place) -> Keys:
    words = [step for step in place[:-1] if isinstance(step, str)]
    if len(words) == 2 and words[0] == "functions":
        return BODY_KEYS
    return next((_NESTED[word] for word in reversed(words) if word in _NESTED), SPEC_KEYS)


def _spoiled(place: _Place) -> _Place:
    """The smallest part that can be left out and leave a spec: an item of a list, a setting, a key of the body."""
    rest = place[2:] if place[:1] == ("functions",) and len(place) > 2 and place[2] != KEY else place
    start = place[: len(place) - len(rest)]
    if not rest:
        return ()
    if rest[0] in LISTS and len(rest) > 1:
        return (*start, *rest[:2])
    if rest[0] in ("settings", "functions") and len(rest) > 1:
        return (*start, *rest[:2], KEY)
    return (*start, rest[0], KEY)
