"""`ForAllValues` on the audience of an OpenID Connect provider also accepts tokens without an audience.

The claim `aud` is a single value with most providers and a list with some. If it is a single value, use the operator
without a qualifier. If it is a list, `ForAllValues` is also true for a token without an audience, so add a `Null`
condition. The rule `forallvalues-with-single-valued-key` covers providers whose audience is known to be a single
value, such as Google.

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
    """Report each audience of a custom provider under `ForAllValues`."""
    for condition, operator in audience_conditions(policy):
        if operator.quantifier == "ForAllValues" and split_claim_key(condition.key.text)[0] not in BUILT_IN_PROVIDERS:
            message = f"confirm that `{condition.key.text}` is a list: `ForAllValues` is for multivalued keys"
            plain = condition.operator_node.text.partition(":")[2]
            yield RuleViolation(condition.key, message, help=f"if it is a single value, use `{plain}`")


def _statement(
    operator: str, key: str, provider: str = "arn:aws:iam::111122223333:oidc-provider/id.example.com"
) -> str:
    """An example: a trust statement that tests a claim of a provider."""
    return (
        f'{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}}, "Action": "sts:AssumeRoleWithWebIdentity",'
        f' "Condition": {{"{operator}": {{"{provider.rpartition("/")[2]}:{key}": "x"}}}}}}'
    )


GOOD = (
    RuleExample(_statement("StringEquals", "aud"), PolicyType.TRUST),
    RuleExample(_statement("ForAllValues:StringEquals", "groups"), PolicyType.TRUST),
    RuleExample(_statement("ForAllValues:StringEquals", "aud", "accounts.google.com"), PolicyType.TRUST),
)
BAD = (
    RuleExample(_statement("ForAllValues:StringEquals", "aud"), PolicyType.TRUST),
    RuleExample(_statement("ForAllValues:StringLike", "aud"), PolicyType.TRUST),
)
