"""Values of one condition key that are of different JSON types, or several Booleans.

A list holds texts, or numbers, or Booleans, not some of each: write all of them as text. A Boolean is true or false:
with both in the list the condition would say nothing, and IAM does not take two.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_types import condition_key_type, is_multivalued_type
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.edits import combine_edits, replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax

RULE = Rule(Severity.ERROR, codes=("INVALID_CONDITION_DATA_TYPE", "INVALID_CONDITION_MULTIPLE_BOOLEAN"))
_ONE_VALUE = frozenset({"Bool", "Null"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every list of condition values that is mixed, or of Booleans."""
    for _, condition in policy.conditions:
        items = condition.node.items
        if len(items) < 2:
            continue
        if len({_type(item) for item in items if item.kind is not NodeKind.UNKNOWN}) > 1:
            yield _mixed(condition)
        elif _is_of_booleans(condition):
            text = f"`{condition.key.text}` has {len(items)} Boolean values"
            told = "leave one; where either will do, remove the key"
            yield RuleViolation(condition.node, text, help=told, code="INVALID_CONDITION_MULTIPLE_BOOLEAN")


def _mixed(condition: ParsedCondition) -> RuleViolation:
    items = condition.node.items
    bare = [item for item in items if _type(item) in ("a number", "a Boolean")]
    is_scalar = all(item.kind is NodeKind.SCALAR and not item.is_null for item in items)
    edits = combine_edits(replace_scalar(item, item.text) for item in bare) if is_scalar else ()
    kinds = sorted({_type(item) for item in items})
    message = f"the values of `{condition.key.text}` are of different types: {', '.join(kinds)}"
    return RuleViolation(condition.node, message, help="write all of them as text", fix=build_fix("quote them", edits))


def _type(node: Node) -> str:
    if node.kind is not NodeKind.SCALAR:
        return f"a {node.kind.value}"
    if node.source.syntax is not Syntax.JSON or not node.plain:
        return "text"  # what becomes JSON from YAML or HCL quotes what it has to
    if node.is_null:
        return "null"
    return "a Boolean" if node.text in ("true", "false") else "a number"


def _is_of_booleans(condition: ParsedCondition) -> bool:
    if condition.operator is None or condition.operator.base not in _ONE_VALUE:
        return False
    return condition.operator.base == "Null" or not is_multivalued_type(condition_key_type(condition.key.text) or "")


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
