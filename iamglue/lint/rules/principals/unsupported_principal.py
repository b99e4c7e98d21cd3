"""A Principal in a policy that is attached to the principal itself.

An identity policy applies to the user, group or role it is attached to, and names nobody. IAM refuses it otherwise. If
the policy is meant for a resource, or as a role's trust policy, say so with `--type`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.element_names import statements
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy
from iamglue.policy.source.edits import without

RULE = Rule(Severity.ERROR, codes=("UNSUPPORTED_PRINCIPAL",), types=frozenset({PolicyType.IDENTITY}))


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every Principal and NotPrincipal."""
    for statement in statements(policy):
        for name in ("Principal", "NotPrincipal"):
            key = statement.key(name)
            if key is not None:
                message = f"an identity policy has no `{name}`: it applies to whom it is attached to"
                removed = fix("remove it", without(statement.node, key))
                yield Hit(key, message, help="for another kind of policy, give `--type`", fix=removed)


GOOD = (
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    Case("Version: 2012-10-17\nStatement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n"),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
    ),
    Case('{"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}'),
)
