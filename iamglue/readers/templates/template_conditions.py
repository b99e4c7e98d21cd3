"""The combinations of a template's conditions that can be true together, and the template as each of them deploys it.

A condition compares parameters with texts. Unless `--set` gives their values, each text that a parameter is compared
with is a case, and any other value is one more. Only conditions matter that resources of IAM, Lambda or SAM depend on.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from operator import is_

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.condition_expressions import TemplateConditions
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic

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
_IF = "Fn::If"
_MAX_CASES, _MAX_COMBINATIONS, _MAX_DEPTH = 16, 4096, 100
# Reading and evaluating a large template takes seconds for each case.
_MAX_CHARACTERS = 4 * 1024 * 1024
Case = dict[str, bool]


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
    conditions = TemplateConditions(root, settings)
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
    condition, if_true, if_false = intrinsic[1].items
    return (condition, if_true, if_false) if condition.kind is NodeKind.SCALAR and condition.text else None


def _select(node: Node, case: Case, depth: int) -> Node:
    """The node with each Fn::If replaced by its branch, as far as the case has its condition."""
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
