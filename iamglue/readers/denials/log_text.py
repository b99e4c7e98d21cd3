r"""The plain text of a log: JSON, escapes and terminal decoration are removed, line breaks are kept as `\n`."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

# A message in a state machine's cause is JSON in JSON in JSON; deeper nesting is left as text.
MAX_DEPTH = 8
_DECODER = json.JSONDecoder(strict=False)  # line breaks in strings: consoles wrap them
_OPENING = re.compile(r'\{\s*"|\[\s*\{')
# A decoder's error takes time in proportion to its position in the text; what remains is read as text.
_MAX_FAILURES = 2000
_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# Terraform and consoles draw frames and tables around messages.
_FRAME = re.compile(r"(?m)^[ \t]*[│╷╵╎┃║|>]+(?=\s|$)|[│┃║|][ \t]*$")
_COLUMN_BORDER = re.compile(r"\s[|│]\s")
_ESCAPED_QUOTE = re.compile(r"""\\+(?=["'])""")
_ESCAPED_UNICODE = re.compile(r"\\+u([0-9a-fA-F]{4})")
# Narrower terminals are not used, and short lines are often equally long.
_MIN_WIDTH = 40
# `\n` in front of a lower-case word may be part of a path (`dir\name`), in front of other text it is a line break.
_ESCAPED_BREAK = re.compile(r"""\\+[nrt](?=[\\\s"'A-Z]|$|(?:at|status|caused|request)\s)""")
_ENTITY = re.compile(r"&(?:quot|apos|#34|#39|#x22|#x27);", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?(?:\n ?)+")


def split_json(text: str) -> Iterator[Any]:
    """The parts of a text in order: each JSON object or array as its value, and each text around them as a string."""
    start = position = failures = 0
    while failures < _MAX_FAILURES and (opening := _OPENING.search(text, position)):
        try:
            value, end = _DECODER.raw_decode(text, opening.start())
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated string"):
                break  # no later text can be JSON: it has no further quotes
            failures += 1
            position = max(opening.start() + 1, error.pos)
            continue
        except RecursionError:
            break
        if isinstance(value, dict) or _has_container(value):
            yield text[start : opening.start()]
            yield value
            start = end
        position = end
    yield text[start:]


def without_wraps(text: str) -> str:
    """The text as it was before a terminal broke its lines at a width, also inside words."""
    lines = text.splitlines()
    width = max(map(len, lines), default=0)
    if width < _MIN_WIDTH:
        return text
    return "".join(line if len(line) == width else f"{line}\n" for line in lines)


def _has_container(value: Any) -> bool:
    """Whether an array has an object: an array of words in square brackets is text."""
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def plain_text(text: str) -> str:
    r"""The text without escapes, frames and control sequences; white space is one space, or one `\n` for breaks."""
    text = _CONTROL_SEQUENCE.sub("", text)
    if _ENTITY.search(text) or "<Message>" in text:
        text = html.unescape(re.sub(r"</?[A-Za-z]+>", "\n", text))
    if '\\"' in text:  # a part of a JSON string
        text = _ESCAPED_UNICODE.sub(lambda match: chr(int(match[1], 16)), text)
    text = _ESCAPED_QUOTE.sub("", _ESCAPED_BREAK.sub("\n", text))
    text = re.sub(r"\r\n?|[\u2028\u2029\x85\v\f]", "\n", text)
    text = _COLUMN_BORDER.sub("\n", _FRAME.sub(" ", text))
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()
