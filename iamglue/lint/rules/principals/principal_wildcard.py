"""A wildcard in a principal, which is only valid as a bare `*`, and not in every policy.

`arn:aws:iam::111122223333:role/*` does not match the roles of the account. Name the account, and limit the caller with
a condition on aws:PrincipalArn. The trust policy of a role does not accept a bare `"*"`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.element_names import PRINCIPAL_KINDS
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipal
from iamglue.policy.patterns.variables import tokenize

RULE = Rule(
    Severity.ERROR,
    codes=("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"),
    types=RESOURCE_BASED_TYPES,
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find principals with a wildcard that is not allowed."""
    is_trust_policy = policy.type is PolicyType.TRUST
    for statement, principal in policy.principals:
        text = principal.value.text
        if "*" not in text and "?" not in text:
            continue
        if principal.kind == "*":
            if is_trust_policy and statement.principal is not None and not statement.principal.negated:
                yield _everyone_violation(principal)
        elif (
            principal.kind in PRINCIPAL_KINDS and not (principal.kind == "AWS" and text == "*") and _has_wildcard(text)
        ):
            yield _pattern_violation(principal)


def _has_wildcard(text: str) -> bool:
    """True if there is a wildcard outside of policy variables."""
    return any("*" in token.text or "?" in token.text for token in tokenize(text) if not token.text.startswith("${"))


def _everyone_violation(principal: ParsedPrincipal) -> RuleViolation:
    """The violation of `"Principal": "*"` in a trust policy."""
    return RuleViolation(
        principal.value,
        "`*` is not a valid principal in a trust policy",
        help="name the principals that may assume the role: accounts, roles, services or identity providers",
        code="ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    )


def _pattern_violation(principal: ParsedPrincipal) -> RuleViolation:
    """The violation of a wildcard in the name of a principal."""
    help_ = "name each principal"
    if principal.kind == "AWS":
        help_ = "name each principal, or the account with a condition on `aws:PrincipalArn`"
    message = (
        f"`{principal.value.text}` contains a wildcard, which is not valid in a principal under `{principal.kind}`"
    )
    return RuleViolation(principal.value, message, help=help_, code="UNSUPPORTED_WILDCARD_IN_PRINCIPAL")


_READ = '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"'
GOOD = (
    RuleExample(f'{{"Effect": "Deny", "Principal": {{"AWS": "*"}}, {_READ}}}', PolicyType.RESOURCE),
    RuleExample(f'{{"Effect": "Deny", "Principal": "*", {_READ}}}', PolicyType.RESOURCE),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}', PolicyType.TRUST
    ),
)
BAD = (
    RuleExample(
        f'{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:role/*"}}, {_READ}}}',
        PolicyType.RESOURCE,
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Service": "*"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
        codes=("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",),
    ),
)
