"""A Principal in a policy that is attached to the principal itself.

An identity policy applies to the user, group or role it is attached to, and names nobody. IAM refuses it otherwise. If
the policy is meant for a resource, or as a role's trust policy, say so with `--type`.

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
    """Every Principal and NotPrincipal."""
    for statement in policy_statements(policy):
        for name in ("Principal", "NotPrincipal"):
            key = statement.key(name)
            if key is not None:
                message = f"an identity policy has no `{name}`: it applies to whom it is attached to"
                fix = build_fix("remove it", remove_child(statement.node, key))
                yield RuleViolation(key, message, help="for another kind of policy, give `--type`", fix=fix)


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
