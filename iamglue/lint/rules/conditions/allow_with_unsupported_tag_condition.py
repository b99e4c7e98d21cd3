"""An Allow tests `aws:ResourceTag/...`, but requests for some of its actions never carry this key.

A request carries `aws:ResourceTag/...` only if the service compares tags for that action. For any other action the
condition never holds, so the statement does not allow the action, whatever tags the resource has. A wildcard is
checked for each action that it matches. Move such actions to a separate statement that names the resources. Do not
use `IfExists` or a negated operator instead: the statement would then allow these actions on every resource. Access
Analyzer reports neither `Null` nor actions that may set tags, such as those that create a resource;
`possibly-unsupported-tag-condition` does.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.unsupported_tags import unsupported_tag_violations
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(
    Severity.SUGGESTION,
    codes=(
        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    ),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each resource tag condition of an Allow that never holds for some of its actions."""
    yield from unsupported_tag_violations(policy, Effect.ALLOW, RULE.codes[1])


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["bedrock:GetPrompt", "bedrock:CreatePrompt"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": ["ec2:StartInstances", "ec2:Stop*"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": ["ec2:StartInstances", "ec2:DescribeInstances"], "Resource": "*",'
        ' "Condition": {"StringEqualsIfExists": {"aws:ResourceTag/team": "shop"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*",'
        ' "Condition": {"Null": {"aws:ResourceTag/team": "true"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["ec2:StartInstances", "ec2:DescribeInstances"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "events:Remove*", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:ResourceTag/team": "shop-*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}}',
        codes=("ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",),
    ),
)
