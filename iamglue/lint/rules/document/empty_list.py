"""An empty list or map: it matches nothing or everything, depending on the element.

`"Action": []` and `"Resource": []` make a statement that never applies. `"Condition": {}` has no effect. Access
Analyzer's documentation says of a condition key without values that a plain operator "returns true".

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.edits import remove_child
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(
    Severity.SUGGESTION,
    codes=(
        "EMPTY_ARRAY_ACTION",
        "EMPTY_ARRAY_RESOURCE",
        "EMPTY_ARRAY_PRINCIPAL",
        "EMPTY_OBJECT_PRINCIPAL",
        "EMPTY_OBJECT_CONDITION",
        "EMPTY_ARRAY_CONDITION",
        "EMPTY_ARRAY_CONDITION_FORALLVALUES",
        "EMPTY_ARRAY_CONDITION_FORANYVALUE",
        "EMPTY_ARRAY_CONDITION_IFEXISTS",
    ),
)

_LISTS = (
    ("Action", "EMPTY_ARRAY_ACTION"),
    ("NotAction", "EMPTY_ARRAY_ACTION"),
    ("Resource", "EMPTY_ARRAY_RESOURCE"),
    ("NotResource", "EMPTY_ARRAY_RESOURCE"),
)
_CONSEQUENCES = {
    "Action": "the statement never applies",
    "NotAction": "no action is excluded",
    "Resource": "the statement never applies",
    "NotResource": "no resource is excluded",
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find empty lists and maps in the statements."""
    names_principals = policy.names_principals
    for statement in policy.statements:
        elements = statement.elements
        for name, code in _LISTS:
            if name in elements and _is_empty(elements[name][1], NodeKind.LIST):
                yield RuleViolation(elements[name][1], f"`{name}` is an empty list: {_CONSEQUENCES[name]}", code=code)
        if names_principals:
            yield from _empty_principals(statement)
        condition = statement.get("Condition")
        if condition is not None:
            yield from _empty_conditions(statement, condition)


def _empty_conditions(statement: ParsedStatement, node: Node) -> Iterator[RuleViolation]:
    """Yield what is empty in `Condition`: it has no effect, but a key without values is never met."""
    if _is_empty(node, NodeKind.MAP):
        removal = build_fix("remove it", remove_child(statement.node, statement.key("Condition") or node), safe=True)
        yield RuleViolation(node, "`Condition` is empty and has no effect", code="EMPTY_OBJECT_CONDITION", fix=removal)
    for name, keys in node.pairs:
        if _is_empty(keys, NodeKind.MAP):
            removal = build_fix("remove it", remove_child(node, name), safe=True)
            yield RuleViolation(
                keys, f"`{name.text}` is empty and has no effect", code="EMPTY_OBJECT_CONDITION", fix=removal
            )
    for condition in statement.conditions:
        if _is_empty(condition.node, NodeKind.LIST):
            yield _missing_values_violation(condition)


def _empty_principals(statement: ParsedStatement) -> Iterator[RuleViolation]:
    """Yield what is empty in the element that names principals."""
    element = statement.principal
    if element is None:
        return
    name = element.key.text
    if _is_empty(element.node, NodeKind.MAP):
        yield RuleViolation(element.node, f"`{name}` is empty: it matches no principal", code="EMPTY_OBJECT_PRINCIPAL")
    for node in (element.node, *(value for _, value in element.node.pairs)):
        if _is_empty(node, NodeKind.LIST):
            yield RuleViolation(
                node, f"`{name}` has an empty list: it matches no principal", code="EMPTY_ARRAY_PRINCIPAL"
            )


def _missing_values_violation(condition: ParsedCondition) -> RuleViolation:
    """A condition key without values; what it means depends on the operator."""
    operator = condition.operator
    code_suffix, consequence = "", "AWS treats the condition as true"
    if operator is not None and operator.if_exists:
        code_suffix, consequence = "_IFEXISTS", "the condition is true only if the key is absent"
    if operator is not None and operator.quantifier == "ForAllValues":
        code_suffix, consequence = "_FORALLVALUES", "the condition is true only if the key is absent"
    elif operator is not None and operator.quantifier == "ForAnyValue":
        code_suffix, consequence = "_FORANYVALUE", "the condition is never true"
    message = f"`{condition.key.text}` has no values under `{condition.operator_node.text}`: {consequence}"
    return RuleViolation(
        condition.node, message, help="add values, or remove the key", code=f"EMPTY_ARRAY_CONDITION{code_suffix}"
    )


def _is_empty(node: Node, kind: NodeKind) -> bool:
    return node.kind is kind and not node.items and not node.pairs


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::images"],'
        ' "Condition": {"StringLike": {"s3:prefix": ["in/*"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": [], "Resource": []}',
        codes=("EMPTY_ARRAY_ACTION", "EMPTY_ARRAY_RESOURCE"),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {}}',
        codes=("EMPTY_OBJECT_CONDITION",),
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"a:b": []}, '
        '"StringEqualsIfExists": {"a:b": []}, "ForAllValues:StringEquals": {"a:b": []}, '
        '"ForAnyValue:StringEquals": {"a:b": []}}}',
        codes=(
            "EMPTY_ARRAY_CONDITION",
            "EMPTY_ARRAY_CONDITION_IFEXISTS",
            "EMPTY_ARRAY_CONDITION_FORALLVALUES",
            "EMPTY_ARRAY_CONDITION_FORANYVALUE",
        ),
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": []}, "Action": "s3:GetObject", "Resource": "*"}',
        PolicyType.RESOURCE,
        codes=("EMPTY_ARRAY_PRINCIPAL",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {}, "Action": "s3:GetObject", "Resource": "*"}',
        PolicyType.RESOURCE,
        codes=("EMPTY_OBJECT_PRINCIPAL",),
    ),
)
