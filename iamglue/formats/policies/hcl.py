"""Plain data as HCL expressions, laid out as `terraform fmt` lays them out.

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

_KEY = re.compile(r"[A-Z][A-Za-z]*")  # no keyword of HCL begins with a capital
_TEMPLATE = re.compile(r"""(\$\{[^{}"\\\s]*\})|([$%])(?=[$%{])|.""", re.DOTALL)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PSEUDO = {
    REGION_PARAMETER: "data.aws_region.current.region",
    ACCOUNT_PARAMETER: "data.aws_caller_identity.current.account_id",
    PARTITION_PARAMETER: "data.aws_partition.current.partition",
}
# Meta-arguments of a module call, which no variable may be called after:
# https://developer.hashicorp.com/terraform/language/block/variable
_RESERVED = frozenset({"source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"})


def variable_name(parameter: str) -> str:
    """The Terraform variable for a deployment parameter. A parameter's name holds no `_`, so the names stay apart."""
    return f"{parameter}_" if parameter in _RESERVED else parameter


def string_expression(text: str) -> str:
    """`text` as an expression in which parameters are variables and everything else is literal.

    Raises IamglueError for a pseudo-parameter of CloudFormation that Terraform has no counterpart of.
    """
    pieces = tokenize(text)
    if len(pieces) == 1 and pieces[0].kind in (TokenKind.PARAMETER, TokenKind.PSEUDO_PARAMETER):
        return _reference(pieces[0])
    return '"' + escape_quoted_commands("".join(_parts(pieces)), _escape) + '"'


def literal_string(text: str) -> str:
    """`text` as a quoted string in which nothing is substituted."""
    return f'"{escape_quoted_commands(_escaped(text), _escape)}"'


def expression_lines(data: Any, convert: Callable[[str], str] = string_expression) -> list[str]:
    """The lines of an object, list, string, number or Boolean; the first goes behind `NAME = `."""
    if isinstance(data, Mapping) and data:
        return [
            "{",
            *_indented(
                attribute_lines((object_key(name), expression_lines(value, convert)) for name, value in data.items())
            ),
            "}",
        ]
    if isinstance(data, list):
        items = [expression_lines(item, convert) for item in data]
        if len(items) == 1 and len(items[0]) == 1:
            return [f"[{items[0][0]}]"]
        return ["[", *_indented(line for item in items for line in _with_comma(item)), "]"] if items else ["[]"]
    if isinstance(data, Mapping):
        return ["{}"]
    return [convert(data) if isinstance(data, str) else str(data).lower()]


def attribute_lines(pairs: Any) -> Iterator[str]:
    """`NAME = VALUE` lines; neighbours of one line each have their `=` in one column, as `terraform fmt` aligns."""
    for is_short, run in groupby(pairs, key=lambda pair: len(pair[1]) == 1):
        members = list(run)
        width = max(len(name) for name, _ in members) if is_short else 0
        for name, lines in members:
            yield f"{name:<{width}} = {lines[0]}"
            yield from lines[1:]


def object_key(name: str) -> str:
    """A key of an object: bare where it cannot be mistaken for anything else."""
    return name if _KEY.fullmatch(name) else literal_string(name)


def _parts(pieces: tuple[Token, ...]) -> Iterator[str]:
    for piece, following in zip_longest(pieces, pieces[1:]):
        if piece.kind in (TokenKind.PARAMETER, TokenKind.PSEUDO_PARAMETER):
            yield "${" + _reference(piece) + "}"
        else:
            # `$` before `${` would read as the escape of it.
            dollar = piece.text.endswith("$") and following is not None
            yield _escaped(piece.text[:-1]) + "\\u0024" if dollar else _escaped(piece.text)


def _reference(piece: Token) -> str:
    if piece.kind is TokenKind.PARAMETER:
        return f"var.{variable_name(piece.name)}"
    if piece.text not in _PSEUDO:
        raise IamglueError(f"Terraform knows nothing like {piece.text}")
    return _PSEUDO[piece.text]


def _escaped(text: str) -> str:
    r"""`${NAME}` becomes `$${NAME}`; any other `$` or `%` that could begin a template is written as its code point.

    HCL reads an unclosed `$${` too, but python-hcl2 does not.
    """
    return "".join(
        f"${found[1]}" if found[1] else f"\\u{ord(found[2]):04x}" if found[2] else _character(found[0])
        for found in _TEMPLATE.finditer(text)
    )


def _character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    return _escape(character) if is_hidden(character) else character


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _indented(lines: Any) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _with_comma(lines: list[str]) -> list[str]:
    return [*lines[:-1], f"{lines[-1]},"]
