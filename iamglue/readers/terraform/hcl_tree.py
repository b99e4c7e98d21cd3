"""Parses HCL with python-hcl2, with size limits and errors that have a location."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from iamglue.errors import IamglueError, Location
from iamglue.policy.source.nodes import MAX_LENGTH
from iamglue.policy.source.source_text import SourceText

# A lark tree: `data` is the grammar rule, `children` are trees and tokens (strings), `meta` has the positions.
HclTree = Any
INSTALL_COMMAND = "pip install 'iamglue[terraform]'"

_BLANK = re.compile(r"\s{64,}")
# The parser's heredoc pattern is quadratic: it scans a run of blank lines once for each line in it.
_MAX_BLANK_STEPS = 20_000_000
_HEREDOC_START = re.compile(r"<<-?([A-Za-z][\w.-]*)\r?\n")
# python-hcl2 accepts ASCII identifiers only; HCL accepts letters of any script: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#identifiers
_NON_ASCII_LETTER = re.compile(r"[^\W\x00-\x7f]")
_TOKEN_TEXTS = {
    "$END": "the end of the file",
    "NL_OR_COMMENT": "the end of the line",
    "DBLQUOTE": "a quote",
    "STRING_CHARS": "a text",
}


def parse_hcl(source: SourceText, relevant_text: str | None = None) -> HclTree:
    """The parse tree of a text, or of its relevant parts at the same offsets.

    Raises IamglueError, with line and column, for malformed or too large HCL.
    """
    text = source.text if relevant_text is None else relevant_text
    _check_size(source)
    try:
        from hcl2 import parses_to_tree  # noqa: PLC0415 - an optional extra, and slow to import
        from lark.exceptions import LarkError  # noqa: PLC0415 - a dependency of hcl2
    except ImportError as error:
        message = "reading Terraform files requires the package python-hcl2"
        raise IamglueError(message, hint=INSTALL_COMMAND, location=Location(source.path)) from error
    try:
        return parses_to_tree(_with_plain_delimiters(text))
    except LarkError as error:
        plain_text = _NON_ASCII_LETTER.sub("_", text)
        if plain_text != text and is_valid_hcl(_with_plain_delimiters(plain_text)):
            return parses_to_tree(_with_plain_delimiters(plain_text))
        raise _syntax_error(error, source) from error


@lru_cache(maxsize=4096)
def parse_expression(expression: str) -> HclTree | None:
    """The parse tree of an expression, whose positions are in the text `x = EXPRESSION`; None if it is malformed."""
    from hcl2 import parses_to_tree  # noqa: PLC0415 - an optional extra, and slow to import
    from lark.exceptions import LarkError  # noqa: PLC0415 - a dependency of hcl2

    try:
        body = child_trees_by_rule(parses_to_tree(f"x = {expression}\n"), "body")[0]
    except (LarkError, RecursionError):
        return None
    attributes = child_trees_by_rule(body, "attribute")
    return attributes[0].children[-1] if len(attributes) == 1 and len(child_trees(body)) == 1 else None


def is_valid_hcl(text: str) -> bool:
    """Whether python-hcl2 accepts a text."""
    from hcl2 import parses_to_tree  # noqa: PLC0415 - an optional extra, and slow to import
    from lark.exceptions import LarkError  # noqa: PLC0415 - a dependency of hcl2

    try:
        parses_to_tree(text)
    except LarkError:
        return False
    return True


def _with_plain_delimiters(text: str) -> str:
    """The text with blanks after a heredoc's closing delimiter moved before it; every offset stays the same.

    HCL trims the line of the delimiter, python-hcl2 does not:
    https://github.com/hashicorp/hcl/blob/main/hclsyntax/scan_tokens.rl (heredocLiteralEOL).
    """
    delimiters = set(_HEREDOC_START.findall(text)) if "<<" in text else ()
    for delimiter in delimiters:
        text = re.sub(rf"^([ \t]*)({re.escape(delimiter)})([ \t]+)(?=\r?$)", r"\1\3\2", text, flags=re.MULTILINE)
    return text


def _check_size(source: SourceText) -> None:
    """Raise IamglueError if a text is too long, or slow to parse because of its blank lines."""
    text = source.text
    if len(text) > MAX_LENGTH:
        message = f"the file has {len(text):,} characters; the limit is {MAX_LENGTH:,}"
        raise IamglueError(message, location=Location(source.path))
    steps = 0
    for run in _BLANK.finditer(text):
        steps += len(run[0]) * run[0].count("\n")
        if steps > _MAX_BLANK_STEPS:
            message = "the file has too many blank lines in a row"
            raise IamglueError(message, location=Location(source.path, *source.line_and_column(run.start())))


def _syntax_error(error: Any, source: SourceText) -> IamglueError:
    """The error for an exception of the parser, with location and hint."""
    position = getattr(error, "pos_in_stream", None)
    position = len(source.text) if position is None or position < 0 else min(position, len(source.text))
    token = getattr(error, "token", None)
    kind = getattr(token, "type", "")
    if kind == "$END" or position >= len(source.text):
        position, unexpected = len(source.text.rstrip()), _TOKEN_TEXTS["$END"]
    else:
        character = source.text[position : position + 1]
        unexpected = _TOKEN_TEXTS["NL_OR_COMMENT"] if character in "\r\n" else f"`{character}`"
    hint = None
    if source.text.startswith("<<", position):
        hint = "the heredoc that begins here is not closed: write its delimiter on a separate line"
    elif kind == "$END":
        hint = "a bracket or a quote is not closed"
    location = Location(source.path, *source.line_and_column(position))
    return IamglueError(f"malformed HCL: unexpected {unexpected}", hint=hint, location=location)


def is_tree(child: Any) -> bool:
    """Whether a child is a tree rather than a token."""
    return child is not None and not isinstance(child, str)


def child_trees(tree: HclTree) -> list[HclTree]:
    """The child trees of a tree, without comments and line ends."""
    return [child for child in tree.children if is_tree(child) and child.data != "new_line_or_comment"]


def child_trees_by_rule(tree: HclTree, rule: str) -> list[HclTree]:
    """The child trees of a tree that match a grammar rule."""
    return [child for child in tree.children if is_tree(child) and child.data == rule]


def without_parentheses(tree: HclTree) -> HclTree:
    """An expression without its parentheses."""
    while tree.data in ("expr_term", "object_elem_key"):
        children = child_trees(tree)
        if len(children) != 1:
            return tree
        tree = children[0]
    return tree


def tree_span(tree: HclTree) -> tuple[int, int]:
    """The start and end of a tree in the text."""
    meta = tree.meta
    return (meta.start_pos, meta.end_pos) if not meta.empty else (0, 0)


def first_identifier(tree: HclTree) -> str:
    """The first identifier in a tree: the name of a function, attribute or block."""
    return next(_token_texts(tree), "")


def _token_texts(tree: HclTree) -> Iterator[str]:
    for child in tree.children:
        if is_tree(child):
            yield from _token_texts(child)
        elif child is not None:
            yield str(child)
