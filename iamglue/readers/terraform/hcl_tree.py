"""HCL text as python-hcl2's parse tree, with limits, and errors that say where and what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iamglue.errors import IamglueError, Location
from iamglue.policy.source.nodes import MAX_LENGTH
from iamglue.policy.source.source_text import SourceText

# A tree of lark: `data` names the rule, `children` are trees and tokens (which are strings), `meta` has the places.
HclTree = Any
INSTALL_COMMAND = "pip install 'iamglue[terraform]'"

_BLANK = re.compile(r"\s{64,}")
# The parser's pattern for heredocs looks at a run of blank lines once for each of its lines.
_MOST_BLANK_STEPS = 20_000_000
_WORDS = {
    "$END": "the end of the file",
    "NL_OR_COMMENT": "the end of the line",
    "DBLQUOTE": "a quote",
    "STRING_CHARS": "a text",
}


def parse_hcl(origin: SourceText) -> HclTree:
    """The parse tree of a text; raises IamglueError, with line and column, for malformed HCL and past the limits."""
    _refuse_large(origin)
    try:
        from hcl2 import parses_to_tree  # noqa: PLC0415 - an optional extra, and slow to import
        from lark.exceptions import LarkError  # noqa: PLC0415 - it comes with hcl2
    except ImportError as error:
        message = "reading Terraform needs the package python-hcl2"
        raise IamglueError(message, hint=INSTALL_COMMAND, location=Location(origin.path)) from error
    try:
        return parses_to_tree(origin.text)
    except LarkError as error:
        raise _explained(error, origin) from error


def _refuse_large(origin: SourceText) -> None:
    text = origin.text
    if len(text) > MAX_LENGTH:
        message = f"the file has {len(text):,} characters; the limit is {MAX_LENGTH:,}"
        raise IamglueError(message, location=Location(origin.path))
    steps = 0
    for run in _BLANK.finditer(text):
        steps += len(run[0]) * run[0].count("\n")
        if steps > _MOST_BLANK_STEPS:
            message = "there are too many blank lines in a row"
            raise IamglueError(message, location=Location(origin.path, *origin.line_and_column(run.start())))


def _explained(error: Any, origin: SourceText) -> IamglueError:
    at = getattr(error, "pos_in_stream", None)
    at = len(origin.text) if at is None or at < 0 else min(at, len(origin.text))
    token = getattr(error, "token", None)
    kind = getattr(token, "type", "")
    if kind == "$END" or at >= len(origin.text):
        at, found = len(origin.text.rstrip()), _WORDS["$END"]
    else:
        character = origin.text[at : at + 1]
        found = _WORDS["NL_OR_COMMENT"] if character in "\r\n" else f"`{character}`"
    hint = None
    if origin.text.startswith("<<", at):
        hint = "the heredoc that begins here is not closed: its word must stand on a line of its own"
    elif kind == "$END" or "$END" in found:
        hint = "a bracket or a quote is not closed"
    where = Location(origin.path, *origin.line_and_column(at))
    return IamglueError(f"malformed HCL: {found} cannot stand here", hint=hint, location=where)


def is_tree(each: Any) -> bool:
    """Whether a child is a tree rather than a token."""
    return each is not None and not isinstance(each, str)


def child_trees(tree: HclTree) -> list[HclTree]:
    """The trees below a tree that are no comments or line ends."""
    return [each for each in tree.children if is_tree(each) and each.data != "new_line_or_comment"]


def child_trees_by_rule(tree: HclTree, rule: str) -> list[HclTree]:
    """The trees below a tree that a rule of the grammar made."""
    return [each for each in tree.children if is_tree(each) and each.data == rule]


def without_parentheses(tree: HclTree) -> HclTree:
    """An expression without its parentheses."""
    while tree.data in ("expr_term", "object_elem_key"):
        below = child_trees(tree)
        if len(below) != 1:
            return tree
        tree = below[0]
    return tree


def tree_span(tree: HclTree) -> tuple[int, int]:
    """Where a tree begins and ends in the text."""
    meta = tree.meta
    return (meta.start_pos, meta.end_pos) if not meta.empty else (0, 0)


def first_identifier(tree: HclTree) -> str:
    """The first identifier below a tree: the name of a function, attribute or block."""
    return next(_tokens(tree), "")


def _tokens(tree: HclTree) -> Iterator[str]:
    for each in tree.children:
        if is_tree(each):
            yield from _tokens(each)
        elif each is not None:
            yield str(each)
