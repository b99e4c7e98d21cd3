"""A reminder to check whether the audience of an OpenID Connect provider is a single value or a list.

AWS does not know this for a provider of your own. An operator without a qualifier is right if the claim `aud` is a
single value, as with GitHub, and never matches a list of several values. There is a problem only if the tokens of the
provider contain such a list.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Confidence, Severity
from iamglue.lint.analysis.identity_providers import BUILT_IN_PROVIDERS, audience_conditions, split_claim_key
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(
    Severity.SUGGESTION,
    codes=("CONFIRM_AUDIENCE_CLAIM_TYPE",),
    types=frozenset({PolicyType.TRUST}),
    confidence=Confidence.LOW,
    pedantic=True,
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each audience of a custom provider that is compared without a qualifier."""
    for condition, operator in audience_conditions(policy):
        if not operator.quantifier and split_claim_key(condition.key.text)[0] not in BUILT_IN_PROVIDERS:
            message = f"confirm that `{condition.key.text}` is a single value with this provider, not a list"
            yield RuleViolation(condition.key, message, help="for a list, put `ForAnyValue:` before the operator")


def _statement(provider: str) -> str:
    """An example: a trust statement that tests the audience of a provider."""
    return (
        f'{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}}, "Action": "sts:AssumeRoleWithWebIdentity",'
        f' "Condition": {{"StringEquals": {{"{provider.rpartition("/")[2]}:aud": "x"}}}}}}'
    )


GOOD = (
    RuleExample(_statement("accounts.google.com"), PolicyType.TRUST),
    RuleExample(_statement("cognito-identity.amazonaws.com"), PolicyType.TRUST),
)
BAD = (
    RuleExample(_statement("arn:aws:iam::111122223333:oidc-provider/id.example.com"), PolicyType.TRUST),
    RuleExample(
        _statement("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"), PolicyType.TRUST
    ),
)
