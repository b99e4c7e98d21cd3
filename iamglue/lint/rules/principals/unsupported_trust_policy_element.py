"""An element that the trust policy of a role does not have: Resource, NotResource or NotPrincipal.

A trust policy is about the role that it belongs to, and says who may assume it. AWS refuses one with these elements.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.edits import remove_child

RULE = Rule(
    Severity.ERROR,
    codes=("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"),
    types=frozenset({PolicyType.TRUST}),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every such element; NotPrincipal beside a Principal is reported as what does not go together."""
    for statement in policy.statements:
        for name in ("Resource", "NotResource"):
            key = statement.key(name)
            if key is not None:
                fix = build_fix("remove it", remove_child(statement.node, key))
                message = f"a trust policy has no `{name}`: it is about its own role"
                yield RuleViolation(
                    key, message, help="remove it", code="ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", fix=fix
                )
        key = statement.key("NotPrincipal")
        if key is not None and statement.key("Principal") is None:
            yield RuleViolation(
                key,
                "a trust policy has no `NotPrincipal`",
                help="name under `Principal` who may assume the role",
                code="ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
            )


_GOOD = '{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}'
GOOD = (
    RuleExample(_GOOD, PolicyType.TRUST),
    RuleExample('{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}', PolicyType.TRUST),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",'
        ' "Resource": "*"}',
        PolicyType.TRUST,
        fixed=_GOOD,
    ),
    RuleExample(
        '{"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
        codes=("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",),
    ),
)
