"""Comments that ask to leave out findings: `# iamglue: ignore[rule] reason`, in YAML and Terraform.

A comment behind a value holds for its line, one on a line of its own for the next line, and both for the block that
begins there.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from iamglue.findings import SourceSpan
from iamglue.model.suppressions import Suppression

_COMMENT = re.compile(r"(?:^|\s)(?:#|//)\s*iamglue:\s*ignore(?:\[(?P<rules>[^\]]*)\])?[ \t]*(?P<reason>.*?)\s*$")
_WITH_COMMENTS = frozenset({".yaml", ".yml", ".tf", ".hcl"})
_MARK = "iamglue:"


def suppression_comments(path: str, text: str) -> tuple[Suppression, ...]:
    """Every such comment of a file; none for a file whose syntax has no comments."""
    if _MARK not in text or PurePath(path).suffix.lower() not in _WITH_COMMENTS:
        return ()
    blocks = _Blocks(text.splitlines())
    found = ((number, _COMMENT.search(line)) for number, line in enumerate(blocks.lines))
    return tuple(_suppression(path, blocks, number, match) for number, match in found if match)


def _suppression(path: str, blocks: _Blocks, number: int, match: re.Match[str]) -> Suppression:
    line = blocks.lines[number]
    alone = not line[: match.start()].strip()
    first = blocks.next_after[number] if alone else number
    rules = tuple(rule.strip() for rule in (match["rules"] or "").split(",") if rule.strip())
    begin = match.start() + 1 + len(match[0]) - len(match[0].lstrip())
    place = SourceSpan(path, number + 1, begin, number + 1, len(line) + 1, excerpt=line)
    return Suppression(place, rules, match["reason"], path=None, lines=(first + 1, blocks.last(first) + 1))


class _Blocks:
    """The lines of a file, and the block that begins on each. `next_after` is the next line that says something."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.next_after = [len(lines)] * len(lines)
        following = len(lines)
        for at in range(len(lines) - 1, -1, -1):
            self.next_after[at] = following
            following = at if not _is_idle(lines[at]) else following
        self._last: dict[int, int] = {}

    def last(self, first: int) -> int:
        """The last line of the block that begins on a line; found once for all comments about the block."""
        if first not in self._last:
            self._last[first] = _last(self.lines, first)
        return self._last[first]


def _last(lines: list[str], first: int) -> int:
    """The last line of the block that begins on a line: what is indented further, and a closing bracket."""
    if first >= len(lines):
        return first
    depth = _depth(lines[first])
    # YAML lets the items of a list stand in the column of their key.
    items = lines[first].rstrip().endswith(":") and not lines[first].lstrip().startswith("- ")
    last = first
    for at in range(first + 1, len(lines)):
        line = lines[at]
        if _is_idle(line):
            continue
        if _depth(line) > depth or (items and _depth(line) == depth and line.lstrip().startswith("- ")):
            last = at
            continue
        return at if _depth(line) == depth and line.lstrip()[0] in "}])" else last
    return last


def _is_idle(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith(("#", "//"))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
