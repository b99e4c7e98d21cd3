"""A statement that allows every action on every resource.

Whoever has it owns the account: there is nothing left to find out about the policy. List the actions and resources
that are needed; `iamglue generate` writes them from a spec of what the function reads and writes.

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

# A Deny that takes back all of these takes back everything.
_SAMPLE_ACTIONS = ("iam:CreateUser", "s3:PutObject", "ec2:RunInstances")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every statement of full access that no Deny takes back as a whole."""
    for grant in risky_grants(policy):
        if _allows_everything(grant) and any(survives_denies(grant.statement, action) for action in _SAMPLE_ACTIONS):
            help_ = "list the actions and resources that are needed"
            yield RuleViolation(
                grant.node, "every action on every resource is allowed: full access to the account", help=help_
            )


def grants_everything(policy: ParsedPolicy, statement: ParsedStatement | None = None) -> bool:
    """Whether a statement of the policy, or the given one, allows every action on every resource unconditionally."""
    return any(
        _allows_everything(grant) for grant in risky_grants(policy) if statement is None or grant.statement is statement
    )


def _allows_everything(grant: RiskyGrant) -> bool:
    """Whether an Action is every action, on every resource, and no condition narrows it."""
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
