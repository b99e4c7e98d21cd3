"""An Allow has a condition on a key that requests for its actions never carry.

The condition never holds, so the statement does not allow these actions. This applies to tags in the request
(`aws:RequestTag/`, `aws:TagKeys`) with actions that do not accept tags, and to actions with wildcards if no matching
action supports the key. Move such actions to a statement without the condition.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_support import is_action_specific_key, may_support_key
from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import format_code_list, requires_key
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.WARNING)
_REQUEST_TAGS = ("aws:requesttag/", "aws:tagkeys")
# Separate rules check this key for Allow and for Deny, as in Access Analyzer.
_RESOURCE_TAG = "aws:resourcetag/"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each condition of an Allow that never holds for some of its actions."""
    for statement, condition in policy.conditions:
        if statement.effect is not Effect.ALLOW or statement.action is None or statement.action.negated:
            continue
        if not _is_tested(condition):
            continue
        unsupported = [node for node in statement.action.values if _never_carries(node, condition.key.text)]
        if unsupported:
            yield _build_violation(
                condition, unsupported, is_whole_statement=len(unsupported) == len(statement.action.values)
            )


def _is_tested(condition: ParsedCondition) -> bool:
    """Return whether the condition requires a key that only some actions support."""
    key = condition.key
    if key.unresolved or not is_action_specific_key(key.text) or key.text.lower().startswith(_RESOURCE_TAG):
        return False
    return requires_key(condition)


def _never_carries(node: Node, key: str) -> bool:
    """Return whether no request for the action carries the key; other rules check most actions without wildcards."""
    if node.unresolved:
        return False
    is_pattern = "*" in node.text or "?" in node.text
    if not is_pattern and not key.lower().startswith(_REQUEST_TAGS):
        return False
    return may_support_key(node.text, key) is False


def _build_violation(condition: ParsedCondition, unsupported: list[Node], *, is_whole_statement: bool) -> RuleViolation:
    """The violation of a key that requests for some actions, or for all of the statement, never have."""
    key = condition.key.text
    actions = format_code_list(node.text for node in unsupported)
    if is_whole_statement:
        return RuleViolation(
            condition.key,
            f"requests for {actions} never carry the condition key `{key}`, so this statement allows nothing",
        )
    return RuleViolation(
        condition.key,
        f"requests for {actions} never carry the condition key `{key}`, so this statement does not allow them",
        help=f"move {actions} to a statement without this condition",
    )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["ec2:Run*", "ec2:CreateTags"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",'
        ' "Condition": {"StringEqualsIfExists": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["ec2:RunInstances", "ec2:DescribeInstances"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}',
        codes=("",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",'
        ' "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}',
        codes=("",),
    ),
)
