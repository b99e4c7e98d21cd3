"""ForAllValues on the audience of an OpenID Connect provider: it lets in tokens without one.

The claim `aud` is one value with most providers, a list with some. Where it is one, use the plain operator. Where it is
a list, `ForAllValues` is true for a token without any audience, so that a `Null` condition belongs beside it.
`forallvalues-with-single-valued-key` speaks of providers whose audience is known to be one value, such as Google.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.identity_providers import BUILT_IN_PROVIDERS, audience_conditions, split_claim_key
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.SUGGESTION, codes=("CONFIRM_AUDIENCE_CLAIM_TYPE",), types=frozenset({PolicyType.TRUST}))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every such audience."""
    for condition, operator in audience_conditions(policy):
        if operator.quantifier == "ForAllValues" and split_claim_key(condition.key.text)[0] not in BUILT_IN_PROVIDERS:
            message = (
                f"is `{condition.key.text}` a list with this provider? `ForAllValues` is for keys with several values"
            )
            plain = condition.operator_node.text.partition(":")[2]
            yield RuleViolation(condition.key, message, help=f"where it is one value, put it under `{plain}`")


def _case(operator: str, key: str, provider: str = "arn:aws:iam::111122223333:oidc-provider/id.example.com") -> str:
    return (
        f'{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}}, "Action": "sts:AssumeRoleWithWebIdentity",'
        f' "Condition": {{"{operator}": {{"{provider.rpartition("/")[2]}:{key}": "x"}}}}}}'
    )


GOOD = (
    RuleExample(_case("StringEquals", "aud"), PolicyType.TRUST),
    RuleExample(_case("ForAllValues:StringEquals", "groups"), PolicyType.TRUST),
    RuleExample(_case("ForAllValues:StringEquals", "aud", "accounts.google.com"), PolicyType.TRUST),
)
BAD = (
    RuleExample(_case("ForAllValues:StringEquals", "aud"), PolicyType.TRUST),
    RuleExample(_case("ForAllValues:StringLike", "aud"), PolicyType.TRUST),
)
