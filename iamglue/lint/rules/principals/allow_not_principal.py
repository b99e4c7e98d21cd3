"""Allow with NotPrincipal: it allows everyone but those named, anonymous callers included.

Name under Principal who is to have access. To keep someone out, deny them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

# A trust policy takes no NotPrincipal at all, which another rule says.
RULE = Rule(Severity.SECURITY_WARNING, codes=("ALLOW_WITH_NOT_PRINCIPAL",), types=frozenset({PolicyType.RESOURCE}))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every NotPrincipal of a statement that allows."""
    for statement in policy.statements:
        element = statement.principal
        if element is not None and element.negated and statement.effect is Effect.ALLOW:
            message = "`NotPrincipal` with `Allow` lets in everyone who is not named, anonymous callers too"
            yield RuleViolation(element.key, message, help="name under `Principal` who is to have access")


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
