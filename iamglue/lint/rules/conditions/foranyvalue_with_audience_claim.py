"""ForAnyValue on the audience of an OpenID Connect provider, which is a single value.

Set operators are for keys with several values. `aud` is one of the token's client IDs; the plain operator compares it.

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
    """Every such audience."""
    for condition, operator in audience_conditions(policy):
        if operator.quantifier == "ForAnyValue":
            plain = condition.operator_node.text.partition(":")[2]
            message = f"`{condition.key.text}` has one value, and `ForAnyValue` is for keys with several"
            yield RuleViolation(condition.key, message, help=f"put it under `{plain}`")


def _case(operator: str, key: str) -> str:
    return (
        '{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action":'
        f' "sts:AssumeRoleWithWebIdentity", "Condition": {{"{operator}": {{"accounts.google.com:{key}": "x"}}}}}}'
    )


GOOD = (
    RuleExample(_case("StringEquals", "aud"), PolicyType.TRUST),
    RuleExample(_case("ForAnyValue:StringEquals", "amr"), PolicyType.TRUST),
)
BAD = (
    RuleExample(_case("ForAnyValue:StringEquals", "aud"), PolicyType.TRUST),
    RuleExample(_case("foranyvalue:StringLike", "aud"), PolicyType.TRUST),
)
