"""Parses JavaScript and TypeScript with tree-sitter, an optional extra of the package."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from iamglue.errors import IamglueError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

# The ends of file names that Node.js and TypeScript give their modules: https://nodejs.org/api/packages.html and
# https://www.typescriptlang.org/docs/handbook/modules/reference.html#file-extensions
JAVASCRIPT_SUFFIXES = (".js", ".mjs", ".cjs", ".jsx")
TYPESCRIPT_SUFFIXES = (".ts", ".mts", ".cts", ".tsx")
SUFFIXES = (*TYPESCRIPT_SUFFIXES, *JAVASCRIPT_SUFFIXES)


def parse_source(path: str, source: bytes) -> Node:
    """The syntax tree of a file; what does not parse is in nodes of type ERROR.

    Raises IamglueError if the packages of the extra `javascript` are not installed.
    """
    return _parser(PurePosixPath(path).suffix).parse(source).root_node


def first_error(root: Node) -> Node | None:
    """The first node of a tree that does not parse; None if all does."""
    node: Node | None = root if root.has_error else None
    while node is not None and not (node.is_error or node.is_missing):
        node = next((child for child in node.children if child.has_error or child.is_missing), None)
    return node


@cache
def _parser(suffix: str) -> Parser:
    """The parser for a file suffix. Raises IamglueError if the grammars are not installed."""
    try:
        import tree_sitter_javascript as javascript  # noqa: PLC0415 - an optional extra
        import tree_sitter_typescript as typescript  # noqa: PLC0415 - an optional extra
        from tree_sitter import Language, Parser  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        message = f"reading JavaScript and TypeScript requires the package {error.name}"
        raise IamglueError(message, hint="pip install 'iamglue[javascript]'") from error
    if suffix == ".tsx":
        return Parser(Language(typescript.language_tsx()))
    if suffix in TYPESCRIPT_SUFFIXES:
        return Parser(Language(typescript.language_typescript()))
    return Parser(Language(javascript.language()))
