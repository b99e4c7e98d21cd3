"""The resource part of an ARN matches no ARN format of the service.

Each resource type has a format: a DynamoDB table is `table/NAME`, a Lambda function is `function:NAME`, a state machine
is `stateMachine:NAME`. AWS's reference lists no resource type with this format. The actions of the statement determine
which format is suggested. A whole ARN or a URL in the resource part is often what `Ref` of a template returns, where a
name is needed. ARNs with wildcards, which Access Analyzer does not report, are the subject of `unlisted-arn-resource`.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Confidence, Severity
from iamglue.lint.analysis.arn_resources import arn_resource_violations
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.ERROR, codes=("INVALID_ARN_RESOURCE",), confidence=Confidence.MEDIUM)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find ARNs whose resource part certainly matches no format of the service."""
    for violation, is_certain in arn_resource_violations(policy):
        if is_certain:
            yield violation


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "states:*", "Resource": "arn:aws:states:*:*:statemachine:*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "dynamodb:*", "Resource": ["arn:aws:dynamodb:*:123456789012:table/a",'
        ' "arn:aws:dynamodb:*:123456789012:*", "arn:aws:dynamodb:*:123456789012:t*"]}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "lambda:InvokeFunction",'
        ' "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:resize:live"}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "dynamodb:PutItem",'
        ' "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:exifDataTable"}',
        fixed='{"Effect": "Allow", "Action": "dynamodb:PutItem",'
        ' "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "lambda:InvokeFunction",'
        ' "Resource": "arn:aws:lambda:eu-west-1:123456789012:function/resize"}',
        fixed='{"Effect": "Allow", "Action": "lambda:InvokeFunction",'
        ' "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:resize"}',
    ),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::"}'),
)
