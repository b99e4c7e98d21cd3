"""Evaluates the operators of Terraform expressions, and values of conditions that are not known.

https://developer.hashicorp.com/terraform/language/expressions/operators
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.hcl_syntax import HclExpression, HclOperation
from iamglue.readers.terraform.values import are_equal, integer, truth

_NUMBERS: dict[str, Callable[[int, int], bool | int | None]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left // right if right and left % right == 0 else None,
    "%": lambda left, right: left % right if right > 0 and left >= 0 else None,
}


def evaluate_operation(reader: Evaluator, operation: HclOperation) -> Node | None:
    """The value of an operation; None if it is not known."""
    operator, operands = operation.operator, operation.operands
    value = _unary(reader, operator, *operands) if len(operands) == 1 else _binary(reader, operator, *operands)
    return None if value is None else reader.factory(operation).plain(value)


def _unary(reader: Evaluator, operator: str, expression: HclExpression) -> bool | int | None:
    """The value of `!` or of a minus sign; None if the operand is not known."""
    operand = reader.evaluate(expression)
    if operator == "!":
        value = truth(operand)
        return None if value is None else not value
    number = integer(operand)
    return None if number is None else -number


def _binary(
    reader: Evaluator, operator: str, left_expression: HclExpression, right_expression: HclExpression
) -> bool | int | None:
    """The value of an operator with two operands; None if it is not known, or not an integer."""
    left = reader.evaluate(left_expression)
    if operator in ("&&", "||"):
        return _logical(operator, truth(left), lambda: truth(reader.evaluate(right_expression)))
    right = reader.evaluate(right_expression)
    if operator in ("==", "!="):
        equal = are_equal(left, right)
        return None if equal is None else equal is (operator == "==")
    first, second = integer(left), integer(right)
    return None if first is None or second is None else _NUMBERS[operator](first, second)


def _logical(operator: str, left: bool | None, right: Callable[[], bool | None]) -> bool | None:
    """The value of `&&` or `||`: one operand can decide it."""
    deciding = operator == "||"
    if left is deciding:
        return deciding
    right_value = right()
    if right_value is deciding:
        return deciding
    return None if left is None or right_value is None else not deciding


def unresolved_condition(branches: Sequence[Node]) -> Node | None:
    """The value if both branches are equal; None otherwise."""
    first, second = branches
    same = first.kind is NodeKind.SCALAR and second.kind is NodeKind.SCALAR and first.text == second.text
    return first if same and first.plain == second.plain else None
