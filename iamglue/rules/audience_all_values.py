"""ForAllValues on the audience of an OpenID Connect provider: it lets in tokens without one.

The claim `aud` is one value with most providers, a list with some. Where it is one, use the plain operator. Where it is
a list, `ForAllValues` is true for a token without any audience, so that a `Null` condition belongs beside it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.rules.identity_providers import audiences
from iamglue.rules.rule import Case, Hit, Rule
from iamglue.subjects.written_policy import PolicyType, WrittenPolicy

RULE = Rule(Severity.SUGGESTION, codes=("CONFIRM_AUDIENCE_CLAIM_TYPE",), types=frozenset({PolicyType.TRUST}))


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every such audience."""
    for condition, operator in audiences(policy):
        if operator.quantifier == "ForAllValues":
            message = (
                f"is `{condition.key.text}` a list with this provider? `ForAllValues` is for keys with several values"
            )
            plain = condition.operator_node.text.partition(":")[2]
            yield Hit(condition.key, message, help=f"where it is one value, put it under `{plain}`")


def _case(operator: str, key: str) -> str:
    return (
        '{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/id.example.com"},'
        f' "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{"{operator}": {{"id.example.com:{key}": "x"}}}}}}'
    )


GOOD = (
    Case(_case("StringEquals", "aud"), PolicyType.TRUST),
    Case(_case("ForAllValues:StringEquals", "groups"), PolicyType.TRUST),
)
BAD = (
    Case(_case("ForAllValues:StringEquals", "aud"), PolicyType.TRUST),
    Case(_case("ForAllValues:StringLike", "aud"), PolicyType.TRUST),
)
