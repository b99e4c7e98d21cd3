"""A service-specific condition key applies to an action whose requests never carry it.

`kms:EncryptionContext:...` is not part of a request for `kms:DescribeKey`. Without `IfExists`, the condition then
never holds for that action: an Allow does not allow it, a Deny does not deny it. Move the action to a separate
statement without the key, or use `...IfExists` to test the key only if it is present.

This rule does not check actions with wildcards; `unsatisfiable-condition` does.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_support import is_action_specific_key, may_support_key
from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import format_code_list
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.ERROR, codes=("UNSUPPORTED_ACTION_FOR_CONDITION_KEY",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each condition key with the listed actions that do not support it."""
    for statement, condition in policy.conditions:
        if statement.action is None or statement.action.negated or not _is_tested(condition):
            continue
        key = condition.key.text
        unsupported = [node for node in statement.action.values if _is_unsupported(node, key)]
        if unsupported:
            yield _build_violation(unsupported, key)


def _is_tested(condition: ParsedCondition) -> bool:
    """Return whether the key is service-specific and the operator has no `IfExists`."""
    key = condition.key
    if key.unresolved or key.text[:4].lower() == "aws:" or not is_action_specific_key(key.text):
        return False
    return condition.operator is not None and not condition.operator.if_exists


def _is_unsupported(node: Node, key: str) -> bool:
    """Return whether requests for the action never carry the key; False for patterns and unknown values."""
    if node.unresolved or "*" in node.text or "?" in node.text:
        return False
    return may_support_key(node.text, key) is False


def _build_violation(unsupported: list[Node], key: str) -> RuleViolation:
    actions = format_code_list(node.text for node in unsupported)
    help_ = f"move {actions} to a statement without `{key}`, or use an `IfExists` operator"
    message = f"requests for {actions} never carry the condition key `{key}`"
    return RuleViolation(unsupported[0], message, help=help_, detail=key)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:ListBucket", "s3:Get*"], "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefix": "in/*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": ["ec2:RunInstances", "ec2:DescribeInstances"], "Resource": "*",'
        ' "Condition": {"StringEqualsIfExists": {"ec2:InstanceType": "t3.micro"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefix": "in/*"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": ["kms:Decrypt", "kms:DescribeKey"], "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"kms:EncryptionContext:app": "shop"}}}'
    ),
)
