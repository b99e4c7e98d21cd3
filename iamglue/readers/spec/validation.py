"""A spec's shape: what pydantic finds wrong with it, in our words and with the place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import SchemaValidator, ValidationError

from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.spec.entry_keys import SPEC_LISTS, KeyProblem
from iamglue.readers.spec.spec_data import KEY_STEP, NodeLocator, SpecData, spec_data
from iamglue.readers.spec.spec_schemas import (
    BODY_KEYS,
    FILE_SYSTEM_KEYS,
    FORMAT,
    LOGS_KEYS,
    RAW_KEYS,
    SETTINGS_KEYS,
    SPEC,
    SPEC_KEYS,
    KeySchemas,
)
from iamglue.readers.spec.text_schemas import ERROR_TYPE, MAPPING

_NESTED: dict[str, KeySchemas] = {
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
_FOUND = {NodeKind.LIST: "a list", NodeKind.MAP: "a mapping", NodeKind.SCALAR: "text"}
_Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """The spec as pydantic reads it, or what hinders that."""

    values: dict[str, Any] | None
    problems: tuple[KeyProblem, ...]


def validate_spec(root: Node) -> ValidationResult:
    """The tree validated."""
    try:
        # A format that is not said is told as an error elsewhere; the rest is read as the one format there is.
        return ValidationResult(SchemaValidator(SPEC).validate_python({"iamglue": FORMAT, **_keys(root)}), ())
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        places = NodeLocator(root)
        return ValidationResult(None, tuple(_problem(places, detail) for detail in found))


def _keys(root: Node) -> dict[str, SpecData]:
    found = spec_data(root)
    return found if isinstance(found, dict) else {}


def _problem(places: NodeLocator, detail: Mapping[str, Any]) -> KeyProblem:
    place: _Place = detail["loc"]
    message, hint = _words(detail, places.find_node(place))
    node = places.find_node((*place, KEY_STEP) if detail["type"] == "extra_forbidden" else place)
    return KeyProblem(IamglueError(message, hint=hint, location=node.location), places.find_node(_spoiled(place)))


def _words(detail: Mapping[str, Any], node: Node) -> tuple[str, str | None]:
    kind, place = detail["type"], detail["loc"]
    name = str(place[-1]) if place else ""
    if kind == ERROR_TYPE:
        context = detail.get("ctx") or {}
        return context.get("message", detail["msg"]), context.get("hint")
    if kind == "extra_forbidden":
        known = tuple(_keys_at(place))
        return f"unknown key `{name}`", did_you_mean(name, known) or f"the keys here: {', '.join(known)}"
    if node.is_null and place[-2:-1] == (MAPPING,):
        return f"`{name}` has no value", f'where the braces are part of the text, quote it: "{{{name}}}"'
    if kind in _EXPECTED:
        wanted = _EXPECTED[kind]
        return _mismatch("text or a list" if wanted == "a list" and place[-1] not in SPEC_LISTS else wanted, node)
    return {**_EMPTY, "missing": f"`{name}` is missing"}.get(kind, str(detail["msg"])), None


def _mismatch(expected: str, node: Node) -> tuple[str, str | None]:
    found = "nothing" if node.is_null else _FOUND[node.kind]
    hints = {"a list": "begin each item with `- `", "a mapping": "write `KEY: VALUE` lines below it"}
    hint = "leave the key out, or give it a value" if node.is_null else hints.get(expected)
    return f"expected {expected}, found {found}", hint


def _keys_at(place: _Place) -> KeySchemas:
    words = [step for step in place[:-1] if isinstance(step, str)]
    if len(words) == 2 and words[0] == "functions":
        return BODY_KEYS
    return next((_NESTED[word] for word in reversed(words) if word in _NESTED), SPEC_KEYS)


def _spoiled(place: _Place) -> _Place:
    """The smallest part that can be left out and leave a spec: an item of a list, a setting, a key of the body."""
    rest = place[2:] if place[:1] == ("functions",) and len(place) > 2 and place[2] != KEY_STEP else place
    start = place[: len(place) - len(rest)]
    if not rest:
        return ()
    if rest[0] in SPEC_LISTS and len(rest) > 1:
        return (*start, *rest[:2])
    if rest[0] in ("settings", "functions") and len(rest) > 1:
        return (*start, *rest[:2], KEY_STEP)
    return (*start, rest[0], KEY_STEP)
