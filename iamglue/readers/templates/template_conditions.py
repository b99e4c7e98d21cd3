"""The combinations of a template's conditions that can be true together, and the template as each of them deploys it.

A condition compares parameters with texts. Unless `--set` gives their values, each text that a parameter is compared
with is a case, and any other value is one more. Only conditions matter that resources of IAM, Lambda or SAM depend on.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from operator import is_

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic, referenced_parameter, written_call

_TYPES = ("AWS::IAM::", "AWS::Lambda::", "AWS::Serverless::", "AWS::CloudFormation::Stack")
_ROLE_TYPES = ("AWS::IAM::Role", "AWS::Serverless::")
_CONDITIONAL_SECTIONS = ("Resources", "Outputs")
# Properties of functions that nothing depends on that a function needs or may do.
_WITHOUT_ACCESS = frozenset(
    (
        *("Architectures", "Code", "CodeUri", "Description", "Environment", "EphemeralStorage", "Handler"),
        *("ImageConfig", "ImageUri", "Layers", "MemorySize", "Metadata", "ReservedConcurrentExecutions", "Runtime"),
        *("ProvisionedConcurrencyConfig", "Timeout", "UpdateReplacePolicy"),
    )
)
_IF, _EQUALS = "Fn::If", "Fn::Equals"
_MAX_CASES, _MAX_COMBINATIONS, _MAX_DEPTH = 16, 4096, 100
# Reading and evaluating a large template takes seconds for each case.
_MAX_CHARACTERS = 4 * 1024 * 1024
# The value of a parameter that none of its comparisons names; no text in a template is the same.
_OTHER = "\0"
_SEPARATOR = " = \0"
Case = dict[str, bool]


def membership_condition(parameter: str, values: Iterable[str]) -> str:
    """The name of the condition that a parameter has one of these values, which a look-up in a mapping tests."""
    return _SEPARATOR.join((parameter, *values))


def condition_text(name: str) -> str:
    """The name of a condition as a text for messages."""
    parameter, *values = name.split(_SEPARATOR)
    return f"{parameter} = {' or '.join(values)}" if values else name


@dataclass(frozen=True, slots=True)
class ConditionCases:
    """The truth of each condition that matters, in each case; not `complete` if there are more cases than that."""

    cases: tuple[Case, ...]
    complete: bool = True


def condition_cases(root: Node, settings: Mapping[str, str]) -> ConditionCases:
    """The cases of a template's conditions, as far as `settings`, the known values, do not decide them."""
    names = tuple(dict.fromkeys(_relevant_conditions(root)))
    if not names:
        return ConditionCases(({},))
    conditions = _Conditions(root, settings)
    choices = conditions.choices(names)
    combinations = [dict(values) for values in islice(product(*choices), _MAX_COMBINATIONS + 1)]
    complete = len(combinations) <= _MAX_COMBINATIONS
    if not complete:
        combinations = list(_single_changes(choices))
    truths = {tuple(conditions.is_true(name, values) for name in names): None for values in combinations}
    cases = [dict(zip(names, truth, strict=True)) for truth in truths]
    limit = min(_MAX_CASES, max(2, _MAX_CHARACTERS // max(1, len(root.source.text))))
    if len(cases) <= limit:
        return ConditionCases(tuple(cases), complete)
    return ConditionCases(tuple(_vary_conditions(cases, limit)), complete=False)


def select_case(root: Node, case: Case) -> Node:
    """The template with the branches of Fn::If, the resources and the outputs that there are in a case."""
    return root if not case else _select(_without_absent_resources(root, case), case, 0)


def _relevant_conditions(root: Node) -> Iterator[str]:
    """The names of the conditions that resources of IAM, Lambda and SAM depend on."""
    resources = root.get("Resources")
    for _, resource in resources.pairs if resources is not None else ():
        kind = resource.get("Type")
        if kind is not None and kind.text.startswith(_TYPES):
            condition = resource.get("Condition")
            if condition is not None and condition.kind is NodeKind.SCALAR:
                yield condition.text
            yield from _tested_conditions(resource, 0)
    yield from _exported_conditions(root)


def _exported_conditions(root: Node) -> Iterator[str]:
    """The names of the conditions on which a template exports something of its roles, for other stacks."""
    resources, outputs = root.get("Resources"), root.get("Outputs")
    kinds = ((key.text, value.get("Type")) for key, value in (resources.pairs if resources is not None else ()))
    roles = tuple(key for key, kind in kinds if kind is not None and kind.text.startswith(_ROLE_TYPES))
    for _, output in outputs.pairs if outputs is not None else ():
        condition, value = output.get("Condition"), output.get("Value")
        if condition is not None and value is not None and output.get("Export") is not None:
            texts = [node.text for node in value.walk()]
            if any(role in text for role in roles for text in texts):
                yield condition.text


def _tested_conditions(node: Node, depth: int) -> Iterator[str]:
    """The names of the conditions that Fn::If tests in a node."""
    if depth > _MAX_DEPTH:
        return
    arguments = _if_arguments(node)
    if arguments is not None:
        yield arguments[0].text
    for item in node.items:
        yield from _tested_conditions(item, depth + 1)
    for key, value in node.pairs:
        if key.text not in _WITHOUT_ACCESS:
            yield from _tested_conditions(value, depth + 1)


def _if_arguments(node: Node) -> tuple[Node, Node, Node] | None:
    """The condition and the two branches of Fn::If; None for any other node, and if it is malformed."""
    if node.kind is NodeKind.SCALAR or not (node.tag or node.pairs):
        return None
    intrinsic = parse_intrinsic(node)
    if intrinsic is None or intrinsic[0] != _IF or len(intrinsic[1].items) != 3 or len(node.pairs) > 1:
        return None
    condition, yes, no = intrinsic[1].items
    return (condition, yes, no) if condition.kind is NodeKind.SCALAR and condition.text else None


def _select(node: Node, case: Case, depth: int) -> Node:
    if depth > _MAX_DEPTH:
        return node
    arguments = _if_arguments(node)
    if arguments is not None and arguments[0].text in case:
        return _select(arguments[1 if case[arguments[0].text] else 2], case, depth + 1)
    if node.items:
        items = tuple(_select(item, case, depth + 1) for item in node.items)
        return node if all(map(is_, items, node.items)) else replace(node, items=items)
    if node.pairs:
        values = [_select(value, case, depth + 1) for _, value in node.pairs]
        if all(value is old for value, (_, old) in zip(values, node.pairs, strict=True)):
            return node
        pairs = tuple((key, value) for value, (key, _) in zip(values, node.pairs, strict=True))
        return replace(node, pairs=pairs)
    return node


def _without_absent_resources(root: Node, case: Case) -> Node:
    """The template without the resources and outputs whose `Condition` is false."""

    def is_present(resource: Node) -> bool:
        condition = resource.get("Condition")
        return condition is None or case.get(condition.text, True)

    def present(section: Node) -> Node:
        return replace(section, pairs=tuple(pair for pair in section.pairs if is_present(pair[1])))

    pairs = tuple((key, present(value) if key.text in _CONDITIONAL_SECTIONS else value) for key, value in root.pairs)
    return replace(root, pairs=pairs)


def _single_changes(choices: list[list[tuple[str, str]]]) -> Iterator[dict[str, str]]:
    """The first value of every parameter, and each other value with the first ones of the other parameters."""
    first = dict(options[0] for options in choices)
    yield first
    for options in choices:
        for name, value in options[1:]:
            yield first | {name: value}


def _vary_conditions(cases: list[Case], limit: int) -> Iterator[Case]:
    """Of many cases, those that show each condition both true and false, then the first ones."""
    seen: set[tuple[str, bool]] = set()
    first: list[Case] = []
    rest: list[Case] = []
    for case in cases:
        (rest if seen.issuperset(case.items()) else first).append(case)
        seen.update(case.items())
    yield from islice((*first, *rest), limit)


class _Conditions:
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
        definition = self._definition(name)
        subject, *keys = name.split(_SEPARATOR)
        if keys:
            return values.get(subject) in keys
        if definition is None or depth > _MAX_DEPTH:
            return values.get(_undefined_condition_parameter(name)) == "true"
        return self._is_true(definition, values, depth)

    def _is_true(self, expression: Node, values: Mapping[str, str], depth: int) -> bool:
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
