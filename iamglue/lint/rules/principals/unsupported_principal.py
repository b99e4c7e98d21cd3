"""A Principal in an identity-based policy.

An identity-based policy applies to the user, group or role it is attached to, and must not contain `Principal`; IAM
rejects it otherwise. If the policy is a resource-based policy or a trust policy, set its type with `--type`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.edits import remove_child

RULE = Rule(Severity.ERROR, codes=("UNSUPPORTED_PRINCIPAL",), types=frozenset({PolicyType.IDENTITY}))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Principal and NotPrincipal elements."""
    for statement in policy_statements(policy):
        for name in ("Principal", "NotPrincipal"):
            key = statement.key(name)
            if key is not None:
                message = f"`{name}` is not valid in an identity-based policy, which applies to its own identity"
                fix = build_fix("remove it", remove_child(statement.node, key))
                yield RuleViolation(
                    key, message, help="remove it, or set `--type` if this is another kind of policy", fix=fix
                )


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample("Version: 2012-10-17\nStatement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n"),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
    ),
    RuleExample('{"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}'),
)
