"""A statement requires a resource tag, which AWS's reference does not list for requests for some of its actions.

An action that creates a resource may set tags (`aws:RequestTag/...`), but the resource does not have any before. Few
services also compare `aws:ResourceTag/...` with the new tags. If the service does not, the condition never holds: an
Allow does not allow the action, a Deny does not deny it. The same is true for `Null` with `false` on an action that
does not support resource tags at all. Access Analyzer reports neither.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Confidence, Severity
from iamglue.lint.analysis.required_key import format_code_list
from iamglue.lint.analysis.unsupported_tags import resource_tag_conditions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.SUGGESTION, confidence=Confidence.LOW)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each resource tag with the actions that may not support it and that Access Analyzer does not report."""
    for tag_condition in resource_tag_conditions(policy):
        if tag_condition.other_actions:
            key, actions = tag_condition.condition.key, format_code_list(tag_condition.other_actions)
            verb = tag_condition.effect.value.lower()
            message = (
                f"AWS's reference does not list `{key.text}` for {actions}; if requests for them do not carry it,"
                f" this statement does not {verb} them"
            )
            help_ = (
                f"move {actions} to a statement without this key; to require a tag at creation, test `aws:RequestTag`"
            )
            yield RuleViolation(key, message, help=help_)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["bedrock:GetPrompt", "bedrock:DeletePrompt"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "bedrock:CreatePrompt", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["bedrock:GetPrompt", "bedrock:CreatePrompt"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": ["kms:Decrypt", "kms:ListKeys"], "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "a"}, "Null": {"aws:ResourceTag/team": "false"}}}'
    ),
)
