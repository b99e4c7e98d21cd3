"""A reminder to look up whether the audience of an OpenID Connect provider is one value or a list.

With a provider of one's own AWS cannot tell. A plain operator is right where the claim `aud` is one value, as with
GitHub, and never matches where it is a list of several. Nothing is wrong until the tokens say so.

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
    """Every audience of a provider of one's own under a plain operator."""
    for condition, operator in audience_conditions(policy):
        if not operator.quantifier and split_claim_key(condition.key.text)[0] not in BUILT_IN_PROVIDERS:
            message = f"is `{condition.key.text}` one value with this provider, and not a list?"
            yield RuleViolation(condition.key, message, help="for a list, put `ForAnyValue:` before the operator")


def _case(provider: str) -> str:
    return (
        f'{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}}, "Action": "sts:AssumeRoleWithWebIdentity",'
        f' "Condition": {{"StringEquals": {{"{provider.rpartition("/")[2]}:aud": "x"}}}}}}'
    )


GOOD = (
    RuleExample(_case("accounts.google.com"), PolicyType.TRUST),
    RuleExample(_case("cognito-identity.amazonaws.com"), PolicyType.TRUST),
)
BAD = (
    RuleExample(_case("arn:aws:iam::111122223333:oidc-provider/id.example.com"), PolicyType.TRUST),
    RuleExample(_case("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"), PolicyType.TRUST),
)
