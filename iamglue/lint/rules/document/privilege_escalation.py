"""Actions that together allow privilege escalation.

A principal that may write the policies of any role, or pass any role to a function of its own, can get the access of
those roles. The escalation paths come from a table with sources. `lint` checks one policy, `audit` all policies of a
role. A path is not reported if a Deny of the same policy overrides it, or if a condition limits it: `iam:PassRole` to
one role, or to another service than that of the path. Actions that return credentials have a rule of their own.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.escalation_paths import EscalationPath, escalation_paths
from iamglue.catalog.sensitive_actions import credential_actions
from iamglue.findings import Severity
from iamglue.lint.analysis.open_grants import find_resource_covering_type, has_no_resource_condition, survives_denies
from iamglue.lint.analysis.risky_grants import RiskyGrant, risky_grants
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.lint.rules.document.administrator_access import grants_everything
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.patterns.wildcards import matches
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)

_PASSED_TO_KEY = "iam:passedtoservice"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find escalation paths that the policy allows; one violation for each Action that starts at least one path."""
    by_action: dict[str, list[RiskyGrant]] = {}
    for grant in risky_grants(policy):
        for action in grant.actions:
            by_action.setdefault(action, []).append(grant)
    if not by_action or grants_everything(policy):
        return
    paths_by_node: dict[int, tuple[Node, list[EscalationPath]]] = {}
    for path in escalation_paths():
        first_action = path.required_on_all[0][0]
        if (
            first_action in by_action
            and first_action not in credential_actions()
            and all(map(by_action.__contains__, path.actions))
        ):
            node = _find_first_grant(path, by_action)
            if node is not None:
                paths_by_node.setdefault(id(node), (node, []))[1].append(path)
    for node, paths in paths_by_node.values():
        yield _violation(node, paths)


def _find_first_grant(path: EscalationPath, by_action: dict[str, list[RiskyGrant]]) -> Node | None:
    """The Action that starts the path, if the policy allows all actions of the path; otherwise None."""
    first_node = None
    for action, resource_pattern in path.required_on_all:
        grants = by_action.get(action, ())
        node = next(
            (
                grant.node
                for grant in grants
                if _allows_on_all(grant.statement, action, resource_pattern, path.passed_to)
            ),
            None,
        )
        if node is None:
            return None
        first_node = first_node or node
    for action in path.required_on_some:
        if not any(survives_denies(grant.statement, action) for grant in by_action.get(action, ())):
            return None
    return first_node


def _allows_on_all(statement: ParsedStatement, action: str, resource_pattern: str, passed_to: str) -> bool:
    """True if the statement allows the action on every resource of the type, and no condition or Deny limits it."""
    if find_resource_covering_type(statement, resource_pattern) is None or not has_no_resource_condition(
        statement, _PASSED_TO_KEY if passed_to else ""
    ):
        return False
    if passed_to and not _may_pass_to(statement, passed_to):
        return False
    return survives_denies(statement, action, resource_pattern, passed_to)


def _may_pass_to(statement: ParsedStatement, service: str) -> bool:
    """False if a condition of the statement excludes the service."""
    for condition in statement.conditions:
        if condition.key.text.lower() != _PASSED_TO_KEY or condition.operator is None or not condition.is_resolved:
            continue
        is_match = any(matches(node.text, service) for node in condition.values)
        if condition.operator.base != "Null" and is_match is ("Not" in condition.operator.base):
            return False
    return True


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
        f" the principal {first_path.effect}{suffix}"
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
