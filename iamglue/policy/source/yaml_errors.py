"""Explains errors of the YAML parser to the author of the file."""

from __future__ import annotations

import re
import sys
from typing import Any

from iamglue.errors import IamglueError, Location

_QUOTE_HINT = 'to write a string that begins with this character, quote it: "..."'
_SAME_COLUMN_HINT = "start all keys of one mapping, and all items of one list, in the same column"
_TAB = (
    "a tab is used where YAML allows only spaces",
    "indent with spaces",
)
# Parser message (context and problem, joined) -> our message, the hint, and whether to report the location where the
# construct starts instead of where the parser stopped.
_EXPLANATIONS: tuple[tuple[str, str, str | None, bool], ...] = (
    (r"cannot start any token.*", "", None, False),
    (r"quoted scalar.*(end of stream|document separator)", "a string is not closed", "add the closing quote", True),
    (r"quoted scalar.*(escape|hexadecimal)", "a string contains an unknown escape", "use single quotes", False),
    (
        r"scanning an alias",
        "`*` begins an alias in YAML",
        'to write a string that begins with `*`, quote it: "*"',
        True,
    ),
    (r"scanning an anchor", "`&` begins an anchor in YAML", _QUOTE_HINT, True),
    (r"scanning a directive", "`%` begins a directive in YAML", _QUOTE_HINT, True),
    (r"(scanning|parsing) a tag|tag handle", "`!` begins a tag in YAML", _QUOTE_HINT, True),
    (r"block scalar", "`|` and `>` begin a multi-line string in YAML", _QUOTE_HINT, True),
    (
        r"(flow|block) node",
        "a value is missing, or begins with a character that is special in YAML",
        _QUOTE_HINT,
        False,
    ),
    (r"flow mapping", "`{` begins a mapping in YAML, and this mapping is malformed", _QUOTE_HINT, True),
    (r"flow sequence", "`[` begins a list in YAML, and this list is malformed", _QUOTE_HINT, True),
    (
        r"mapping values are not allowed",
        "`: ` is not allowed here",
        "quote a string that contains `: `, and start all keys of one mapping in one column",
        False,
    ),
    (r"could not find expected ':'", "expected `KEY: VALUE`", "write a colon and a space after the key", True),
    (
        r"block (mapping|collection|sequence|end)",
        "this line does not continue the mapping or list before it",
        _SAME_COLUMN_HINT,
        False,
    ),
)
_LONG_ESCAPE = re.compile(r"\\U([0-9A-Fa-f]{8})")
_CANNOT_START = re.compile(r"found character (.*) that cannot start any token")
_FLOW_VALUE = re.compile(r"(?:[:-][ ]+|^[ ]*)(?P<value>[\[{\"'][^#]*)")


def explain_yaml_error(error: Exception, text: str, path: str) -> IamglueError:
    """Convert a parser error to an IamglueError with a location and a hint."""
    bad_escape = next((match for match in _LONG_ESCAPE.finditer(text) if int(match[1], 16) > sys.maxunicode), None)
    if bad_escape and not hasattr(error, "problem"):
        line, column = (
            text.count("\n", 0, bad_escape.start()) + 1,
            bad_escape.start() - text.rfind("\n", 0, bad_escape.start()),
        )
        return IamglueError(
            f"malformed YAML: `{bad_escape[0]}` is not a valid character", location=Location(path, line, column)
        )
    problem_mark, context_mark = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    parser_message = f"{getattr(error, 'context', None) or ''} {getattr(error, 'problem', None) or error}"
    message, hint, at_start = _explanation(parser_message)
    mark = (context_mark if at_start else None) or problem_mark or context_mark
    if not at_start and hint is _SAME_COLUMN_HINT:
        hint = _hint_for_flow(text, mark) or hint
    return IamglueError(f"malformed YAML: {message}", hint=hint, location=_location(mark, path))


def _explanation(parser_message: str) -> tuple[str, str | None, bool]:
    """Our message for a parser message, its hint, and whether the start of the construct is the location to report."""
    start = _CANNOT_START.search(parser_message)
    if start:
        character = start[1].strip("'\"")
        if character == "\\t":
            return (*_TAB, False)
        return f"a string cannot begin with `{character}`", 'quote it: "..."', False
    for pattern, message, hint, at_start in _EXPLANATIONS:
        if message and re.search(pattern, parser_message, re.DOTALL):
            return message, hint, at_start
    return " ".join(parser_message.split()), None, False


def _hint_for_flow(text: str, mark: Any) -> str | None:
    """The hint for text after a bracket or a quote on the same line; None if there is none."""
    # `{a}-bucket` is a mapping followed by text: the parser reports the text, but the cause is the brace.
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    match = _FLOW_VALUE.search(line[: mark.column] if mark else "")
    return (
        f"quote the whole value: YAML does not read a value that begins with `{match['value'][0]}` as a string"
        if match
        else None
    )


def _location(mark: Any, path: str) -> Location:
    return Location(path, mark.line + 1, mark.column + 1) if mark else Location(path)
