"""The field's own terms: no name, docstring, comment or message of the package uses the words of banned_words.tsv."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from architecture.source_tree import ROOT, Source, sources
from support.rows import every_row

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("banned_words.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
IDENTIFIERS = frozenset(word for where, word, _ in ROWS if where == "identifier")
TEXTS = re.compile(rf"\b(?:{'|'.join(re.escape(word) for where, word, _ in ROWS if where == 'text')})\b")
ADDRESSES = re.compile(r"https?://\S+")
# What is written for people: rewording it must change no finding and no exit code.
PROSE = frozenset({"message", "reason", "help", "hint", "what", "title"})
SEARCHES = frozenset({"startswith", "endswith", "find", "index", "count", "partition", "rpartition"})
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))


@cache
def _tokens(path: Path) -> tuple[tokenize.TokenInfo, ...]:
    return tuple(tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline))


def _names(source: Source) -> Iterator[tuple[int, str]]:
    """Every name that the module itself gives: functions, classes, variables, parameters, attributes."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def _words(name: str) -> set[str]:
    """The words of a name; `not_found` is HTTP's."""
    return {*re.split(r"_+", name.lower().replace("not_found", ""))}


def test_names_are_the_fields_terms():
    wrong = [
        f"{source.path}:{line}: {name}"
        for source in sources().values()
        for line, name in _names(source)
        if IDENTIFIERS & _words(name)
    ]
    assert wrong == []


def test_docstrings_comments_and_messages_are_in_plain_words():
    wrong = [
        f"{source.path}:{token.start[0]}: {match[0]}"
        for source in sources().values()
        for token in _tokens(source.path)
        if token.type in (tokenize.STRING, tokenize.COMMENT)
        for match in TEXTS.finditer(ADDRESSES.sub("", token.string))
    ]
    assert wrong == []


@every_row("path", PAGES)
def test_pages_are_in_plain_words(path):
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    assert [
        f"{number}: {match[0]}" for number, line in lines for match in TEXTS.finditer(ADDRESSES.sub("", line))
    ] == []


def test_a_public_class_name_means_one_thing():
    names = Counter(
        node.name
        for source in sources().values()
        for node in source.tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


def _reads_prose(node: ast.AST) -> bool:
    """Whether code searches a message for words, or compares one with a text."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in SEARCHES and _is_prose(node.func.value)
    if not isinstance(node, ast.Compare):
        return False
    if isinstance(node.ops[0], ast.In | ast.NotIn):
        return _is_prose(node.comparators[0])
    sides = (node.left, node.comparators[0])
    return any(map(_is_prose, sides)) and any(isinstance(side, ast.Constant) and side.value for side in sides)


def _is_prose(node: ast.AST) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr in PROSE) or (isinstance(node, ast.Name) and node.id in PROSE)


def test_no_code_reads_a_message_as_data():
    found = [
        f"{source.path}:{node.lineno}: {ast.unparse(node)}"
        for source in sources().values()
        for node in source.nodes
        if _reads_prose(node) and source.module != "iamglue.infer.trail.database"  # DuckDB's errors have no codes
    ]
    assert found == []
