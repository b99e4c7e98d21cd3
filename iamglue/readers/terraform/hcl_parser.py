"""Parses HCL: what Terraform calls a syntax error is an error at its place.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md; where that is silent, as
https://github.com/hashicorp/hcl/blob/main/hclsyntax/parser.go decides.
"""

from __future__ import annotations

from functools import lru_cache

from iamglue.errors import IamglueError, Location
from iamglue.policy.source.source_text import SourceText, Syntax
from iamglue.readers.terraform.hcl_expressions import ExpressionParser
from iamglue.readers.terraform.hcl_scanner import END, FREE_TOKENS, LINE_TOKENS, NAME, NEWLINE, QUOTE
from iamglue.readers.terraform.hcl_syntax import HclAttribute, HclBlockSyntax, HclBody, HclExpression

# Terraform has no limit; a longer file takes more than ten seconds.
MAX_FILE_LENGTH = 4 * 1024 * 1024


def parse_hcl(source: SourceText) -> HclBody:
    """The blocks and attributes of a file.

    Raises IamglueError, with line and column, for malformed or too large HCL.
    """
    if len(source.text) > MAX_FILE_LENGTH:
        message = f"the file has {len(source.text):,} characters; the limit is {MAX_FILE_LENGTH:,}"
        raise IamglueError(message, hint="divide the file", location=Location(source.path))
    return _BodyParser(source, LINE_TOKENS).read_file()


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> HclExpression | None:
    """An expression as it may be in a template; None if it is malformed."""
    try:
        return ExpressionParser(SourceText("", text, Syntax.HCL), FREE_TOKENS).read_whole()
    except IamglueError:
        return None


class _BodyParser(ExpressionParser):
    """Parses the bodies of files and blocks."""

    def read_file(self) -> HclBody:
        """The body of a file."""
        self.advance()
        return self._body(END)

    def _body(self, closing: str) -> HclBody:
        """The attributes and blocks up to a closing brace or the end of the file, which is not read."""
        attributes: dict[str, HclAttribute] = {}
        blocks: list[HclBlockSyntax] = []
        while self.kind != closing:
            if self.kind == NEWLINE:
                self.advance()
                continue
            if self.kind != NAME:
                raise self.unexpected("the name of an argument or block")
            start, name = self.start, self.token()
            self.advance()
            if self.kind == "=":
                if name in attributes:
                    line, _ = self.source.line_and_column(attributes[name].start)
                    raise self.error(f"the argument `{name}` is set twice; the first is on line {line}", start)
                attributes[name] = self._attribute(start, name)
                self._end_line()
            else:
                blocks.append(self._block(start, name))
                self._end_line()
        return HclBody(attributes, tuple(blocks))

    def _end_line(self) -> None:
        """Read the end of the line, or stay at the end of the file. Raises IamglueError if something else is there."""
        if self.kind == NEWLINE:
            self.advance()
        elif self.kind != END:
            raise self.unexpected("the end of the line")

    def _attribute(self, start: int, name: str) -> HclAttribute:
        self.advance()
        return HclAttribute(name, start, self.expression())

    def _block(self, start: int, kind: str) -> HclBlockSyntax:
        """The rest of a block, whose type has been read; its body can be on the same line."""
        labels: list[str] = []
        while self.kind != "{":
            if self.kind == NAME:
                labels.append(self.token())
            elif self.kind == QUOTE:
                labels.append(self._label())
            else:
                raise self.unexpected("`=`, a label or `{`")
            self.advance()
        self.enter(self.start)
        self.advance()
        body = self._body("}") if self.kind in (NEWLINE, "}", END) else self._single_line_body()
        self.depth -= 1
        if self.kind != "}":
            raise self.unexpected("`}` on the same line")
        block = HclBlockSyntax(start, self.end, kind, tuple(labels), body)
        self.advance()
        return block

    def _label(self) -> str:
        """A quoted label; the closing quote is the last character that is read."""
        start = self.start
        self.quoted_template(allows_sequences=False)
        return self.text[start + 1 : self.end - 1]

    def _single_line_body(self) -> HclBody:
        """The only argument of a block on one line."""
        start, name = self.start, self.token()
        if self.kind != NAME:
            raise self.unexpected("the name of an argument")
        self.advance()
        if self.kind != "=":
            raise self.unexpected("`=`: a block on one line has one argument only")
        return HclBody({name: self._attribute(start, name)}, ())
