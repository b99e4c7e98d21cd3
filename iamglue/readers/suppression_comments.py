"""Comments that suppress findings: `# iamglue: ignore[rule] reason`, in YAML and Terraform.

A comment after a value applies to its line, a comment on its own line to the next line; both also apply to the block
that begins on that line.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from iamglue.findings import SourceSpan
from iamglue.model.suppressions import Suppression

_COMMENT = re.compile(r"(?:^|\s)(?:#|//)\s*iamglue:\s*ignore(?:\[(?P<rules>[^\]]*)\])?[ \t]*(?P<reason>.*?)\s*$")
_COMMENT_SUFFIXES = frozenset({".yaml", ".yml", ".tf", ".tofu", ".hcl"})
_MARKER = "iamglue:"


def suppression_comments(path: str, text: str) -> tuple[Suppression, ...]:
    """The suppression comments of a file; none if the file's syntax has no comments."""
    if _MARKER not in text or PurePath(path).suffix.lower() not in _COMMENT_SUFFIXES:
        return ()
    blocks = _Blocks(text.splitlines())
    matches = ((number, _COMMENT.search(line)) for number, line in enumerate(blocks.lines))
    return tuple(_build_suppression(path, blocks, number, match) for number, match in matches if match)


def _build_suppression(path: str, blocks: _Blocks, number: int, match: re.Match[str]) -> Suppression:
    """The suppression of a comment: of its own line, or of the block on the next line with content."""
    line = blocks.lines[number]
    is_own_line = not line[: match.start()].strip()
    first = blocks.next_after[number] if is_own_line else number
    rules = tuple(rule.strip() for rule in (match["rules"] or "").split(",") if rule.strip())
    column = match.start() + 1 + len(match[0]) - len(match[0].lstrip())
    span = SourceSpan(path, number + 1, column, number + 1, len(line) + 1, excerpt=line)
    return Suppression(span, rules, match["reason"], path=None, lines=(first + 1, blocks.last(first) + 1))


class _Blocks:
    """The lines of a file and their blocks. `next_after[i]` is the next line after `i` with content (from 0)."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.next_after = [len(lines)] * len(lines)
        next_line = len(lines)
        for number in range(len(lines) - 1, -1, -1):
            self.next_after[number] = next_line
            next_line = number if not _is_blank_or_comment(lines[number]) else next_line
        self._last_lines: dict[int, int] = {}

    def last(self, first: int) -> int:
        """The last line of the block that begins on a line (from 0); cached for several comments about one block."""
        if first not in self._last_lines:
            self._last_lines[first] = _last_line(self.lines, first)
        return self._last_lines[first]


def _last_line(lines: list[str], first: int) -> int:
    """The last line of the block that begins on a line: the lines with deeper indentation, and a closing bracket."""
    if first >= len(lines):
        return first
    indentation = _indentation(lines[first])
    # In YAML the items of a list may be in the column of their key.
    has_list_items = lines[first].rstrip().endswith(":") and not lines[first].lstrip().startswith("- ")
    last = first
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if _is_blank_or_comment(line):
            continue
        if _indentation(line) > indentation or (
            has_list_items and _indentation(line) == indentation and line.lstrip().startswith("- ")
        ):
            last = number
            continue
        return number if _indentation(line) == indentation and line.lstrip()[0] in "}])" else last
    return last


def _is_blank_or_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith(("#", "//"))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
