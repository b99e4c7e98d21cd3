"""An Allow under a condition on a key that requests for its actions never carry.

The condition can then never hold, and what looks allowed is not. This concerns tags in the request (`aws:RequestTag/`,
`aws:TagKeys`) with actions that take no tags, and actions written with wildcards of which not one carries the key.
Move such actions to a statement without the condition.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_support import can_carry, is_selective
from iamglue.findings import Severity
from iamglue.lint.analysis.key_needed import listed, needs_the_key
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.parsed_values import WrittenCondition
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.WARNING)
_REQUEST_TAGS = ("aws:requesttag/", "aws:tagkeys")
# Has a rule of its own for Allow and for Deny, as Access Analyzer has.
_RESOURCE_TAG = "aws:resourcetag/"


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every condition of an Allow with the actions for which it never holds."""
    for statement, condition in policy.conditions:
        if statement.effect is not Effect.ALLOW or statement.action is None or statement.action.negated:
            continue
        if not _is_tested(condition):
            continue
        never = [node for node in statement.action.values if _never_carries(node, condition.key.text)]
        if never:
            yield _hit(condition, never, everything=len(never) == len(statement.action.values))


def _is_tested(condition: WrittenCondition) -> bool:
    key = condition.key
    if key.holes or not is_selective(key.text) or key.text.lower().startswith(_RESOURCE_TAG):
        return False
    return needs_the_key(condition)


def _never_carries(node: Node, key: str) -> bool:
    if node.holes:
        return False
    is_pattern = "*" in node.text or "?" in node.text
    if not is_pattern and not key.lower().startswith(_REQUEST_TAGS):
        return False
    return can_carry(node.text, key) is False


def _hit(condition: WrittenCondition, never: list[Node], *, everything: bool) -> Hit:
    key = condition.key.text
    actions = listed(node.text for node in never)
    if everything:
        return Hit(condition.key, f"requests for {actions} never carry the condition key `{key}`: nothing is allowed")
    return Hit(
        condition.key,
        f"requests for {actions} never carry the condition key `{key}`: they are not allowed",
        help="move them to a statement without this condition",
    )


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": ["ec2:Run*", "ec2:CreateTags"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",'
        ' "Condition": {"StringEqualsIfExists": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}'
    ),
    Case(
        '{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": ["ec2:RunInstances", "ec2:DescribeInstances"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}',
        codes=("",),
    ),
    Case(
        '{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",'
        ' "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}',
        codes=("",),
    ),
)
