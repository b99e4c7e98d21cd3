"""A service-specific condition key is not part of requests for some of the statement's actions.

`s3:prefix` is part of a request for `s3:ListBucket`, but not for `s3:GetObject`. Without `IfExists`, the condition
never holds for such an action: an Allow does not allow it, a Deny does not deny it. Move the action to a separate
statement without the key, or use `...IfExists` to test the key only if it is present.

AWS's reference does not list every key of every action, and Access Analyzer does not report statements in which
another action carries the key. Actions with wildcards are not checked here; `unsatisfiable-condition` does that.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Confidence, Severity
from iamglue.lint.analysis.required_key import format_code_list
from iamglue.lint.analysis.unsupported_actions import find_unsupported_actions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.WARNING, confidence=Confidence.MEDIUM)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each condition key with the listed actions that do not support it, if another action may."""
    for condition, nodes, other_action_may_carry_key in find_unsupported_actions(policy):
        if other_action_may_carry_key:
            key, actions = condition.key.text, format_code_list(node.text for node in nodes)
            message = f"according to AWS's reference, requests for {actions} never carry the condition key `{key}`"
            help_ = f"move {actions} to a statement without `{key}`, or use an `IfExists` operator"
            yield RuleViolation(nodes[0], message, help=help_, detail=key)


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
        '{"Effect": "Allow", "Action": ["s3:GetObject", "ec2:DescribeInstances"], "Resource": "*", "Condition":'
        ' {"ArnEquals": {"ec2:SourceInstanceArn": "arn:aws:ec2:us-east-1:123456789012:instance/i-1a2b3c4d"}}}'
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
