"""The syntax tree of HCL: bodies, blocks and expressions, with their spans in the text.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

from dataclasses import dataclass


# Not frozen: a configuration has thousands of them, and a frozen one takes four times as long to create.
@dataclass(slots=True, eq=False)
class HclExpression:
    """An expression from `start` to `end` (exclusive). Expressions are never modified."""

    start: int
    end: int


@dataclass(slots=True, eq=False)
class HclLiteral(HclExpression):
    """A number, `true`, `false` or `null`."""

    text: str


@dataclass(slots=True, eq=False)
class HclName(HclExpression):
    """A name: the first part of a reference, an attribute of one, or the key of an object."""

    name: str


@dataclass(slots=True, eq=False)
class HclString(HclExpression):
    """A quoted template; `content` is its expression if it is nothing but one `${...}`."""

    content: HclExpression | None


@dataclass(slots=True, eq=False)
class HclHeredoc(HclExpression):
    """A heredoc, from `<<` to the end of its closing delimiter."""


@dataclass(slots=True, eq=False)
class HclParentheses(HclExpression):
    """An expression in parentheses."""

    inner: HclExpression


@dataclass(slots=True, eq=False)
class HclTuple(HclExpression):
    """A list of expressions in brackets."""

    items: tuple[HclExpression, ...]


@dataclass(slots=True, eq=False)
class HclObject(HclExpression):
    """Keys and values in braces."""

    pairs: tuple[tuple[HclExpression, HclExpression], ...]


@dataclass(slots=True, eq=False)
class HclConditional(HclExpression):
    """`condition ? if_true : if_false`."""

    condition: HclExpression
    if_true: HclExpression
    if_false: HclExpression


@dataclass(slots=True, eq=False)
class HclCall(HclExpression):
    """A function call; with `is_expanded`, the last argument is a list of arguments (`...`)."""

    name: str
    arguments: tuple[HclExpression, ...]
    is_expanded: bool


@dataclass(slots=True, eq=False)
class HclFor(HclExpression):
    """A `for` expression: of an object if it has a `key`.

    With `is_grouped` (`...`), the values of equal keys are a list.
    """

    names: tuple[str, ...]
    collection: HclExpression
    key: HclExpression | None
    value: HclExpression
    condition: HclExpression | None
    is_grouped: bool


@dataclass(slots=True, eq=False)
class HclOperation(HclExpression):
    """An operator with its one or two operands."""

    operator: str
    operands: tuple[HclExpression, ...]


@dataclass(slots=True, eq=False)
class HclMember(HclExpression):
    """An attribute (`base.name`, whose key is an HclName) or an element (`base[key]`, `base.0`)."""

    base: HclExpression
    key: HclExpression
    is_attribute: bool


@dataclass(slots=True, eq=False)
class HclSplat(HclExpression):
    """`base[*].name`: `item` is what becomes of each element, which is called SPLAT_ITEM in it."""

    base: HclExpression
    item: HclExpression


SPLAT_ITEM = "*"


@dataclass(slots=True, eq=False)
class HclAttribute:
    """`name = value` in a body."""

    name: str
    start: int
    value: HclExpression


@dataclass(slots=True, eq=False)
class HclBody:
    """The attributes by name and the blocks of a file or block, in the order of the text."""

    attributes: dict[str, HclAttribute]
    blocks: tuple[HclBlockSyntax, ...]


@dataclass(slots=True, eq=False)
class HclBlockSyntax:
    """A block from its type at `start` to its closing brace."""

    start: int
    end: int
    kind: str
    labels: tuple[str, ...]
    body: HclBody


def without_parentheses(expression: HclExpression) -> HclExpression:
    """An expression without its parentheses."""
    while isinstance(expression, HclParentheses):
        expression = expression.inner
    return expression
