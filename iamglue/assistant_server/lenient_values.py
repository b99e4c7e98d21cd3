"""Arguments in the forms that assistants pass them in: objects for texts of JSON, texts of JSON for lists."""

from __future__ import annotations

import json
from typing import Any


def as_text(value: Any) -> Any:
    """An object as its JSON text; anything else as it is."""
    return json.dumps(value, indent=2, ensure_ascii=False) if isinstance(value, dict) else value


def as_texts(value: Any) -> Any:
    """A list of documents: also of one that is not in a list, and of the JSON text of a list."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _parse_json(value)
    return [value] if isinstance(value, str | dict) else value


def as_list(value: Any) -> Any:
    """A list: also of one item that is not in a list, and of the JSON text of a list or of an object."""
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        value = _parse_json(value)
    return value if isinstance(value, list) or value is None else [value]


def as_entries(value: Any) -> Any:
    """A list of entries, each with its service as the key, also of those with the keys `service` and `resource`."""
    entries = as_list(value)
    return list(map(_as_entry, entries)) if isinstance(entries, list) else entries


def _as_entry(entry: Any) -> Any:
    """An entry that is written as `{service: s3, resource: b}` as `{s3: b}`; anything else as it is."""
    if not isinstance(entry, dict) or not isinstance(entry.get("service"), str) or "resource" not in entry:
        return entry
    options = {key: option for key, option in entry.items() if key not in ("service", "resource")}
    return entry if entry["service"] in options else {entry["service"]: entry["resource"], **options}


def as_mapping(value: Any) -> Any:
    """The object of a JSON text; anything else as it is."""
    return _parse_json(value) if isinstance(value, str) else value


def as_value(value: Any) -> Any:
    """A Boolean or number as the text that a condition or a parameter has: `true`, `10`; anything else as it is."""
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def _parse_json(text: str) -> Any:
    """The value of a JSON text; the text itself if it is not JSON, or has a key twice."""
    try:
        return json.loads(text, object_pairs_hook=_object_of_unique_keys)
    except (ValueError, RecursionError):
        return text


def _object_of_unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a key that an object has twice: one of its values would be lost."""
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise ValueError
    return unique
