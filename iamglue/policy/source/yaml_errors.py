"""Errors of the YAML parser in words that help the writer of the file."""

from __future__ import annotations

import re
import sys
from typing import Any

from iamglue.errors import IamglueError, Location

_QUOTE_IT = 'where the text itself begins so, quote it: "..."'
_TAB = (
    "a tab stands where YAML allows only spaces",
    "indent with spaces",
)
# What the parser says (its context and problem, joined) -> what we say, the hint, and whether the place that counts
# is where the construct begins rather than where the parser gave up.
_EXPLANATIONS: tuple[tuple[str, str, str | None, bool], ...] = (
    (r"cannot start any token.*", "", None, False),
    (r"quoted scalar.*(end of stream|document separator)", "a quoted text is not closed", "add the quote", True),
    (r"quoted scalar.*(escape|hexadecimal)", "an unknown escape in a quoted text", "use single quotes", False),
    (r"scanning an alias", "`*` begins an alias in YAML", 'where the text begins with `*`, quote it: "*"', True),
    (r"scanning an anchor", "`&` begins an anchor in YAML", _QUOTE_IT, True),
    (r"scanning a directive", "`%` begins a directive in YAML", _QUOTE_IT, True),
    (r"(scanning|parsing) a tag|tag handle", "`!` begins a tag in YAML", _QUOTE_IT, True),
    (r"block scalar", "`|` and `>` begin a text of several lines in YAML", _QUOTE_IT, True),
    (
        r"(flow|block) node",
        "a value is missing, or begins with a character that YAML gives a meaning",
        _QUOTE_IT,
        False,
    ),
    (r"flow mapping", "`{` begins a mapping in YAML, and this one is not well formed", _QUOTE_IT, True),
    (r"flow sequence", "`[` begins a list in YAML, and this one is not well formed", _QUOTE_IT, True),
    (
        r"mapping values are not allowed",
        "`: ` cannot stand here",
        "quote a text that holds `: `, and put keys of one mapping in one column",
        False,
    ),
    (r"could not find expected ':'", "expected `KEY: VALUE`", "put a colon and a space after the key", True),
    (
        r"block (mapping|collection|sequence|end)",
        "this does not continue what stands before it",
        "keys of one mapping, and items of one list, begin in the same column",
        False,
    ),
)
_LONG_ESCAPE = re.compile(r"\\U([0-9A-Fa-f]{8})")
_CANNOT_START = re.compile(r"found character (.*) that cannot start any token")
_FLOW_VALUE = re.compile(r"(?:[:-][ ]+|^[ ]*)(?P<value>[\[{\"'][^#]*)")


def explain_yaml_error(error: Exception, text: str, path: str) -> IamglueError:
    """The parser's error as an expected one, with its place and a hint."""
    beyond = next((found for found in _LONG_ESCAPE.finditer(text) if int(found[1], 16) > sys.maxunicode), None)
    if beyond and not hasattr(error, "problem"):
        line, column = text.count("\n", 0, beyond.start()) + 1, beyond.start() - text.rfind("\n", 0, beyond.start())
        return IamglueError(f"malformed YAML: `{beyond[0]}` is no character", location=Location(path, line, column))
    problem_mark, context_mark = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    said = f"{getattr(error, 'context', None) or ''} {getattr(error, 'problem', None) or error}"
    message, hint, at_start = _explanation(said)
    mark = (context_mark if at_start else None) or problem_mark or context_mark
    if not at_start and hint and "same column" in hint:
        hint = _hint_for_flow(text, mark) or hint
    return IamglueError(f"malformed YAML: {message}", hint=hint, location=_location(mark, path))


def _explanation(said: str) -> tuple[str, str | None, bool]:
    start = _CANNOT_START.search(said)
    if start:
        character = start[1].strip("'\"")
        if character == "\\t":
            return (*_TAB, False)
        return f"a text cannot begin with `{character}`", 'quote it: "..."', False
    for pattern, message, hint, at_start in _EXPLANATIONS:
        if message and re.search(pattern, said, re.DOTALL):
            return message, hint, at_start
    return " ".join(said.split()), None, False


def _hint_for_flow(text: str, mark: Any) -> str | None:
    # `{a}-bucket` is a mapping followed by text: the parser complains of the text, the brace is the cause.
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    found = _FLOW_VALUE.search(line[: mark.column] if mark else "")
    return f"a text that begins with `{found['value'][0]}` is no text to YAML: quote it as a whole" if found else None


def _location(mark: Any, path: str) -> Location:
    return Location(path, mark.line + 1, mark.column + 1) if mark else Location(path)
