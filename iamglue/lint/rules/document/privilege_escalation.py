"""Actions that together give more access than the policy says.

Whoever may write any role's policies, or pass any role to a function of their own, may in the end do whatever some
role may. The paths are those of a table with sources; `lint` looks at one policy, `audit` at all that a role has. What
a Deny of the same policy takes back is not counted, nor is what a condition confines: `iam:PassRole` to one role, or
for another service than the path's. Credentials that are handed out have a rule of their own.

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

_PASSED_TO = "iam:passedtoservice"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """The paths that the policy opens, one hit for each Action that begins some."""
    by_action: dict[str, list[RiskyGrant]] = {}
    for grant in risky_grants(policy):
        for action in grant.actions:
            by_action.setdefault(action, []).append(grant)
    if not by_action or grants_everything(policy):
        return
    found: dict[int, tuple[Node, list[EscalationPath]]] = {}
    for path in escalation_paths():
        first = path.required_on_all[0][0]
        if first in by_action and first not in credential_actions() and all(map(by_action.__contains__, path.actions)):
            node = _opened(path, by_action)
            if node is not None:
                found.setdefault(id(node), (node, []))[1].append(path)
    for node, paths in found.values():
        yield _hit(node, paths)


def _opened(path: EscalationPath, by_action: dict[str, list[RiskyGrant]]) -> Node | None:
    """The Action that opens the path, if all that it takes is allowed."""
    first = None
    for action, shape in path.required_on_all:
        grants = by_action.get(action, ())
        node = next((g.node for g in grants if _is_wide(g.statement, action, shape, path.passed_to)), None)
        if node is None:
            return None
        first = first or node
    for action in path.required_on_some:
        if not any(survives_denies(grant.statement, action) for grant in by_action.get(action, ())):
            return None
    return first


def _is_wide(statement: ParsedStatement, action: str, shape: str, passed_to: str) -> bool:
    if find_resource_covering_type(statement, shape) is None or not has_no_resource_condition(
        statement, _PASSED_TO if passed_to else ""
    ):
        return False
    if passed_to and not _passes_to(statement, passed_to):
        return False
    return survives_denies(statement, action, shape, passed_to)


def _passes_to(statement: ParsedStatement, service: str) -> bool:
    for each in statement.conditions:
        if each.key.text.lower() != _PASSED_TO or each.operator is None or not each.is_resolved:
            continue
        hit = any(matches(node.text, service) for node in each.values)
        if each.operator.base != "Null" and hit is ("Not" in each.operator.base):
            return False
    return True


def _hit(node: Node, paths: list[EscalationPath]) -> RuleViolation:
    first = paths[0]
    rest = [f"`{action}`" for action in first.actions if action != first.required_on_all[0][0]]
    together = f" with {' and '.join(rest)}" if rest else ""
    others = len(paths) - 1
    more = f"; {others} more such way{'s begin' if others > 1 else ' begins'} with it" if others else ""
    message = f"`{node.text}`{together} gives more access than is written: whoever has it {first.effect}{more}"
    return RuleViolation(node, message, help="name the resources, or take one of the actions away")


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
