"""Checks the templates of HCL, quoted strings and heredocs, and finds where they end.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#templates
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from iamglue.readers.terraform.hcl_scanner import FREE_TOKENS, NAME, HclScanner
from iamglue.readers.terraform.hcl_syntax import HclExpression

# `$${` and `%%{` are literal. An escaped code point must be a character: no surrogate, and at most U+10FFFF.
_QUOTED = re.compile(
    r'(?:[^"\\$%\r\n]++|\$\$\{|%%\{|\$(?!\{)|%(?!\{)'
    r'|\\[nrt"\\]|\\u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|\\U00(?:10|0[0-9a-fA-F])[0-9A-Fa-f]{4})*+'
)
_SURROGATE = re.compile(r"\\U0000[dD][89a-fA-F]")
_HEREDOC_TEXT = re.compile(r"(?:[^$%]++|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*+")
_HEREDOC_START = re.compile(r"<<-?((?:[A-Za-z_]|[^\x00-\x7f])(?:[A-Za-z0-9_-]|[^\x00-\x7f])*)\r?\n")

ReadExpression = Callable[[], HclExpression]


class TemplateScanner:
    """Reads one template; `read_expression` reads the expressions in it with the scanner."""

    def __init__(self, scanner: HclScanner, read_expression: ReadExpression, *, allows_sequences: bool = True) -> None:
        self._scanner = scanner
        self._allows_sequences = allows_sequences
        self._read_expression = read_expression
        self._start = scanner.start
        self._open: list[str] = []  # the directives that are not closed
        self._content: HclExpression | None = None
        self._part_count = 0

    def read_quoted(self) -> HclExpression | None:
        """Read up to the closing quote; returns the expression if the string is only that."""
        scanner = self._scanner
        position = scanner.end
        while True:
            end = _quoted_end(scanner.text, position)
            self._part_count += end > position
            if scanner.text.startswith(('"', "${", "%{"), end):
                if scanner.text[end] == '"':
                    break
                position = self._read_sequence(end)
            elif scanner.text.startswith("\\", end):
                raise scanner.error("the escape sequence is not valid", end, r"write a backslash as `\\`")
            else:
                scanner.kind, scanner.start = ("newline" if end < len(scanner.text) else "end"), end
                raise scanner.unexpected("the closing quote of the string")
        self._check_directives(end)
        scanner.end = end + 1
        return self._content if self._part_count == 1 else None

    def read_heredoc(self) -> int:
        """Read the heredoc and the blanks behind it; returns the end of its closing delimiter."""
        scanner = self._scanner
        text = scanner.text
        opening = _HEREDOC_START.match(text, scanner.start)
        if opening is None:
            raise scanner.unexpected("a word behind `<<`, and then the end of the line")
        position, closing = opening.end(), None
        while True:
            if closing is None or closing.start() < position:
                closing = _closing_line(opening[1]).search(text, position)
            if closing is None:
                hint = "the heredoc that begins here is not closed: write its delimiter on a separate line"
                raise scanner.error("unexpected `<`", self._start, hint)
            literal = _HEREDOC_TEXT.match(text, position, closing.start())
            position = literal.end() if literal is not None else position
            if position >= closing.start():
                break
            position = self._read_sequence(position)
        self._check_directives(closing.start())
        scanner.end = closing.end()
        return closing.end(1)

    def _read_sequence(self, start: int) -> int:
        """Read `${...}` or `%{...}` at an offset; returns its end."""
        scanner = self._scanner
        if not self._allows_sequences:
            raise scanner.error("a label must not have expressions", start, "write `$${` for the characters `${`")
        outer, scanner.tokens = scanner.tokens, FREE_TOKENS
        text = scanner.text
        scanner.end = start + (3 if text.startswith("~", start + 2) else 2)
        scanner.advance()
        self._part_count += 1
        if text[start] == "$":
            self._content = self._read_expression()
        else:
            self._content = None
            self._read_directive(start)
        if scanner.kind not in ("}", "~}"):
            raise scanner.unexpected(f"the closing brace of `{text[start : start + 2]}`")
        scanner.tokens = outer
        return scanner.end

    def _read_directive(self, start: int) -> None:
        """Read the inside of `%{...}`; raises IamglueError if it does not fit the directives that are open."""
        scanner = self._scanner
        keyword = scanner.token()
        if scanner.kind != NAME or keyword not in ("if", "else", "endif", "for", "endfor"):
            raise scanner.unexpected("one of if, else, endif, for, endfor")
        scanner.advance()
        if keyword == "if":
            self._read_expression()
            self._open.append("if")
        elif keyword == "for":
            self._read_loop()
            self._open.append("for")
        else:
            opening = self._open.pop() if self._open else ""
            if opening not in {"else": ("if",), "endif": ("if", "else"), "endfor": ("for",)}[keyword]:
                raise scanner.error(f"unexpected directive `{keyword}`", start)
            if keyword == "else":
                self._open.append("else")

    def _read_loop(self) -> None:
        """Read `key, value in collection`."""
        scanner = self._scanner
        read_loop_names(scanner)
        self._read_expression()

    def _check_directives(self, end: int) -> None:
        """Raise IamglueError at the end of a template if an `if` or `for` of it is not closed."""
        if self._open:
            keyword = "endfor" if self._open[-1] == "for" else "endif"
            raise self._scanner.error(f"expected the directive `{keyword}` before the end of the template", end)


def read_loop_names(scanner: HclScanner) -> tuple[str, ...]:
    """Read `key, value in`; returns the one or two names."""
    names = [read_name(scanner, "the name of a variable")]
    if scanner.kind == ",":
        scanner.advance()
        names.append(read_name(scanner, "the name of a variable"))
    if scanner.kind != NAME or scanner.token() != "in":
        raise scanner.unexpected("`in`")
    scanner.advance()
    return tuple(names)


def read_name(scanner: HclScanner, expected: str) -> str:
    """Read a name."""
    if scanner.kind != NAME:
        raise scanner.unexpected(expected)
    name = scanner.token()
    scanner.advance()
    return name


def _quoted_end(text: str, position: int) -> int:
    """The offset of the first character that is not literal text of a quoted string."""
    literal = _QUOTED.match(text, position)
    end = literal.end() if literal is not None else position
    surrogate = _SURROGATE.search(text, position, end)
    return end if surrogate is None else surrogate.start()


@cache
def _closing_line(word: str) -> re.Pattern[str]:
    """The line that closes a heredoc: its word, with blanks around it, and then the end of the line."""
    blanks = r"[ \t\r\f\v\x85\xa0]*+"
    return re.compile(rf"^{blanks}({re.escape(word)}){blanks}$(?=\n)", re.MULTILINE)
