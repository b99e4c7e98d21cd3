"""A statement that allows every action on every resource.

A principal with this policy has full access to the account, whatever else the policy says. List the actions and
resources that are needed; `iamglue generate` writes them from a spec of what the function reads and writes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.open_grants import has_no_resource_condition, survives_denies
from iamglue.lint.analysis.risky_grants import RiskyGrant, risky_grants
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import is_single_star
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)

# If the Deny statements override all of these actions, they are assumed to override every action.
_SAMPLE_ACTIONS = ("iam:CreateUser", "s3:PutObject", "ec2:RunInstances")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find statements that allow full access, unless a Deny overrides them."""
    for grant in risky_grants(policy):
        if _allows_everything(grant) and any(survives_denies(grant.statement, action) for action in _SAMPLE_ACTIONS):
            help_ = "list the actions and resources that are needed"
            yield RuleViolation(
                grant.node,
                "the statement allows every action on every resource, which is full access to the account",
                help=help_,
            )


def grants_everything(policy: ParsedPolicy, statement: ParsedStatement | None = None) -> bool:
    """True if `statement`, or any statement if it is None, allows every action on every resource without conditions."""
    return any(
        _allows_everything(grant) for grant in risky_grants(policy) if statement is None or grant.statement is statement
    )


def _allows_everything(grant: RiskyGrant) -> bool:
    """True if the Action is every action, on every resource, and no condition limits the resources."""
    text, resource = grant.node.text, grant.statement.resource
    if text[:1] != "*" or text.strip("*:") or resource is None or resource.negated:
        return False
    return any(is_single_star(node.text) for node in resource.values) and has_no_resource_condition(grant.statement)


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}'),
    RuleExample('{"Effect": "Deny", "Action": "*", "Resource": "*"}'),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},'
        ' {"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
    ),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "*", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": ["*:*"], "Resource": ["*"]}'),
)
