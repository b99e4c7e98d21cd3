"""A condition limits the attributes of a DynamoDB table, but a read that names no attributes bypasses it.

DynamoDB evaluates `dynamodb:Attributes` only if a request names the attributes it wants. A read that names none
returns the whole item. Require `dynamodb:Select` to be `SPECIFIC_ATTRIBUTES` in the same statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_support import may_support_key
from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.edits import insert_pair

RULE = Rule(Severity.SECURITY_WARNING, codes=("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",))
_ATTRIBUTES, _SELECT, _SPECIFIC_ATTRIBUTES = "dynamodb:attributes", "dynamodb:select", "SPECIFIC_ATTRIBUTES"
_OPERATOR = "StringEqualsIfExists"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report statements that limit attributes but do not require reads to name them."""
    for statement, condition in policy.conditions:
        if condition.key.text.lower() != _ATTRIBUTES or not _is_value_comparison(condition):
            continue
        if _may_return_items(statement) and not any(map(_requires_specific_attributes, statement.conditions)):
            yield RuleViolation(
                condition.key,
                f"`{condition.key.text}` does not limit a read that names no attributes, which returns whole items",
                help=f"add `dynamodb:Select` with the value `{_SPECIFIC_ATTRIBUTES}` to the same statement",
                fix=_select_fix(statement),
            )


def _is_value_comparison(condition: ParsedCondition) -> bool:
    return condition.operator is not None and condition.operator.base != "Null"


def _requires_specific_attributes(condition: ParsedCondition) -> bool:
    """Return whether the condition requires `SPECIFIC_ATTRIBUTES`; also true if a value is unknown."""
    if condition.key.text.lower() != _SELECT:
        return False
    is_specific = [value.text == _SPECIFIC_ATTRIBUTES or value.unresolved for value in condition.values]
    return not condition.is_resolved or (bool(is_specific) and all(is_specific))


def _may_return_items(statement: ParsedStatement) -> bool:
    """Return whether some action of the statement may return items."""
    action = statement.action
    if action is None or action.negated:
        return True
    return any(_supports_select(node.text) for node in action.values)


def _supports_select(text: str) -> bool:
    prefix, colon, _ = text.partition(":")
    return not colon or "*" in prefix or may_support_key(text, "dynamodb:Select") is True


def _select_fix(statement: ParsedStatement) -> Fix | None:
    """Add the missing condition; None unless the statement is an Allow with a Condition."""
    block = statement.get("Condition")
    if block is None or statement.effect is not Effect.ALLOW:
        return None
    existing = block.get(_OPERATOR)
    pair = ("dynamodb:Select", _SPECIFIC_ATTRIBUTES)
    edits = insert_pair(block, _OPERATOR, dict([pair])) if existing is None else insert_pair(existing, *pair)
    return build_fix(f"require `{_SPECIFIC_ATTRIBUTES}`", edits, safe=True)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"ForAllValues:StringEquals":'
        ' {"dynamodb:Attributes": ["id"]}, "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}}',
        fixed='{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]},'
        ' "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringEquals": {"dynamodb:Attributes": ["salary"]}}}',
    ),
)
