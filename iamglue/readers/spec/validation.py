"""Validates the types of a spec with pydantic, and turns pydantic's errors into errors with a location in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic_core import SchemaValidator, ValidationError

from iamglue.catalog.aliases import NameUse
from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.spec.entry_keys import ENTRY_LISTS, SPEC_LISTS, KeyProblem
from iamglue.readers.spec.guessed_entries import guessed_text_hint
from iamglue.readers.spec.name_errors import key_hint, setting_choices
from iamglue.readers.spec.spec_data import KEY_STEP, NodeLocator, SpecData, spec_data
from iamglue.readers.spec.spec_schemas import (
    BODY_KEYS,
    DURABLE_KEYS,
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
from iamglue.spelling import did_you_mean

_NESTED: dict[str, KeySchemas] = {
    "functions": BODY_KEYS,
    "settings": SETTINGS_KEYS,
    "logs": LOGS_KEYS,
    "file_system": FILE_SYSTEM_KEYS,
    "durable": DURABLE_KEYS,
    "raw": RAW_KEYS,
}
_EXPECTED = {
    "string_type": "a string",
    "list_type": "a list",
    "dict_type": "a mapping",
}
_EMPTY = {"too_short": "expected at least one, found none", "string_too_short": "expected a string, found nothing"}
_NODE_KIND_NAMES = {NodeKind.LIST: "a list", NodeKind.MAP: "a mapping", NodeKind.SCALAR: "a string"}
_Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """The validated values of a spec, or None and the errors."""

    values: dict[str, Any] | None
    problems: tuple[KeyProblem, ...]


def validate_spec(root: Node) -> ValidationResult:
    """Validate a spec's node tree against its schema."""
    try:
        # A missing format version is reported by `format_problems`; the rest is validated as the current format.
        return ValidationResult(_validator().validate_python({"iamglue": FORMAT, **_root_data(root)}), ())
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        locator = NodeLocator(root)
        return ValidationResult(None, tuple(_key_problem(locator, detail) for detail in details))


@cache
def _validator() -> SchemaValidator:
    """The schema's validator. To build it takes 1 ms, a fifth of what a small spec takes to be read."""
    return SchemaValidator(SPEC)


def _root_data(root: Node) -> dict[str, SpecData]:
    data = spec_data(root)
    return data if isinstance(data, dict) else {}


def _key_problem(locator: NodeLocator, detail: Mapping[str, Any]) -> KeyProblem:
    """Convert an error of pydantic."""
    path: _Path = detail["loc"]
    message, hint = _message_and_hint(detail, locator.find_node(path))
    node = locator.find_node((*path, KEY_STEP) if detail["type"] == "extra_forbidden" else path)
    return KeyProblem(
        IamglueError(message, hint=hint, location=node.location), locator.find_node(_removable_part(path))
    )


def _message_and_hint(detail: Mapping[str, Any], node: Node) -> tuple[str, str | None]:
    """Return the message and hint for an error of pydantic."""
    kind, path = detail["type"], detail["loc"]
    name = str(path[-1]) if path else ""
    if kind == ERROR_TYPE:
        context = detail.get("ctx") or {}
        return context.get("message", detail["msg"]), context.get("hint")
    if kind == "extra_forbidden":
        known = tuple(_allowed_keys(path))
        if other_names := setting_choices(name) if path[-2:-1] == ("settings",) else ():
            return f"unknown key `{name}`", f"write {'; or '.join(other_names)}"
        is_body = set(known) >= set(BODY_KEYS)
        hint = key_hint(name, known) if is_body else did_you_mean(name, known)
        return f"unknown key `{name}`", hint or f"the valid keys here are {', '.join(known)}"
    if node.is_null and path[-2:-1] == (MAPPING,):
        return f"`{name}` has no value", f'if the braces are part of the text, quote it: "{{{name}}}"'
    if kind in _EXPECTED:
        expected = _EXPECTED[kind]
        message, hint = _mismatch(
            "a string or a list" if expected == "a list" and path[-1] not in SPEC_LISTS else expected, node
        )
        return message, _wrong_type_hint(path, node) or hint
    return {**_EMPTY, "missing": f"`{name}` is missing"}.get(kind, str(detail["msg"])), None


def _mismatch(expected: str, node: Node) -> tuple[str, str | None]:
    """Return the message and hint for a value of a wrong type."""
    actual = "nothing" if node.is_null else _NODE_KIND_NAMES[node.kind]
    hints = {"a list": "begin each item with `- `", "a mapping": "write `KEY: VALUE` lines below it"}
    hint = "remove the key, or write a value" if node.is_null else hints.get(expected)
    return f"expected {expected}, found {actual}", hint


def _wrong_type_hint(path: _Path, node: Node) -> str | None:
    """Return what to write instead of a string that is an entry or trigger, or a wrong form of `function(s)`."""
    if path == ("function",) and node.kind is NodeKind.MAP:
        return "write `function: NAME`; `region` and `account` are keys of their own beside it"
    if path == ("functions",) and node.kind is NodeKind.LIST:
        return "write each function's name as a key: `functions: {NAME: {reads: [...]}}`"
    if node.kind is not NodeKind.SCALAR or len(path) < 2 or not isinstance(path[-1], int):
        return None
    uses = {**dict.fromkeys(ENTRY_LISTS, NameUse.SERVICE), "triggers": NameUse.TRIGGER}
    use = uses.get(str(path[-2]))
    return guessed_text_hint(node.text, use) if use else None


def _allowed_keys(path: _Path) -> KeySchemas:
    """Return the keys of the mapping at a path."""
    keys = [step for step in path[:-1] if isinstance(step, str)]
    if len(keys) == 2 and keys[0] == "functions":
        return BODY_KEYS
    return next((_NESTED[key] for key in reversed(keys) if key in _NESTED), SPEC_KEYS)


def _removable_part(path: _Path) -> _Path:
    """Return the path of the smallest part to remove so that the rest is valid: a list item, a setting or a key."""
    rest = path[2:] if path[:1] == ("functions",) and len(path) > 2 and path[2] != KEY_STEP else path
    start = path[: len(path) - len(rest)]
    if not rest:
        return ()
    if rest[0] in SPEC_LISTS and len(rest) > 1:
        return (*start, *rest[:2])
    if rest[0] in ("settings", "functions") and len(rest) > 1:
        return (*start, *rest[:2], KEY_STEP)
    return (*start, rest[0], KEY_STEP)
