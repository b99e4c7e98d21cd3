"""Access limited to some attributes of a DynamoDB table that a caller gets round by asking for none by name.

DynamoDB looks at `dynamodb:Attributes` only where a request names the attributes it wants. A read that names none
returns the whole item. Ask for `dynamodb:Select` to be `SPECIFIC_ATTRIBUTES` in the same statement.

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
_ATTRIBUTES, _SELECT, _WANTED = "dynamodb:attributes", "dynamodb:select", "SPECIFIC_ATTRIBUTES"
_OPERATOR = "StringEqualsIfExists"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every statement that limits attributes but not what a read returns."""
    for statement, condition in policy.conditions:
        if condition.key.text.lower() != _ATTRIBUTES or not _compares(condition):
            continue
        if _reads(statement) and not any(map(_selects, statement.conditions)):
            yield RuleViolation(
                condition.key,
                f"a read that names no attributes gets round `{condition.key.text}` and returns whole items",
                help=f"add `dynamodb:Select` with the value `{_WANTED}` to the same statement",
                fix=_fix(statement),
            )


def _compares(condition: ParsedCondition) -> bool:
    return condition.operator is not None and condition.operator.base != "Null"


def _selects(condition: ParsedCondition) -> bool:
    if condition.key.text.lower() != _SELECT:
        return False
    wanted = [value.text == _WANTED or value.unresolved for value in condition.values]
    return not condition.is_resolved or (bool(wanted) and all(wanted))


def _reads(statement: ParsedStatement) -> bool:
    action = statement.action
    if action is None or action.negated:
        return True
    return any(_may_read(node.text) for node in action.values)


def _may_read(text: str) -> bool:
    prefix, colon, _ = text.partition(":")
    return not colon or "*" in prefix or may_support_key(text, "dynamodb:Select") is True


def _fix(statement: ParsedStatement) -> Fix | None:
    block = statement.get("Condition")
    if block is None or statement.effect is not Effect.ALLOW:
        return None
    existing = block.get(_OPERATOR)
    pair = ("dynamodb:Select", _WANTED)
    edits = insert_pair(block, _OPERATOR, dict([pair])) if existing is None else insert_pair(existing, *pair)
    return build_fix(f"ask for `{_WANTED}`", edits, safe=True)


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
