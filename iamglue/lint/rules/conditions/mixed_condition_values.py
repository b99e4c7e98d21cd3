"""Values of one condition key that are of different JSON types, or several Booleans.

A list holds texts, or numbers, or Booleans, not some of each: write all of them as text. A Boolean is true or false:
with both in the list the condition would say nothing, and IAM does not take two.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.key_types import is_multivalued, key_type
from iamglue.findings import Severity, fix
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.parsed_values import WrittenCondition
from iamglue.policy.source.edits import joined, rewritten
from iamglue.policy.source.nodes import Node, Shape
from iamglue.policy.source.source_text import Syntax

RULE = Rule(Severity.ERROR, codes=("INVALID_CONDITION_DATA_TYPE", "INVALID_CONDITION_MULTIPLE_BOOLEAN"))
_ONE_VALUE = frozenset({"Bool", "Null"})


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every list of condition values that is mixed, or of Booleans."""
    for _, condition in policy.conditions:
        items = condition.node.items
        if len(items) < 2:
            continue
        if len({_type(item) for item in items if item.shape is not Shape.UNKNOWN}) > 1:
            yield _mixed(condition)
        elif _is_of_booleans(condition):
            text = f"`{condition.key.text}` has {len(items)} Boolean values"
            told = "leave one; where either will do, remove the key"
            yield Hit(condition.node, text, help=told, code="INVALID_CONDITION_MULTIPLE_BOOLEAN")


def _mixed(condition: WrittenCondition) -> Hit:
    items = condition.node.items
    bare = [item for item in items if _type(item) in ("a number", "a Boolean")]
    is_scalar = all(item.shape is Shape.SCALAR and not item.is_null for item in items)
    edits = joined(rewritten(item, item.text) for item in bare) if is_scalar else ()
    kinds = sorted({_type(item) for item in items})
    message = f"the values of `{condition.key.text}` are of different types: {', '.join(kinds)}"
    return Hit(condition.node, message, help="write all of them as text", fix=fix("quote them", edits))


def _type(node: Node) -> str:
    if node.shape is not Shape.SCALAR:
        return f"a {node.shape.value}"
    if node.origin.syntax is not Syntax.JSON or not node.plain:
        return "text"  # what becomes JSON from YAML or HCL quotes what it has to
    if node.is_null:
        return "null"
    return "a Boolean" if node.text in ("true", "false") else "a number"


def _is_of_booleans(condition: WrittenCondition) -> bool:
    if condition.operator is None or condition.operator.base not in _ONE_VALUE:
        return False
    return condition.operator.base == "Null" or not is_multivalued(key_type(condition.key.text) or "")


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"Bool": {"aws:SecureTransport": ["true"]}, "NumericEquals": {"s3:max-keys": [1, 2]}}}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"Bool": {"aws:SecureTransport": true}, "StringEquals": {"aws:PrincipalAccount": ["123456789012", "1"]}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition":'
        ' {"NumericEquals": {"s3:max-keys": ["1", 2]}}}',
        codes=("INVALID_CONDITION_DATA_TYPE",),
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition":'
        ' {"NumericEquals": {"s3:max-keys": ["1", "2"]}}}',
    ),
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"Bool": {"aws:SecureTransport": ["true", "false"]}}}',
        codes=("INVALID_CONDITION_MULTIPLE_BOOLEAN",),
    ),
)
