"""A service control policy contains `Principal` or `NotPrincipal`.

An SCP applies to every principal of the accounts that it is attached to, and must not name principals. To exclude
some, test `aws:PrincipalArn` in a `Condition`.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.ERROR, codes=("SCP_SYNTAX_ERROR_PRINCIPAL",), types=frozenset({PolicyType.SCP}))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report `Principal` and `NotPrincipal`."""
    for statement in policy_statements(policy):
        for name in ("Principal", "NotPrincipal"):
            key = statement.key(name)
            if key is not None:
                help_ = "remove it; to exclude principals, test `aws:PrincipalArn` in a `Condition`"
                yield RuleViolation(key, f"`{name}` is not supported in a service control policy", help=help_)


GOOD = (
    RuleExample('{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}', PolicyType.SCP),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*", '
        '"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}}',
        PolicyType.SCP,
    ),
)
BAD = (
    RuleExample('{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}', PolicyType.SCP),
    RuleExample(
        '{"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}',
        PolicyType.SCP,
    ),
)
