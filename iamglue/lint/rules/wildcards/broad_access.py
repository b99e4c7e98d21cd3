"""Actions that make changes, or all actions of a service, are allowed on every resource of a type.

`"Resource": "*"` is not the only form of this: `arn:aws:s3:::*`, `arn:aws:dynamodb:*:*:table/*` and `arn:aws:*` are
just as broad. Name the resources. Actions that support only `"Resource": "*"` are not reported, nor are actions that
only list or describe. Other rules report access to data, access to credentials and privilege escalation. A condition
that limits the resources (for example by their tags) makes a statement narrow; a condition on the caller, the Region or
the time does not.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.findings import Severity
from iamglue.lint.analysis.deployed_text import deployed_text
from iamglue.lint.analysis.policy_access import policy_access
from iamglue.lint.analysis.required_key import format_first_names
from iamglue.lint.analysis.wide_statements import wildcard_resources
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.policy.source.nodes import Node
from iamglue.risk.broad_statements import actions_on, find_broad_statements

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)

_MAX_SHOWN = 3
# Rules of their own report these.
_REPORTED_ELSEWHERE = ("iam:CreateServiceLinkedRole", "iam:PassRole")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Allow statements with such actions on every resource; at most one violation for each statement."""
    access = policy_access(policy)
    in_open_paths = (grant.action for _, grants in access.open_paths for grant in grants)
    for broad in find_broad_statements(access.certain, (*_REPORTED_ELSEWHERE, *in_open_paths)):
        statement = access.statement(broad.term)
        for wildcard in wildcard_resources(statement):
            broad_actions = actions_on(deployed_text(wildcard) or wildcard.text, broad.action_bitset)
            actions = tuple(islice(_matching_texts(statement, broad_actions), _MAX_SHOWN + 1)) if broad_actions else ()
            if actions:
                yield _violation(wildcard, actions)
                break


def _matching_texts(statement: ParsedStatement, actions: int) -> Iterator[str]:
    """The Action values that match an action of a bitset."""
    for node in statement.action.values if statement.action else ():
        if pattern_bitset(node.text) & actions:
            yield node.text


def _violation(wildcard: Node, actions: tuple[str, ...]) -> RuleViolation:
    """Report a service wildcard by itself, otherwise the first actions."""
    whole_service = next(filter(_is_whole_service, actions), None)
    if whole_service is not None:
        message = f"the statement allows `{whole_service}`, every action of the service, on `{wildcard.text}`"
        return RuleViolation(wildcard, message, help="list the actions that are needed, and name the resources")
    names = format_first_names(actions)
    message = f"the statement allows {names} on `{wildcard.text}`, which matches every resource of the type"
    return RuleViolation(wildcard, message, help="name the resources")


def _is_whole_service(text: str) -> bool:
    """True for `service:*`."""
    return text[-1:] == "*" and not text.partition(":")[2].strip("*") and not has_wildcard(text.partition(":")[0])


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Allow", "Action": ["xray:PutTraceSegments", "ec2:Describe*"], "Resource": "*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}'
    ),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},'
        ' {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]}'
    ),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::*"}'),
    RuleExample('{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "arn:aws:dynamodb:*:*:table/*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:*",'
        ' "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}'
    ),
)
