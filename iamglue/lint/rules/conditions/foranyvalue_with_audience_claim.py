"""`ForAnyValue` on the audience of an OpenID Connect provider, which is a single value.

Set operators are for multivalued keys. The `aud` of a token is a single client ID: compare it with the operator
without a qualifier.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.identity_providers import audience_conditions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(
    Severity.SECURITY_WARNING, codes=("FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE",), types=frozenset({PolicyType.TRUST})
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each audience under `ForAnyValue`."""
    for condition, operator in audience_conditions(policy):
        if operator.quantifier == "ForAnyValue":
            plain = condition.operator_node.text.partition(":")[2]
            message = f"`{condition.key.text}` is single-valued, but `ForAnyValue` is for multivalued keys"
            yield RuleViolation(condition.key, message, help=f"use `{plain}`")


def _statement(operator: str, key: str) -> str:
    """An example: a trust statement that tests a claim of Google."""
    return (
        '{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action":'
        f' "sts:AssumeRoleWithWebIdentity", "Condition": {{"{operator}": {{"accounts.google.com:{key}": "x"}}}}}}'
    )


GOOD = (
    RuleExample(_statement("StringEquals", "aud"), PolicyType.TRUST),
    RuleExample(_statement("ForAnyValue:StringEquals", "amr"), PolicyType.TRUST),
)
BAD = (
    RuleExample(_statement("ForAnyValue:StringEquals", "aud"), PolicyType.TRUST),
    RuleExample(_statement("foranyvalue:StringLike", "aud"), PolicyType.TRUST),
)
