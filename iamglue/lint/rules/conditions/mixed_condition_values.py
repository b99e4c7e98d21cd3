"""The values of one condition key have different JSON types, or are several Booleans.

A list contains only strings, only numbers or only Booleans: write all values as strings. A Boolean is true or false:
a list with both would not test anything, and IAM rejects two Booleans.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_types import is_multivalued_key
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.edits import combine_edits, replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax

RULE = Rule(Severity.ERROR, codes=("INVALID_CONDITION_DATA_TYPE", "INVALID_CONDITION_MULTIPLE_BOOLEAN"))
_BOOLEAN_OPERATORS = frozenset({"Bool", "Null"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report lists of condition values with mixed types or several Booleans."""
    for _, condition in policy.conditions:
        items = condition.node.items
        if len(items) < 2:
            continue
        if len({_json_type(item) for item in items if item.kind is not NodeKind.UNKNOWN}) > 1:
            yield _mixed_types_violation(condition)
        elif _accepts_one_boolean(condition):
            text = f"`{condition.key.text}` has {len(items)} Boolean values, but IAM accepts only one"
            help_ = "keep one; if both are accepted, remove the key"
            yield RuleViolation(condition.node, text, help=help_, code="INVALID_CONDITION_MULTIPLE_BOOLEAN")


def _mixed_types_violation(condition: ParsedCondition) -> RuleViolation:
    """The violation of values of several JSON types; it has no fix if one is null or a map."""
    items = condition.node.items
    unquoted = [item for item in items if _json_type(item) in ("a number", "a Boolean")]
    is_scalar = all(item.kind is NodeKind.SCALAR and not item.is_null for item in items)
    edits = combine_edits(replace_scalar(item, item.text) for item in unquoted) if is_scalar else ()
    kinds = sorted({_json_type(item) for item in items})
    message = f"the values of `{condition.key.text}` have different types: {', '.join(kinds)}"
    return RuleViolation(
        condition.node, message, help="write all values as strings", fix=build_fix("quote the values", edits)
    )


def _json_type(node: Node) -> str:
    """Return the JSON type of a value, with its article, as messages name it."""
    if node.kind is not NodeKind.SCALAR:
        return f"a {node.kind.value}"
    if node.source.syntax is not Syntax.JSON or not node.plain:
        return "a string"  # conversion of YAML or HCL to JSON adds the quotes that are needed
    if node.is_null:
        return "null"
    return "a Boolean" if node.text in ("true", "false") else "a number"


def _accepts_one_boolean(condition: ParsedCondition) -> bool:
    """Return whether the operator and the key allow only one Boolean value."""
    if condition.operator is None or condition.operator.base not in _BOOLEAN_OPERATORS:
        return False
    return condition.operator.base == "Null" or not is_multivalued_key(condition.key.text)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"Bool": {"aws:SecureTransport": ["true"]}, "NumericEquals": {"s3:max-keys": [1, 2]}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"Bool": {"aws:SecureTransport": true}, "StringEquals": {"aws:PrincipalAccount": ["123456789012", "1"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition":'
        ' {"NumericEquals": {"s3:max-keys": ["1", 2]}}}',
        codes=("INVALID_CONDITION_DATA_TYPE",),
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition":'
        ' {"NumericEquals": {"s3:max-keys": ["1", "2"]}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"Bool": {"aws:SecureTransport": ["true", "false"]}}}',
        codes=("INVALID_CONDITION_MULTIPLE_BOOLEAN",),
    ),
)
