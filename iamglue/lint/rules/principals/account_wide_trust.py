"""A role that every principal of an account may assume, without an external ID.

With `arn:aws:iam::ACCOUNT:root` or the account ID as the principal, the account decides which of its users and roles
assume the role. For the account of a vendor, an external ID protects against other customers of the vendor; for your
own account, name the role that needs access.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog.restricting_condition_keys import CallerRestriction
from iamglue.findings import Severity
from iamglue.lint.analysis.caller_restrictions import has_known_condition_keys, restricting_conditions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType

RULE = Rule(Severity.SUGGESTION, types=frozenset({PolicyType.TRUST}), pedantic=True, breadth=True)

_ACCOUNT = re.compile(r"(?:arn:[a-z0-9-]+:iam::)?([0-9]{12})(?::root)?")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find principals that are a whole account, except the account of the role if it is known."""
    own_account = policy.parameter_values.value("AWS::AccountId", "account")
    for statement, principal in policy.principals:
        match = _ACCOUNT.fullmatch(principal.value.text) if principal.kind == "AWS" else None
        if not match or match[1] == own_account or statement.effect is not Effect.ALLOW:
            continue
        if has_known_condition_keys(statement) and not _has_caller_condition(statement):
            message = f"every principal of the account `{match[1]}` may assume the role"
            help_ = "name a role or user of the account, or add a condition on `sts:ExternalId`"
            yield RuleViolation(principal.value, message, help=help_)


def _has_caller_condition(statement: ParsedStatement) -> bool:
    """True if a condition requires an external ID or limits the caller."""
    if any(condition.key.text.lower() == "sts:externalid" for condition in statement.conditions):
        return True
    return any(kind is CallerRestriction.CALLER for kind, _ in restricting_conditions(statement))


def _example(principal: str, condition: str = "") -> str:
    return f'{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole"{condition}}}'


GOOD = (
    RuleExample(_example("arn:aws:iam::111122223333:role/deployer"), PolicyType.TRUST),
    RuleExample(
        _example("111122223333", ', "Condition": {"StringEquals": {"sts:ExternalId": "a1"}}'), PolicyType.TRUST
    ),
    RuleExample(_example("111122223333"), PolicyType.TRUST, parameter_values=(("account", "111122223333"),)),
)
BAD = (
    RuleExample(_example("arn:aws:iam::111122223333:root"), PolicyType.TRUST, codes=("",)),
    RuleExample(_example("111122223333"), PolicyType.TRUST, codes=("",)),
)
