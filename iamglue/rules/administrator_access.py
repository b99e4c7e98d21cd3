"""A statement that allows every action on every resource.

Whoever has it owns the account: there is nothing left to find out about the policy. List the actions and resources
that are needed; `iamglue infer` and `iamglue generate` help to find them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.iam.arns import is_everything
from iamglue.iam.policies import Effect
from iamglue.rules.open_grants import is_open, survives
from iamglue.rules.rule import Case, Hit, Rule
from iamglue.subjects.written_policy import PolicyType, WrittenPolicy, WrittenStatement

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)

# A Deny that takes back all of these takes back everything.
_SAMPLES = ("iam:CreateUser", "s3:PutObject", "ec2:RunInstances")


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every statement of full access that no Deny takes back as a whole."""
    for statement in policy.statements:
        if grants_everything(statement) and any(survives(statement, action) for action in _SAMPLES):
            node = statement.action.values[0] if statement.action else statement.node
            help_ = "list the actions and resources that are needed"
            yield Hit(node, "every action on every resource is allowed: full access to the account", help=help_)


def grants_everything(statement: WrittenStatement) -> bool:
    """Whether an Allow statement is for every action on every resource, and no condition narrows it."""
    action, resource = statement.action, statement.resource
    if action is None or resource is None or statement.effect is not Effect.ALLOW:
        return False
    if action.negated or resource.negated or not any(_is_all(node.text) for node in action.values):
        return False
    return any(is_everything(node.text) for node in resource.values) and is_open(statement)


def _is_all(text: str) -> bool:
    return text[:1] == "*" and not text.strip("*:")


GOOD = (
    Case('{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}'),
    Case('{"Effect": "Deny", "Action": "*", "Resource": "*"}'),
    Case(
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},'
        ' {"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
    ),
)
BAD = (
    Case('{"Effect": "Allow", "Action": "*", "Resource": "*"}'),
    Case('{"Effect": "Allow", "Action": ["*:*"], "Resource": ["*"]}'),
)
