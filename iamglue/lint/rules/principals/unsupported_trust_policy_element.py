"""An element that is not valid in a trust policy: Resource, NotResource or NotPrincipal.

A trust policy belongs to a role and defines who may assume it. AWS rejects a trust policy with these elements.

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
    """Find such elements. NotPrincipal together with Principal is reported as a conflict by another rule."""
    for statement in policy.statements:
        for name in ("Resource", "NotResource"):
            key = statement.key(name)
            if key is not None:
                fix = build_fix("remove it", remove_child(statement.node, key))
                message = f"`{name}` is not valid in a trust policy, which applies to its own role"
                yield RuleViolation(
                    key, message, help="remove it", code="ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", fix=fix
                )
        key = statement.key("NotPrincipal")
        if key is not None and statement.key("Principal") is None:
            yield RuleViolation(
                key,
                "`NotPrincipal` is not valid in a trust policy",
                help="list the principals that may assume the role under `Principal`",
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
