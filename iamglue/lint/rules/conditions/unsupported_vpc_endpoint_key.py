"""A condition on who owns the VPC endpoint, for a service that does not say.

Only some services fill in `aws:VpceAccount`, `aws:VpceOrgID` and `aws:VpceOrgPaths`. With any other the key is absent,
so that a Deny with `StringNotEquals` denies everything and an Allow allows nothing. Limit the statement to services
that AWS lists for the key, and use `aws:SourceVpc` or `aws:SourceVpce` for the others.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from iamglue.catalog.tables import rows
from iamglue.findings import Severity
from iamglue.lint.analysis.key_needed import listed
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy, WrittenStatement
from iamglue.policy.parsed_values import WrittenCondition

RULE = Rule(Severity.WARNING, codes=("USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES",))
# The reference names it among the actions of a service that otherwise fills in the keys.
_EXCEPT = "iam:passrole"


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every such condition in a statement that reaches beyond the services which fill in its key."""
    for statement, condition in policy.conditions:
        if condition.key.text[:8].lower() != "aws:vpce":
            continue
        services = _services().get(condition.key.text.lower())
        if services is None or statement.action is None:
            continue
        if statement.action.negated:
            yield _hit(condition, "every service but a few")
            continue
        others = _others(statement, services)
        if others:
            yield _hit(condition, listed(others))


def _others(statement: WrittenStatement, services: frozenset[str]) -> list[str]:
    nodes = statement.action.values if statement.action else ()
    return [node.text for node in nodes if not node.holes and not _is_covered(node.text.lower(), services)]


def _is_covered(text: str, services: frozenset[str]) -> bool:
    return text != _EXCEPT and text.partition(":")[0] in services


def _hit(condition: WrittenCondition, what: str) -> Hit:
    return Hit(
        condition.key,
        f"`{condition.key.text}` is filled in by some services only, and the statement is about {what}",
        help="limit `Action` to the services that AWS lists for the key",
    )


@cache
def _services() -> dict[str, frozenset[str]]:
    return {row["key"].lower(): frozenset(row["services"].split()) for row in rows("vpc_endpoint_keys")}


GOOD = (
    Case(
        '{"Effect": "Deny", "Action": ["s3:*", "kms:*"], "Resource": "*",'
        ' "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}'
    ),
    Case(
        '{"Effect": "Deny", "Action": "*", "Resource": "*",'
        ' "Condition": {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-12345678"}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Deny", "Action": ["s3:*", "ec2:*"], "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:VpceAccount": "123456789012"}}}'
    ),
    Case(
        '{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",'
        ' "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}'
    ),
)
