"""`NotPrincipal` with `Allow`: it allows every principal that is not listed, including anonymous callers.

List the principals that need access under `Principal`. To exclude a principal, deny it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

# A trust policy must not contain NotPrincipal at all; another rule reports that.
RULE = Rule(Severity.SECURITY_WARNING, codes=("ALLOW_WITH_NOT_PRINCIPAL",), types=frozenset({PolicyType.RESOURCE}))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find NotPrincipal elements of Allow statements."""
    for statement in policy.statements:
        element = statement.principal
        if element is not None and element.negated and statement.effect is Effect.ALLOW:
            message = (
                "`NotPrincipal` with `Allow` gives access to everyone who is not listed, including anonymous callers"
            )
            yield RuleViolation(element.key, message, help="list the principals that need access under `Principal`")


_READ = '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"'
GOOD = (
    RuleExample(f'{{"Effect": "Deny", "NotPrincipal": {{"AWS": "111122223333"}}, {_READ}}}', PolicyType.RESOURCE),
    RuleExample(f'{{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, {_READ}}}', PolicyType.RESOURCE),
)
BAD = (
    RuleExample(f'{{"Effect": "Allow", "NotPrincipal": {{"AWS": "111122223333"}}, {_READ}}}', PolicyType.RESOURCE),
    RuleExample(
        f'{{"Effect": "Allow", "NotPrincipal": {{"AWS": ["arn:aws:iam::111122223333:user/bob"]}}, {_READ},'
        ' "Condition": {"Bool": {"aws:SecureTransport": "true"}}}',
        PolicyType.RESOURCE,
    ),
)
