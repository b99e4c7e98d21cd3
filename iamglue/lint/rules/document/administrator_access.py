"""A statement that allows every action on every resource.

A principal with this policy has full access to the account, whatever else the policy says. List the actions and
resources that are needed; `iamglue generate` writes them from a spec of what the function reads and writes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.wide_statements import wide_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType

RULE = Rule(Severity.SECURITY_WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)

# If the Deny statements override all of these actions, they are assumed to override every action.
_SAMPLE_ACTIONS = (("iam:CreateUser", "iam:user/*"), ("s3:PutObject", "s3:*/*"), ("ec2:RunInstances", "ec2:instance/*"))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find statements that allow full access, unless a Deny overrides them."""
    for statement, action in wide_statements(policy).full_access:
        if not _is_overridden(policy, statement):
            yield RuleViolation(
                action,
                "the statement allows every action on every resource, which is full access to the account",
                help="list the actions and resources that are needed",
            )


def _is_overridden(policy: ParsedPolicy, statement: ParsedStatement) -> bool:
    """Whether Deny statements take away so much that it is no administrator access any more."""
    if not any(other.effect is Effect.DENY for other in policy.statements):
        return False
    from iamglue.lint.analysis.policy_access import policy_access  # noqa: PLC0415 - startup: only if there is a Deny

    access = policy_access(policy)
    return not any(access.is_allowed_by(statement, action, shape) for action, shape in _SAMPLE_ACTIONS)


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
