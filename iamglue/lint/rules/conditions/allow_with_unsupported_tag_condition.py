"""An Allow by resource tag for actions whose requests carry no tag of a resource.

`aws:ResourceTag/...` is part of a request only where the service compares tags for that action. Where it does not, the
condition never holds and the action is not allowed, however the resource is tagged. A wildcard is looked up action by
action. Give such actions a statement of their own that names the resources. `IfExists` and negated operators are no
way out: they allow every resource.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import format_code_list
from iamglue.lint.analysis.unsupported_tags import TagCondition, unsupported_tag_conditions
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
    """Every condition on a resource tag of an Allow that some of its actions never meet."""
    for found in unsupported_tag_conditions(policy, Effect.ALLOW):
        yield _but_some(found) if found.negated else _some(found)


def _but_some(found: TagCondition) -> RuleViolation:
    key = found.condition.key
    return RuleViolation(
        key,
        f"`NotAction` with `{key.text}` allows only actions whose requests carry tags of a resource",
        help="list in `Action` what is to be allowed",
        code=RULE.codes[1],
    )


def _some(found: TagCondition) -> RuleViolation:
    key = found.condition.key
    return RuleViolation(
        key,
        f"{format_code_list(found.actions)} cannot be allowed by `{key.text}`: "
        "such requests carry no tag of a resource",
        help="move them to a statement without this key that names the resources",
    )


GOOD = (
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
        '{"Effect": "Allow", "Action": ["kms:Decrypt", "kms:ListKeys"], "Resource": "*",'
        ' "Condition": {"Null": {"aws:ResourceTag/team": "false"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}}',
        codes=("ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",),
    ),
)
