"""Escapes untrusted text: hidden characters are written as escapes, and CI systems find no commands in our output.

Policies, templates and AWS names are untrusted: they must not send control sequences to a terminal, mislead a reader or
run commands in a CI log. GitHub's runner executes `::name::` after white space and `##[name]` anywhere in a line, Azure
`##vso[name]`, TeamCity `##teamcity[name]`; GitLab folds its log at `section_start:NUMBER:NAME`, a carriage return and
an escape: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs (TryParseV2, TryParse),
https://github.com/microsoft/azure-pipelines-agent (Command.cs), https://docs.gitlab.com/ci/jobs/job_logs/
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

# Control characters, format characters (including bidirectional overrides), surrogates, private and unassigned
# characters, line and paragraph separators.
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that are invisible, and that .NET ignores when it searches for a command:
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt (Default_Ignorable_Code_Point)
_IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_MARK = re.compile(r"##(\w*)\[(?!\\)")
_SECTION = re.compile(r"section_(start|end):(?=[0-9])")
_LEADING = re.compile(r"^([^\S\n]*+)(?=::)", re.MULTILINE)
_LINE_ENDS = re.compile(r"(\r?\n)")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_LAST_OF_PLANE_0 = 0xFFFF


def escape_to_one_line(text: str) -> str:
    r"""Write `text` on one line: characters that end a line or are invisible become escapes, such as `\\\\u202e`.

    A byte of a file name that is not valid UTF-8 becomes an escape of that byte (`\\\\xff`).
    """
    if text.isascii() and text.isprintable():  # the usual case
        return text
    return "".join(_escape(character) if is_hidden(character) else character for character in text)


def escape_output(text: str) -> str:
    """Escape output lines that may contain untrusted text: no control characters except line ends, and no commands.

    Tabs are kept. Commands are broken by a backslash: after the bracket of `##[`, before a leading `::`.
    """
    if not (text.isascii() and text.isprintable()):  # few texts of a report
        parts = _LINE_ENDS.split(text)
        parts[::2] = ["\t".join(map(escape_to_one_line, line.split("\t"))) for line in parts[::2]]
        text = "".join(parts)
    text = _without_marks(text, r"##\1[" + r"\\", r"section_\1" + r"\\:")
    return _LEADING.sub(r"\1\\", text) if "::" in text else text


def escape_json_output(text: str) -> str:
    r"""Escape a JSON text: equal JSON, with `\\\\uXXXX` for invisible characters and in commands.

    A lone surrogate, which many JSON readers reject, is replaced by the text of its escape.
    """
    if not (text.isascii() and text.replace("\n", "").isprintable()):
        text = "".join(_json_character(character) for character in text)
    return _without_marks(text, r"##\1" + r"\\u005b", r"section_\1" + r"\\u003a")


def dump_escaped_json(data: Any) -> str:
    """Write `data` as escaped JSON, indented by two spaces, with a final line end; visible letters are not escaped."""
    return escape_json_output(json.dumps(data, indent=2, ensure_ascii=False)) + "\n"


def escape_quoted_commands(text: str, escape: Callable[[str], str]) -> str:
    """Break commands in a quoted string of another language, in which `escape` writes a character as its escape."""
    text = _MARK.sub(lambda mark: f"##{mark[1]}{escape('[')}", text)
    return _SECTION.sub(lambda mark: f"section_{mark[1]}{escape(':')}", text)


def to_ascii_json(text: str) -> str:
    r"""Write a JSON text in ASCII: every other character becomes `\\\\uXXXX`."""
    return _NOT_ASCII.sub(lambda character: _json_escape(character[0]), text)


def escape_surrogates(text: str) -> str:
    """Replace each lone surrogate in `text` by its escape, so that it can be written in any encoding."""
    if text.isascii():  # nearly always: without this, a tenth of the time of an HTML report
        return text
    return "".join(_escape(character) if _is_half(character) else character for character in text)


def is_hidden(character: str) -> bool:
    """Whether a character ends a line or is invisible."""
    return unicodedata.category(character) in HIDDEN_CATEGORIES or _IGNORED.match(character) is not None


def _without_marks(text: str, bracket: str, section: str) -> str:
    """Break the CI commands in a text."""
    text = _MARK.sub(bracket, text) if "##" in text else text
    return _SECTION.sub(section, text) if "section_" in text else text


def _is_half(character: str) -> bool:
    """Whether a character is a lone surrogate."""
    return "\ud800" <= character <= "\udfff"


def _escape(character: str) -> str:
    """A hidden character as Python writes its escape; a byte that is not valid UTF-8 as `\\xff`."""
    if "\udc80" <= character <= "\udcff":  # how Python stores a byte that is not valid UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    return ascii(character)[1:-1]


def _json_character(character: str) -> str:
    """A character of a JSON text, hidden ones as escapes; a lone surrogate becomes the text of its escape."""
    if character == "\n" or not is_hidden(character):
        return character
    return f"\\{_escape(character)}" if _is_half(character) else _json_escape(character)


def _json_escape(character: str) -> str:
    """A character as JSON's escape: above U+FFFF, a pair of surrogates."""
    code = ord(character)
    if code <= _LAST_OF_PLANE_0:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
