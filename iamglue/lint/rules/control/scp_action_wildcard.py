"""A wildcard before the end of an action in a service control policy.

Organizations took `*` only at the end of an action (`iam:Get*`) until September 2025, and Access Analyzer still has a
check for it; today it takes `iam:*Role` as well. Worth a look only where older tools read the policy.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(
    Severity.ERROR,
    codes=("SCP_SYNTAX_ERROR_ACTION_WILDCARD",),
    types=frozenset({PolicyType.SCP}),
    pedantic=True,
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every action with a wildcard before its end."""
    for _, node in policy.actions:
        if has_inner_wildcard(node.text):
            yield RuleViolation(
                node, f"`{node.text}` has a wildcard before its end", help="list the actions one by one"
            )


def has_inner_wildcard(action: str) -> bool:
    """Whether an action has a wildcard elsewhere than a `*` at its end."""
    return "*" in action[:-1] or "?" in action


GOOD = (
    RuleExample('{"Effect": "Deny", "Action": ["iam:Get*", "s3:*"], "Resource": "*"}', PolicyType.SCP),
    RuleExample('{"Effect": "Allow", "Action": "*", "Resource": "*"}', PolicyType.SCP),
)
BAD = (
    RuleExample('{"Effect": "Deny", "Action": "iam:*Role", "Resource": "*"}', PolicyType.SCP),
    RuleExample('{"Effect": "Deny", "NotAction": "iam:Get?ole", "Resource": "*"}', PolicyType.SCP),
)
