"""Plain data as HCL expressions in the layout of `terraform fmt`.

https://developer.hashicorp.com/terraform/language/expressions/strings
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby, zip_longest
from typing import Any

from iamglue.errors import IamglueError
from iamglue.output_escaping import escape_quoted_commands, is_hidden
from iamglue.policy.patterns.variables import (
    ACCOUNT_PARAMETER,
    PARTITION_PARAMETER,
    REGION_PARAMETER,
    Token,
    TokenKind,
    tokenize,
)

_KEY = re.compile(r"[A-Z][A-Za-z]*")  # no HCL keyword begins with a capital letter
_TEMPLATE = re.compile(r"""(\$\{[^{}"\\\s]*\})|([$%])(?=[$%{])|.""", re.DOTALL)
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PSEUDO_PARAMETERS = {
    REGION_PARAMETER: "data.aws_region.current.region",
    ACCOUNT_PARAMETER: "data.aws_caller_identity.current.account_id",
    PARTITION_PARAMETER: "data.aws_partition.current.partition",
}
# Meta-arguments of a module call, which are not valid variable names:
# https://developer.hashicorp.com/terraform/language/block/variable
_RESERVED = frozenset({"source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"})


def variable_name(parameter: str) -> str:
    """Terraform variable for a deployment parameter; unique, because parameter names do not contain `_`."""
    return f"{parameter}_" if parameter in _RESERVED else parameter


def string_expression(text: str) -> str:
    """`text` as an expression with parameters as variables and everything else as literal text.

    Raises IamglueError for a CloudFormation pseudo-parameter that has no equivalent in Terraform.
    """
    pieces = tokenize(text)
    if len(pieces) == 1 and pieces[0].is_named_parameter:
        return _reference(pieces[0])
    return '"' + escape_quoted_commands("".join(_template_parts(pieces)), _unicode_escape) + '"'


def literal_string(text: str) -> str:
    """`text` as a quoted string without substitutions."""
    return f'"{escape_quoted_commands(_escape_template(text), _unicode_escape)}"'


def expression_lines(data: Any, convert: Callable[[str], str] = string_expression) -> list[str]:
    """Lines of an object, list, string, number or Boolean; the first one follows `NAME = `."""
    if isinstance(data, Mapping) and data:
        return [
            "{",
            *_indent_lines(
                attribute_lines((object_key(name), expression_lines(value, convert)) for name, value in data.items())
            ),
            "}",
        ]
    if isinstance(data, list):
        items = [expression_lines(item, convert) for item in data]
        if len(items) == 1 and len(items[0]) == 1:
            return [f"[{items[0][0]}]"]
        return ["[", *_indent_lines(line for item in items for line in _with_comma(item)), "]"] if items else ["[]"]
    if isinstance(data, Mapping):
        return ["{}"]
    return [convert(data) if isinstance(data, str) else str(data).lower()]


def attribute_lines(pairs: Any) -> Iterator[str]:
    """`NAME = VALUE` lines; the `=` of consecutive one-line attributes are aligned as `terraform fmt` does."""
    for is_short, run in groupby(pairs, key=lambda pair: len(pair[1]) == 1):
        members = list(run)
        width = max(len(name) for name, _ in members) if is_short else 0
        for name, lines in members:
            yield f"{name:<{width}} = {lines[0]}"
            yield from lines[1:]


def object_key(name: str) -> str:
    """Object key: unquoted if that is unambiguous."""
    return name if _KEY.fullmatch(name) else literal_string(name)


def _template_parts(pieces: tuple[Token, ...]) -> Iterator[str]:
    """The tokens as text of a quoted template: parameters as interpolations, the rest escaped."""
    for piece, following in zip_longest(pieces, pieces[1:]):
        if piece.is_named_parameter:
            yield "${" + _reference(piece) + "}"
        else:
            # `$` before `${` would be parsed as the escape `$${`.
            dollar = piece.text.endswith("$") and following is not None
            yield _escape_template(piece.text[:-1]) + "\\u0024" if dollar else _escape_template(piece.text)


def _reference(piece: Token) -> str:
    """The expression for a parameter or pseudo-parameter. Raises IamglueError for an unknown one."""
    if piece.kind is TokenKind.PARAMETER:
        return f"var.{variable_name(piece.name)}"
    if piece.text not in _PSEUDO_PARAMETERS:
        raise IamglueError(f"{piece.text} has no equivalent in Terraform")
    return _PSEUDO_PARAMETERS[piece.text]


def _escape_template(text: str) -> str:
    r"""`text` with template characters escaped.

    `${NAME}` becomes `$${NAME}`; any other `$` or `%` that could begin a template becomes its code point. HCL accepts
    an unclosed `$${` too, but python-hcl2 does not.
    """
    return "".join(
        f"${match[1]}" if match[1] else f"\\u{ord(match[2]):04x}" if match[2] else _string_character(match[0])
        for match in _TEMPLATE.finditer(text)
    )


def _string_character(character: str) -> str:
    """A character in a quoted template; quotes, control characters and invisible ones as escapes."""
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    return _unicode_escape(character) if is_hidden(character) else character


def _unicode_escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _indent_lines(lines: Any) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _with_comma(lines: list[str]) -> list[str]:
    return [*lines[:-1], f"{lines[-1]},"]
