"""Comments that ask to leave out findings: `# iamglue: ignore[rule] reason`, in YAML and Terraform.

A comment behind a value holds for its line, one on a line of its own for the next line, and both for the block that
begins there.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from iamglue.findings import Place
from iamglue.subjects.suppressions import Suppression

_COMMENT = re.compile(r"(?:^|\s)(?:#|//)\s*iamglue:\s*ignore(?:\[(?P<rules>[^\]]*)\])?[ \t]*(?P<reason>.*?)\s*$")
_WITH_COMMENTS = frozenset({".yaml", ".yml", ".tf", ".hcl"})
_MARK = "iamglue:"


def suppression_comments(path: str, text: str) -> tuple[Suppression, ...]:
    """Every such comment of a file; none for a file whose syntax has no comments."""
    if _MARK not in text or PurePath(path).suffix.lower() not in _WITH_COMMENTS:
        return ()
    lines = text.splitlines()
    found = ((number, _COMMENT.search(line)) for number, line in enumerate(lines))
    return tuple(_suppression(path, lines, number, match) for number, match in found if match)


def _suppression(path: str, lines: list[str], number: int, match: re.Match[str]) -> Suppression:
    alone = not lines[number][: match.start()].strip()
    first = _next(lines, number + 1) if alone else number
    rules = tuple(rule.strip() for rule in (match["rules"] or "").split(",") if rule.strip())
    begin = match.start() + 1 + len(match[0]) - len(match[0].lstrip())
    place = Place(path, number + 1, begin, number + 1, len(lines[number]) + 1, excerpt=lines[number])
    return Suppression(place, rules, match["reason"], path=None, lines=(first + 1, _last(lines, first) + 1))


def _next(lines: list[str], at: int) -> int:
    """The first line from `at` on that says something."""
    while at < len(lines) and _is_idle(lines[at]):
        at += 1
    return at


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
