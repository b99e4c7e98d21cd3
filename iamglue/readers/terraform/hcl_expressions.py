"""Parses the expressions of HCL.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#expressions
"""

from __future__ import annotations

import re

from iamglue.readers.terraform.hcl_scanner import (
    END,
    FREE_TOKENS,
    HEREDOC,
    LINE_TOKENS,
    NAME,
    NEWLINE,
    NUMBER,
    QUOTE,
    HclScanner,
)
from iamglue.readers.terraform.hcl_syntax import (
    SPLAT_ITEM,
    HclCall,
    HclConditional,
    HclExpression,
    HclFor,
    HclHeredoc,
    HclLiteral,
    HclMember,
    HclName,
    HclObject,
    HclOperation,
    HclParentheses,
    HclSplat,
    HclString,
    HclTuple,
)
from iamglue.readers.terraform.hcl_templates import TemplateScanner, read_loop_names, read_name

_PLAIN_STRING = re.compile(r'"[^"\\$%\r\n]*+"')
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_CONSTANTS = frozenset({"true", "false", "null"})
# From the loosest to the tightest; operators of one row are evaluated from left to right.
_ROWS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_PRECEDENCE = {operator: number for number, row in enumerate(_ROWS) for operator in row}


class ExpressionParser(HclScanner):
    """Parses expressions: each method begins at their first token, and ends at the token after them."""

    def read_whole(self) -> HclExpression:
        """The expression that the whole text is."""
        self.advance()
        expression = self.expression()
        if self.kind != END:
            raise self.unexpected("the end of the expression")
        return expression

    def expression(self) -> HclExpression:
        """Any expression."""
        self.enter(self.start)
        result = self._term()
        if self.kind in _PRECEDENCE:
            result = self._operation(result, 0)
        if self.kind == "?":
            self.advance()
            if_true = self.expression()
            if self.kind != ":":
                raise self.unexpected("`:` and the value for a false condition")
            self.advance()
            if_false = self.expression()
            result = HclConditional(result.start, if_false.end, result, if_true, if_false)
        self.depth -= 1
        return result

    def _operation(self, left: HclExpression, lowest: int) -> HclExpression:
        """The operators behind `left` that bind at least as tightly as row `lowest`."""
        while (row := _PRECEDENCE.get(self.kind, -1)) >= lowest:
            operator = self.kind
            self.advance()
            right = self._term()
            if _PRECEDENCE.get(self.kind, -1) > row:
                right = self._operation(right, row + 1)
            left = HclOperation(left.start, right.end, operator, (left, right))
        return left

    def _term(self) -> HclExpression:
        """A value with its attributes and indexes, or with an operator before it."""
        kind, start = self.kind, self.start
        if kind == QUOTE:
            content = self.quoted_template()
            result: HclExpression = HclString(start, self.end, content)
            self.advance()
        elif kind == NAME:
            result = self._name()
        elif kind == "[":
            result = self._tuple_or_for()
        elif kind == "{":
            result = self._object_or_for()
        elif kind == NUMBER:
            result = self._number()
        elif kind == "(":
            result = self._parentheses()
        elif kind == HEREDOC:
            result = HclHeredoc(start, TemplateScanner(self, self.expression).read_heredoc())
            self.advance()
        elif kind in ("-", "!"):
            self.enter(start)
            self.advance()
            operand = self._term()
            self.depth -= 1
            return HclOperation(start, operand.end, kind, (operand,))
        else:
            raise self.unexpected("a value")
        return self._members(result) if self.kind in (".", "[") else result

    def quoted_template(self, *, allows_sequences: bool = True) -> HclExpression | None:
        """Read a quoted string up to its closing quote, which stays the current token."""
        start = self.start
        plain = _PLAIN_STRING.match(self.text, start)
        if plain is not None:  # most strings
            self.end = plain.end()
            return None
        content = TemplateScanner(self, self.expression, allows_sequences=allows_sequences).read_quoted()
        self.kind, self.start = QUOTE, start
        return content

    def _number(self) -> HclLiteral:
        """A number; the scanner also takes malformed ones, such as `1.2.3`, for a number."""
        start, end, text = self.start, self.end, self.token()
        if _NUMBER.fullmatch(text) is None:
            raise self.error(f"`{text}` is not a number", start)
        self.advance()
        return HclLiteral(start, end, text)

    def _name(self) -> HclExpression:
        """A constant, the first name of a reference, or a function call."""
        start, end, name = self.start, self.end, self.token()
        self.advance()
        if self.kind not in ("(", "::"):
            return HclLiteral(start, end, name) if name in _CONSTANTS else HclName(start, end, name)
        while self.kind == "::":
            self.advance()
            name += "::" + read_name(self, "the name of a function")
        if self.kind != "(":
            raise self.unexpected("`(`")
        return self._call(start, name)

    def _call(self, start: int, name: str) -> HclCall:
        """The call of a function, whose opening parenthesis is current."""
        outer, self.tokens = self.tokens, FREE_TOKENS
        self.advance()
        arguments: list[HclExpression] = []
        is_expanded = False
        while self.kind != ")":
            arguments.append(self.expression())
            if self.kind == "...":
                is_expanded = True
                self.advance()
                if self.kind != ")":
                    raise self.unexpected("`)` after `...`")
            elif self.kind == ",":
                self.advance()
            elif self.kind != ")":
                raise self.unexpected("a comma or `)`")
        end = self._close(outer)
        return HclCall(start, end, name, tuple(arguments), is_expanded)

    def _close(self, outer: re.Pattern[str]) -> int:
        """Leave a bracket, whose closing token is current; returns the end of it."""
        end, self.tokens = self.end, outer
        self.advance()
        return end

    def _parentheses(self) -> HclParentheses:
        """An expression in parentheses, in which the end of a line is white space."""
        start, outer = self.start, self.tokens
        self.tokens = FREE_TOKENS
        self.advance()
        inner = self.expression()
        if self.kind != ")":
            raise self.unexpected("`)`")
        return HclParentheses(start, self._close(outer), inner)

    def _tuple_or_for(self) -> HclExpression:
        """A tuple `[...]`, or a `for` expression that gives a list."""
        start, outer = self.start, self.tokens
        self.tokens = FREE_TOKENS
        self.advance()
        if self.kind == NAME and self.token() == "for":
            return self._for(start, "]", outer)
        items: list[HclExpression] = []
        while self.kind != "]":
            items.append(self.expression())
            if self.kind == ",":
                self.advance()
            elif self.kind != "]":
                raise self.unexpected("a comma or `]`")
        return HclTuple(start, self._close(outer), tuple(items))

    def _object_or_for(self) -> HclExpression:
        """An object `{...}`, in which the end of a line ends a pair, or a `for` expression that gives a map."""
        start, outer, inside = self.start, self.tokens, self.end
        self.tokens = FREE_TOKENS
        self.advance()
        if self.kind == NAME and self.token() == "for":
            return self._for(start, "}", outer)
        self.tokens, self.end = LINE_TOKENS, inside
        self.advance()
        pairs: list[tuple[HclExpression, HclExpression]] = []
        while self.kind != "}":
            if self.kind == NEWLINE:
                self.advance()
                continue
            key = self.expression()
            if self.kind not in ("=", ":"):
                raise self.unexpected("`=` and a value")
            self.advance()
            pairs.append((key, self.expression()))
            if self.kind in (",", NEWLINE):
                self.advance()
            elif self.kind != "}":
                raise self.unexpected("a comma, the end of the line or `}`")
        return HclObject(start, self._close(outer), tuple(pairs))

    def _for(self, start: int, closing: str, outer: re.Pattern[str]) -> HclFor:
        """The rest of a `for` expression, whose `for` is current, up to its closing bracket."""
        self.advance()
        names = read_loop_names(self)
        collection = self.expression()
        if self.kind != ":":
            raise self.unexpected("`:`")
        self.advance()
        key, value, condition, is_grouped = None, self.expression(), None, False
        if closing == "}":
            if self.kind != "=>":
                raise self.unexpected("`=>` and a value")
            self.advance()
            key, value = value, self.expression()
            if self.kind == "...":
                is_grouped = True
                self.advance()
        if self.kind == NAME and self.token() == "if":
            self.advance()
            condition = self.expression()
        if self.kind != closing:
            raise self.unexpected(f"`{closing}`")
        return HclFor(start, self._close(outer), names, collection, key, value, condition, is_grouped)

    def _members(self, base: HclExpression) -> HclExpression:
        """An expression with the attributes, indexes and splats behind it."""
        while self.kind in (".", "["):
            if self.kind == ".":
                self.advance()
                base = self._attribute_splat(base) if self.kind == "*" else self._attribute_member(base)
                continue
            outer, inside = self.tokens, self.end
            self.advance()
            if self.kind == "*":
                self.advance()
                self._expect_bracket()
                end = self._close(outer)
                self.enter(base.start)
                item = self._members(HclName(base.start, end, SPLAT_ITEM))
                self.depth -= 1
                return HclSplat(base.start, item.end, base, item)
            self.tokens, self.end = FREE_TOKENS, inside  # Terraform looks for `*` on the same line only
            self.advance()
            key = self.expression()
            self._expect_bracket()
            base = HclMember(base.start, self._close(outer), base, key, is_attribute=False)
        return base

    def _expect_bracket(self) -> None:
        if self.kind != "]":
            raise self.unexpected("`]`")

    def _attribute_member(self, base: HclExpression) -> HclMember:
        """`.name` or `.0`, whose dot has been read."""
        start, end, text = self.start, self.end, self.token()
        if self.kind == NUMBER and "." not in text:
            key: HclExpression = HclLiteral(start, end, text)
        elif self.kind == NAME:
            key = HclName(start, end, text)
        else:
            raise self.unexpected("the name of an attribute")
        self.advance()
        return HclMember(base.start, end, base, key, isinstance(key, HclName))

    def _attribute_splat(self, base: HclExpression) -> HclSplat:
        """`.*` and the attributes behind it; an index behind them is one of the whole list."""
        item: HclExpression = HclName(base.start, self.end, SPLAT_ITEM)
        self.advance()
        while self.kind == ".":
            self.advance()
            item = self._attribute_member(item)
        return HclSplat(base.start, item.end, base, item)
