"""Plain data as YAML text: block style, with double quotes for every ambiguous string.

We have our own small writer because the output must not depend on the version of a YAML library or fold lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from iamglue.output_escaping import escape_quoted_commands, is_hidden

# Begins with a letter, so it is not a number, date or null in YAML 1.1 or 1.2; contains no YAML syntax.
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9:/*])|\*(?=\Z))*")
_RESERVED_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# A comment that makes its line longer stands above it.
_COMMENTED_LINE_LENGTH = 96
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class TaggedScalar:
    """A string with a YAML tag before it, as in `!Sub "..."`."""

    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class CommentedItem:
    """An item of a list with comments, each a line: a short one at the end of its first line, others above it.

    `is_disabled`: the item is written as a comment as well.
    """

    value: Any
    comments: tuple[str, ...] = ()
    is_disabled: bool = False


def comment_line(text: str) -> str:
    """A comment on one line, whatever the text contains."""
    return escape_quoted_commands(
        f"# {''.join(letter if letter.isprintable() else ' ' for letter in text)}".rstrip(), _unicode_escape
    )


def yaml_lines(data: Any) -> Iterator[str]:
    """Lines of `data` (maps, lists, strings, integers, Booleans) in block style, not indented."""
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from _entry(f"{yaml_scalar(key)}:", value)
    elif isinstance(data, list | tuple) and data:
        for value in data:
            yield from _item(value)
    else:
        yield yaml_scalar(data)


def yaml_text(data: Any) -> str:
    """`data` as a YAML document that ends with a newline."""
    return "".join(f"{line}\n" for line in yaml_lines(data))


def yaml_scalar(value: Any) -> str:
    """One value on one line; strings are quoted unless they are unambiguous."""
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
    return value if _PLAIN.fullmatch(value) and value.lower() not in _RESERVED_WORDS else quoted_yaml_scalar(value)


def quoted_yaml_scalar(text: str) -> str:
    """`text` as a double-quoted YAML scalar, which is also a JSON string if all characters are printable."""
    return escape_quoted_commands(
        '"' + "".join(_string_character(character) for character in text) + '"', _unicode_escape
    )


def _string_character(character: str) -> str:
    """A character in double quotes; control characters, invisible ones and odd white space as escapes."""
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    return (
        _unicode_escape(character) if is_hidden(character) or (character != " " and character.isspace()) else character
    )


def _unicode_escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _entry(head: str, value: Any) -> Iterator[str]:
    """Lines of a map entry; nested values are on indented lines."""
    if isinstance(value, list | tuple) and value and all(map(_is_disabled, value)):
        # A key without a value is none in a spec: it is written as a comment with its items.
        yield f"# {head}"
        yield from (f"#   {line.removeprefix('# ')}" for line in yaml_lines(value))
    elif isinstance(value, Mapping | list | tuple) and value:
        yield head
        yield from (f"  {line}" for line in yaml_lines(value))
    else:
        yield f"{head} {yaml_scalar(value)}"


def _item(value: Any) -> Iterator[str]:
    """Lines of a list item."""
    if isinstance(value, CommentedItem):
        yield from _commented_item(value)
        return
    for number, line in enumerate(yaml_lines(value)):
        yield f"{'  ' if number else '- '}{line}"


def _commented_item(item: CommentedItem) -> Iterator[str]:
    """Lines of a list item with its comments; a disabled item is a comment as a whole."""
    lines, comments = list(_item(item.value)), list(map(comment_line, item.comments))
    if item.is_disabled:
        yield from comments
        yield from (f"# {line}" for line in lines)
    elif len(comments) == 1 and len(lines[0]) + len(comments[0]) < _COMMENTED_LINE_LENGTH:
        yield f"{lines[0]}  {comments[0]}"
        yield from lines[1:]
    else:
        yield from (*comments, *lines)


def _is_disabled(value: Any) -> bool:
    return isinstance(value, CommentedItem) and value.is_disabled
