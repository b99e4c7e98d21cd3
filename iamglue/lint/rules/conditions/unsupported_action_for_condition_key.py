"""A statement has a service-specific condition key that requests for none of its actions carry.

`kms:EncryptionContext:...` is not part of a request for `kms:DescribeKey`. Without `IfExists`, the condition never
holds: an Allow allows nothing, a Deny denies nothing. Remove the condition, or use `...IfExists` to test the key only
if it is present. If another action of the statement carries the key, `action-without-condition-key` reports it.

This rule does not check actions with wildcards; `unsatisfiable-condition` does.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import format_code_list
from iamglue.lint.analysis.unsupported_actions import find_unsupported_actions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.ERROR, codes=("UNSUPPORTED_ACTION_FOR_CONDITION_KEY",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each condition key that none of the actions supports."""
    for condition, nodes, other_action_may_carry_key in find_unsupported_actions(policy):
        if not other_action_may_carry_key:
            key, actions = condition.key.text, format_code_list(node.text for node in nodes)
            message = f"requests for {actions} never carry the condition key `{key}`"
            help_ = f"remove the condition on `{key}`, or use an `IfExists` operator"
            yield RuleViolation(nodes[0], message, help=help_, detail=key)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefix": "in/*"}}}'
    ),
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
        '{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefix": "in/*"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "kms:DescribeKey", "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"kms:EncryptionContext:app": "shop"}}}'
    ),
)
