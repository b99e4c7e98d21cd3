"""JSON for people: two spaces for each level, and lists of plain values on as few lines as fit."""

from __future__ import annotations

import json
from typing import Any

_COLUMNS = 120


def readable_json(value: Any) -> str:
    """`value` as JSON that people read, with a line end."""
    return _text(value, "", 0) + "\n"


def _text(value: Any, indent: str, used: int) -> str:
    """The value as JSON; `used` is the number of characters before it on its line."""
    inner = f"{indent}  "
    if isinstance(value, dict) and value:
        keys = {name: f"{inner}{json.dumps(name)}: " for name in value}
        lines = [f"{keys[name]}{_text(item, inner, len(keys[name]))}" for name, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        lines = [f"{inner}{_text(item, inner, len(inner))}" for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    text = json.dumps(value)
    return text if not isinstance(value, list) or used + len(text) < _COLUMNS else _packed_list(value, indent)


def _packed_list(values: list[Any], indent: str) -> str:
    """A list of plain values with as many values on each line as fit."""
    lines = [""]
    for number, value in enumerate(values, start=1):
        text = json.dumps(value) + ("," if number < len(values) else "")
        if lines[-1] and len(indent) + len(lines[-1]) + len(text) + 3 > _COLUMNS:
            lines.append("")
        lines[-1] += f" {text}" if lines[-1] else text
    return "[\n" + "".join(f"{indent}  {line}\n" for line in lines) + f"{indent}]"
