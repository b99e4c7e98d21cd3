"""The conditions of a template as functions of the values of its parameters.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic, referenced_parameter, written_call

_EQUALS = "Fn::Equals"
_MAX_DEPTH = 100
# The value of a parameter that none of its comparisons names; no text in a template is the same.
_OTHER = "\0"
_SEPARATOR = " = \0"


def membership_condition(parameter: str, values: Iterable[str]) -> str:
    """The name of the condition that a parameter has one of these values, which a look-up in a mapping tests."""
    return _SEPARATOR.join((parameter, *values))


def condition_text(name: str) -> str:
    """The name of a condition as a text for messages."""
    parameter, *values = name.split(_SEPARATOR)
    return f"{parameter} = {' or '.join(values)}" if values else name


class TemplateConditions:
    """The conditions of a template as functions of its parameters' values."""

    def __init__(self, root: Node, settings: Mapping[str, str]) -> None:
        self._definitions = root.get("Conditions")
        self._parameters = root.get("Parameters")
        self._settings = settings

    def choices(self, names: Iterable[str]) -> list[list[tuple[str, str]]]:
        """For each parameter that the conditions compare, its possible values, with its name."""
        compared: dict[str, dict[str, None]] = {}
        for name in names:
            for parameter, value in self._comparisons(name, 0):
                compared.setdefault(parameter, {})[value] = None
        return [
            [(parameter, value) for value in self._values(parameter, texts)] for parameter, texts in compared.items()
        ]

    def is_true(self, name: str, values: Mapping[str, str]) -> bool:
        """Whether a condition is true with these values of the parameters."""
        return self._is_condition_true(name, values, 0)

    def _values(self, parameter: str, texts: Iterable[str]) -> list[str]:
        """The possible values of a parameter: those that it is compared with, and any other."""
        declaration = self._parameters.get(parameter) if self._parameters is not None else None
        allowed = declaration.get("AllowedValues") if declaration is not None else None
        listed = {item.text for item in allowed.items} if allowed is not None else set()
        if not listed or any(parse_intrinsic(item) for item in (allowed.items if allowed is not None else ())):
            return [*texts, _OTHER]
        values = [text for text in texts if text in listed]
        return values if listed <= set(values) else [*values, min(listed - set(values))]

    def _definition(self, name: str) -> Node | None:
        return self._definitions.get(name) if self._definitions is not None else None

    def _comparisons(self, name: str, depth: int) -> Iterator[tuple[str, str]]:
        """The parameters and texts that a condition compares; an undefined condition is a parameter of its own."""
        definition = self._definition(name)
        subject, *keys = name.split(_SEPARATOR)
        if keys:
            yield from ((subject, key) for key in keys)
        elif definition is None or depth > _MAX_DEPTH:
            yield _undefined_condition_parameter(name), "true"
        else:
            yield from self._comparisons_in(definition, depth)

    def _comparisons_in(self, expression: Node, depth: int) -> Iterator[tuple[str, str]]:
        """The parameters and texts that a condition compares; those that are known are left out."""
        name, operands = _operands(expression)
        if name == "Condition":
            yield from self._comparisons(operands[0].text, depth + 1)
        elif name in ("Fn::And", "Fn::Or", "Fn::Not") and depth <= _MAX_DEPTH:
            for operand in operands:
                yield from self._comparisons_in(operand, depth + 1)
        else:
            comparison = self._comparison(expression)
            if isinstance(comparison, tuple):
                yield comparison

    def _is_condition_true(self, name: str, values: Mapping[str, str], depth: int) -> bool:
        """Whether the condition with this name is true: a look-up in a mapping, or one that is defined."""
        definition = self._definition(name)
        subject, *keys = name.split(_SEPARATOR)
        if keys:
            return values.get(subject) in keys
        if definition is None or depth > _MAX_DEPTH:
            return values.get(_undefined_condition_parameter(name)) == "true"
        return self._is_true(definition, values, depth)

    def _is_true(self, expression: Node, values: Mapping[str, str], depth: int) -> bool:
        """Whether the expression of a condition is true."""
        name, operands = _operands(expression)
        if name == "Condition":
            return self._is_condition_true(operands[0].text, values, depth + 1)
        if name in ("Fn::And", "Fn::Or", "Fn::Not") and depth <= _MAX_DEPTH:
            truths = [self._is_true(operand, values, depth + 1) for operand in operands]
            return all(truths) if name == "Fn::And" else any(truths) if name == "Fn::Or" else not any(truths)
        comparison = self._comparison(expression)
        return comparison if isinstance(comparison, bool) else values.get(comparison[0]) == comparison[1]

    def _comparison(self, expression: Node) -> tuple[str, str] | bool:
        """Whether two texts are equal; if it is not known, the parameter and the text that it is compared with.

        An expression of any other kind is a parameter of its own, which may be `true`.
        """
        name, operands = _operands(expression)
        if name != _EQUALS or len(operands) != 2:
            return written_call(name, expression), "true"
        known = [self._known_text(operand) for operand in operands]
        if known[0] is not None and known[1] is not None:
            return known[0] == known[1]
        for operand, text in zip(operands, reversed(known), strict=True):
            parameter = referenced_parameter(operand)
            if parameter and text is not None:
                return parameter, text
        return written_call(name, expression), "true"

    def _known_text(self, node: Node) -> str | None:
        """The text of a literal, or of a parameter whose value is set; None for any other value."""
        if referenced_parameter(node):
            return self._settings.get(referenced_parameter(node))
        return node.text if node.kind is NodeKind.SCALAR and parse_intrinsic(node) is None else None


def _undefined_condition_parameter(name: str) -> str:
    """The parameter that stands for a condition that the template does not define."""
    return f"Condition {name}"


def _operands(expression: Node) -> tuple[str, tuple[Node, ...]]:
    """The function of an expression and its operands; `Condition` refers to another condition."""
    intrinsic = parse_intrinsic(expression)
    if intrinsic is not None:
        name, argument = intrinsic
        return name, argument.items or (argument,)
    reference = expression.get("Condition")
    return ("Condition", (reference,)) if reference is not None else ("", (expression,))
