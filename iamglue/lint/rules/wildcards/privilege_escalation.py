"""Actions that together allow privilege escalation.

A principal that may write the policies of any role, or pass any role to a function of its own, can get the access of
those roles. The escalation paths come from a table with sources. `lint` checks one policy, `audit` all policies of a
role. A path is not reported if a Deny of the same policy overrides it, or if a condition limits it: `iam:PassRole` to
one role, or to another service than that of the path. Actions that return credentials have a rule of their own.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.escalation_paths import EscalationPath
from iamglue.catalog.sensitive_actions import credential_actions
from iamglue.findings import Severity
from iamglue.lint.analysis.policy_access import action_node, policy_access
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find escalation paths that the policy opens; one violation for each Action that starts at least one path."""
    access = policy_access(policy)
    paths_by_node: dict[int, tuple[Node, list[EscalationPath]]] = {}
    for path, grants in access.open_paths:
        first = grants[0]
        if first.action not in credential_actions():
            node = action_node(access.statement(first.terms[0]), first.action)
            paths_by_node.setdefault(id(node), (node, []))[1].append(path)
    for node, paths in paths_by_node.values():
        yield _violation(node, paths)


def _violation(node: Node, paths: list[EscalationPath]) -> RuleViolation:
    """Report the first path and the number of other paths that start with the same Action."""
    first_path = paths[0]
    other_actions = [f"`{action}`" for action in first_path.actions if action != first_path.required_on_all[0][0]]
    actions = [f"`{node.text}`", *other_actions]
    actions_text = f"{', '.join(actions[:-1])} and {actions[-1]}" if len(actions) > 1 else actions[0]
    more_count = len(paths) - 1
    suffix = (
        f"; {more_count} more path{'s start' if more_count > 1 else ' starts'} with `{node.text}`" if more_count else ""
    )
    message = (
        f"the policy allows {actions_text}, which is a privilege escalation path:"
        f" the principal can {first_path.effect}{suffix}"
    )
    return RuleViolation(node, message, help="name the resources, or remove one of the actions")


GOOD = (
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "iam:PassRole",'
        ' "Resource": "arn:aws:iam::111122223333:role/worker",'
        ' "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}},'
        ' {"Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "*"}]}'
    ),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": ["iam:PassRole", "lambda:CreateFunction"], "Resource": "*"},'
        ' {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}]}'
    ),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",'
        ' "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},'
        ' {"Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "*"}]}'
    ),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": ["iam:PassRole", "lambda:CreateFunction"], "Resource": "*"}'),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "arn:aws:iam::111122223333:role/*",'
        ' "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}},'
        ' {"Effect": "Allow", "Action": "lambda:*", "Resource": "arn:aws:lambda:*:*:function:worker"}]}'
    ),
    RuleExample('{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}'),
)
