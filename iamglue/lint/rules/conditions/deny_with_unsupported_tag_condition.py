"""A Deny by resource tag for actions whose requests carry no tag of a resource.

`aws:ResourceTag/...` is part of a request only where the service compares tags for that action. Where it does not, the
condition never holds and the action is not denied, however the resource is tagged. A wildcard is looked up action by
action. Give such actions a statement of their own that names the resources. `IfExists` is no way out: it denies every
resource.

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
    Severity.SECURITY_WARNING,
    codes=(
        "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    ),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every condition on a resource tag of a Deny that some of its actions never meet."""
    for found in unsupported_tag_conditions(policy, Effect.DENY):
        yield _but_some(found) if found.negated else _some(found)


def _but_some(found: TagCondition) -> RuleViolation:
    key = found.condition.key
    return RuleViolation(
        key,
        f"`NotAction` with `{key.text}` denies only actions whose requests carry tags of a resource",
        help="list in `Action` what is to be denied",
        code=RULE.codes[1],
    )


def _some(found: TagCondition) -> RuleViolation:
    key = found.condition.key
    return RuleViolation(
        key,
        f"{format_code_list(found.actions)} cannot be denied by `{key.text}`: such requests carry no tag of a resource",
        help="move them to a statement without this key that names the resources",
    )


GOOD = (
    RuleExample(
        '{"Effect": "Deny", "Action": ["ec2:TerminateInstances", "ec2:Stop*"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/status": "final"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": ["ec2:TerminateInstances", "ec2:DescribeInstances"], "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "shop"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": ["apigateway:DELETE", "dynamodb:Put*"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/status": "final"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Deny", "Action": ["ec2:TerminateInstances", "ec2:DescribeInstances"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/status": "final"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": ["apigateway:DELETE", "dynamodb:Delete*"], "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "shop"},'
        ' "Null": {"aws:ResourceTag/team": "false"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/status": "final"}}}',
        codes=("DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",),
    ),
)
