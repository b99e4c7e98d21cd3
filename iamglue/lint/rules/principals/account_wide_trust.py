"""A role that a whole account may assume, without an external ID.

`arn:aws:iam::ACCOUNT:root` and the bare ID both leave it to the account who of its users and roles assumes the role.
For the account of a vendor an external ID keeps other customers of the vendor out; for one's own, naming the role that
is meant is tighter.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog.source_condition_keys import Confines
from iamglue.findings import Severity
from iamglue.lint.analysis.confinement import conditions_known, confining
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy, WrittenStatement

RULE = Rule(Severity.SUGGESTION, types=frozenset({PolicyType.TRUST}), pedantic=True, breadth=True)

_WHOLE = re.compile(r"(?:arn:[a-z0-9-]+:iam::)?([0-9]{12})(?::root)?")


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every account as a whole, the role's own left out where it is known."""
    own = policy.settings.value("AWS::AccountId", "account")
    for statement, principal in policy.principals:
        found = _WHOLE.fullmatch(principal.value.text) if principal.kind == "AWS" else None
        if not found or found[1] == own or statement.effect is not Effect.ALLOW:
            continue
        if conditions_known(statement) and not _is_narrowed(statement):
            message = f"all of the account `{found[1]}` may assume the role"
            told = "name a role or user of it, or add a condition on `sts:ExternalId`"
            yield Hit(principal.value, message, help=told)


def _is_narrowed(statement: WrittenStatement) -> bool:
    if any(each.key.text.lower() == "sts:externalid" for each in statement.conditions):
        return True
    return any(kind is Confines.CALLER for kind, _ in confining(statement))


def _case(principal: str, condition: str = "") -> str:
    return f'{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole"{condition}}}'


GOOD = (
    Case(_case("arn:aws:iam::111122223333:role/deployer"), PolicyType.TRUST),
    Case(_case("111122223333", ', "Condition": {"StringEquals": {"sts:ExternalId": "a1"}}'), PolicyType.TRUST),
    Case(_case("111122223333"), PolicyType.TRUST, values=(("account", "111122223333"),)),
)
BAD = (
    Case(_case("arn:aws:iam::111122223333:root"), PolicyType.TRUST, codes=("",)),
    Case(_case("111122223333"), PolicyType.TRUST, codes=("",)),
)
