"""The resource part of an ARN with a wildcard matches no ARN format of the service in AWS's reference.

`arn:aws:states:*:*:statemachine:*` most likely matches nothing, because a state machine is `stateMachine:NAME`. It may
still have an effect: the reference is not complete, and AWS says that a `*` at the end of a field "can match beyond the
colon", so `arn:aws:logs:*:*:/aws/lambda/*` may match `log-group:/aws/lambda/a`. Access Analyzer does not report it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Confidence, Severity
from iamglue.lint.analysis.arn_resources import arn_resource_violations
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.WARNING, confidence=Confidence.MEDIUM)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find ARNs with wildcards whose resource part matches no format of the service."""
    for violation, is_certain in arn_resource_violations(policy):
        if not is_certain:
            yield violation


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "states:*", "Resource": "arn:aws:states:*:*:stateMachine:*"}'),
    RuleExample('{"Effect": "Allow", "Action": "apigateway:GET", "Resource": "arn:aws:apigateway:*::/tags"}'),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "lambda:InvokeFunction",'
        ' "Resource": "arn:aws:lambda:eu-west-1:123456789012:function/resize-*"}',
        fixed='{"Effect": "Allow", "Action": "lambda:InvokeFunction",'
        ' "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:resize-*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "states:StartExecution", "Resource": "arn:aws:states:*:*:statemachine:orders"}',
        fixed='{"Effect": "Allow", "Action": "states:StartExecution",'
        ' "Resource": "arn:aws:states:*:*:stateMachine:orders"}',
    ),
)
