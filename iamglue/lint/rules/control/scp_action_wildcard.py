"""An action in a service control policy has a wildcard before its end.

Until September 2025, Organizations accepted `*` only at the end of an action (`iam:Get*`), and Access Analyzer still
checks this. Today Organizations also accepts `iam:*Role`. The finding matters only if older tools read the policy.

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
    """Report actions with a wildcard before the end."""
    for _, node in policy.actions:
        if has_inner_wildcard(node.text):
            yield RuleViolation(
                node,
                f"`{node.text}` has a wildcard before its end, which older tools do not accept",
                help="list the actions one by one",
            )


def has_inner_wildcard(action: str) -> bool:
    """Return whether an action has a wildcard other than a `*` at its end."""
    return "*" in action[:-1] or "?" in action


GOOD = (
    RuleExample('{"Effect": "Deny", "Action": ["iam:Get*", "s3:*"], "Resource": "*"}', PolicyType.SCP),
    RuleExample('{"Effect": "Allow", "Action": "*", "Resource": "*"}', PolicyType.SCP),
)
BAD = (
    RuleExample('{"Effect": "Deny", "Action": "iam:*Role", "Resource": "*"}', PolicyType.SCP),
    RuleExample('{"Effect": "Deny", "NotAction": "iam:Get?ole", "Resource": "*"}', PolicyType.SCP),
)
