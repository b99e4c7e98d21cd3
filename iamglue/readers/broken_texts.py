"""Texts that are plainly meant as JSON, YAML or HCL, and are not: cut off, empty, or with something else in them.

Files without a word that policies have are not parsed, because most belong to other tools. This says, at little cost,
which of them to parse for the error.
"""

from __future__ import annotations

import json
import re

from iamglue.policy.document import is_json
from iamglue.readers.terraform.file_names import is_configuration_path

# Longer texts take too much memory to parse; only their last character is looked at.
_MAX_SIZE = 8 * 1024 * 1024
# A file of Jinja, Helm, Go or ERB is a template of JSON or YAML, and neither of them.
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<%.*?%>", re.DOTALL)
_STRING_OR_COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_PAIRS = ("{}", "[]", "()")


def may_be_broken(path: str, text: str) -> bool:
    """Whether a text may be malformed; False for a text of another tool, such as JSON with comments or a template."""
    if is_configuration_path(path) and not path.endswith(".json"):
        return not _is_balanced(text)
    if path.endswith(".json") or is_json(text, path):
        return not _TEMPLATE.search(text) and not _is_kind_of_json(text)
    return not _is_balanced(text) and not _TEMPLATE.search(text)


def _is_balanced(text: str) -> bool:
    """Whether as many brackets are closed as are opened, and quotes are in pairs: what a text that is cut off lacks."""
    return text.count('"') % 2 == 0 and all(text.count(pair[0]) == text.count(pair[1]) for pair in _PAIRS)


def _is_kind_of_json(text: str) -> bool:
    """Whether a text is JSON, JSON with comments and trailing commas, or a JSON value on each line."""
    text = text.removeprefix("\ufeff").strip()
    if len(text) > _MAX_SIZE:
        return text[-1] in "]}"
    if _is_valid(text):
        return True
    plain = _TRAILING_COMMA.sub(r"\1", _STRING_OR_COMMENT.sub(lambda match: match[1] or "", text))
    lines = [line for line in text.splitlines() if line.strip()]
    return _is_valid(plain) or (bool(lines) and all(map(_is_valid, lines)))


def _is_valid(text: str) -> bool:
    """Whether a text is JSON; too deep nesting counts as malformed."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
