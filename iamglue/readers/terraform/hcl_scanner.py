"""Splits HCL into tokens, one at a time, because the parser decides whether the end of a line is one.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/scan_tokens.rl
"""

from __future__ import annotations

import re

from iamglue.errors import IamglueError, Location
from iamglue.policy.source.nodes import MAX_DEPTH
from iamglue.policy.source.source_text import SourceText

# A configuration of 4 MiB has about 200,000.
MAX_FILE_VALUES = 500_000
NAME, NUMBER, QUOTE, HEREDOC, NEWLINE, END, INVALID = "name", "number", "quote", "heredoc", "newline", "end", "invalid"

_COMMENT = r"\#[^\n]*+|//[^\n]*+|/\*(?s:.*?)\*/"
# Identifiers may have letters of any script; which of the other characters are letters is checked afterwards.
_ALTERNATIVES = (
    r"(?:(?P<name>(?:[A-Za-z_]|[^\x00-\x7f])(?:[A-Za-z0-9_-]|[^\x00-\x7f])*+)"
    r"|(?P<heredoc><<)"
    r"|(?P<sign>[=!<>]=|&&|\|\||=>|\.\.\.|::|~\}|[][(){}.,*/%+=<>!?:-])"
    r'|(?P<quote>")|(?P<newline>\r?\n)|(?P<number>[0-9](?:\.*(?:[0-9]|[eE][+-]?[0-9]))*+)'
    r"|(?P<end>\Z)|(?P<invalid>(?s:.)))"
)
# Tokens where the end of a line is a token, and where it is white space: in parentheses, brackets and templates.
LINE_TOKENS = re.compile(rf"(?:[ \t]++|{_COMMENT})*+{_ALTERNATIVES}")
FREE_TOKENS = re.compile(rf"(?:[ \t\n]++|\r\n|{_COMMENT})*+{_ALTERNATIVES}")

_UNEXPECTED = {NEWLINE: "the end of the line", END: "the end of the file", QUOTE: "a quote", HEREDOC: "a heredoc"}


class HclScanner:
    """The current token of a text: its `kind` (a sign is its own kind), `start` and `end`.

    `tokens` is the expression for the next token: LINE_TOKENS or FREE_TOKENS.
    """

    def __init__(self, source: SourceText, tokens: re.Pattern[str]) -> None:
        self.source = source
        self.text = source.text
        self.tokens = tokens
        self.kind = ""
        self.start = self.end = 0
        self.depth = 0
        self.value_count = 0

    def advance(self) -> None:
        """Read the next token. Raises IamglueError for characters that no token has."""
        match = self.tokens.match(self.text, self.end)
        if match is None:  # the last alternative matches any character
            raise self.error("no token", len(self.text))
        self.start, self.end = match.span(match.lastindex or 0)
        kind = match.lastgroup or ""
        if kind == "sign":
            kind = match["sign"]
            if kind == "/" and self.text.startswith("*", self.end):
                raise self.error("unexpected `/*`", self.start, "the comment that begins here is not closed")
        elif kind == INVALID or (kind == NAME and not _is_name(match["name"])):
            self.kind = INVALID
            raise self.unexpected()
        self.kind = kind

    def enter(self, at: int) -> None:
        """Count a value in another one; raises IamglueError for too many, and if the nesting is too deep."""
        self.depth += 1
        self.value_count += 1
        if self.depth > MAX_DEPTH:
            location = Location(self.source.path, *self.source.line_and_column(at))
            raise IamglueError(f"values are nested more than {MAX_DEPTH} levels deep", location=location)
        if self.value_count > MAX_FILE_VALUES:
            message = f"the file has more than {MAX_FILE_VALUES:,} values"
            raise IamglueError(message, hint="divide the file", location=Location(self.source.path))

    def token(self) -> str:
        """The text of the current token."""
        return self.text[self.start : self.end]

    def unexpected(self, expected: str | None = None) -> IamglueError:
        """The error for the current token; `expected` says what should be there."""
        name = _UNEXPECTED.get(self.kind) or f"`{self.text[self.start : self.start + 1]}`"
        start = len(self.text.rstrip()) if self.kind == END else self.start
        hint = f"expected {expected}" if expected else None
        if self.kind == END and hint is not None:
            hint += "; a bracket, a brace or a quote may not be closed"
        return self.error(f"unexpected {name}", start, hint)

    def error(self, message: str, at: int, hint: str | None = None) -> IamglueError:
        """An error at an offset of the text."""
        location = Location(self.source.path, *self.source.line_and_column(at))
        return IamglueError(f"malformed HCL: {message}", hint=hint, location=location)


def _is_name(name: str) -> bool:
    return name.isascii() or name.replace("-", "_").isidentifier()
