"""Access limited to some attributes of a DynamoDB table that a caller gets round by asking for none by name.

DynamoDB looks at `dynamodb:Attributes` only where a request names the attributes it wants. A read that names none
returns the whole item. Ask for `dynamodb:Select` to be `SPECIFIC_ATTRIBUTES` in the same statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_support import can_carry
from iamglue.findings import Fix, Severity, fix
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import WrittenPolicy, WrittenStatement
from iamglue.policy.parsed_values import WrittenCondition
from iamglue.policy.source.edits import with_pair

RULE = Rule(Severity.SECURITY_WARNING, codes=("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",))
_ATTRIBUTES, _SELECT, _WANTED = "dynamodb:attributes", "dynamodb:select", "SPECIFIC_ATTRIBUTES"
_OPERATOR = "StringEqualsIfExists"


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every statement that limits attributes but not what a read returns."""
    for statement, condition in policy.conditions:
        if condition.key.text.lower() != _ATTRIBUTES or not _compares(condition):
            continue
        if _reads(statement) and not any(map(_selects, statement.conditions)):
            yield Hit(
                condition.key,
                f"a read that names no attributes gets round `{condition.key.text}` and returns whole items",
                help=f"add `dynamodb:Select` with the value `{_WANTED}` to the same statement",
                fix=_fix(statement),
            )


def _compares(condition: WrittenCondition) -> bool:
    return condition.operator is not None and condition.operator.base != "Null"


def _selects(condition: WrittenCondition) -> bool:
    if condition.key.text.lower() != _SELECT:
        return False
    wanted = [value.text == _WANTED or value.holes for value in condition.values]
    return not condition.whole or (bool(wanted) and all(wanted))


def _reads(statement: WrittenStatement) -> bool:
    action = statement.action
    if action is None or action.negated:
        return True
    return any(_may_read(node.text) for node in action.values)


def _may_read(text: str) -> bool:
    prefix, colon, _ = text.partition(":")
    return not colon or "*" in prefix or can_carry(text, "dynamodb:Select") is True


def _fix(statement: WrittenStatement) -> Fix | None:
    block = statement.get("Condition")
    if block is None or statement.effect is not Effect.ALLOW:
        return None
    existing = block.get(_OPERATOR)
    pair = ("dynamodb:Select", _WANTED)
    edits = with_pair(block, _OPERATOR, dict([pair])) if existing is None else with_pair(existing, *pair)
    return fix(f"ask for `{_WANTED}`", edits, safe=True)


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"ForAllValues:StringEquals":'
        ' {"dynamodb:Attributes": ["id"]}, "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}}',
        fixed='{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]},'
        ' "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}',
    ),
    Case(
        '{"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringEquals": {"dynamodb:Attributes": ["salary"]}}}',
    ),
)
