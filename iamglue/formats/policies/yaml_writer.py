"""Plain data as YAML text: block style, every string that could be read as something else in double quotes.

Our own small writer, because the text must be the same for every version of a YAML library, and no line is folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from iamglue.output_escaping import escape_quoted_commands, is_hidden

# Begins with a letter, so it is no number, date or null in YAML 1.1 or 1.2; holds nothing that YAML gives a meaning.
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9:/*])|\*(?=\Z))*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class TaggedScalar:
    """A string with a YAML tag before it, as in `!Sub "..."`."""

    tag: str
    text: str


def yaml_lines(data: Any) -> Iterator[str]:
    """The lines of `data` (maps, lists, strings, whole numbers, Booleans) in block style, not indented."""
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from _entry(f"{yaml_scalar(key)}:", value)
    elif isinstance(data, list | tuple) and data:
        for value in data:
            yield from _item(value)
    else:
        yield yaml_scalar(data)


def yaml_text(data: Any) -> str:
    """`data` as a YAML document with a newline at its end."""
    return "".join(f"{line}\n" for line in yaml_lines(data))


def yaml_scalar(value: Any) -> str:
    """One value as it stands in a line; strings are quoted unless they can be read as nothing else."""
    if isinstance(value, TaggedScalar):
        return f"{value.tag} {yaml_scalar(value.text)}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else quoted_yaml_scalar(value)


def quoted_yaml_scalar(text: str) -> str:
    """`text` as a double-quoted YAML scalar, which is also a JSON string where no character is unprintable."""
    return escape_quoted_commands('"' + "".join(_character(character) for character in text) + '"', _escape)


def _character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    return _escape(character) if is_hidden(character) or (character != " " and character.isspace()) else character


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _entry(head: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple) and value:
        yield head
        yield from (f"  {line}" for line in yaml_lines(value))
    else:
        yield f"{head} {yaml_scalar(value)}"


def _item(value: Any) -> Iterator[str]:
    for number, line in enumerate(yaml_lines(value)):
        yield f"{'  ' if number else '- '}{line}"
