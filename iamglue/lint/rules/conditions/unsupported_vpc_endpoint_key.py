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

from iamglue.catalog.tables import table_rows
from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import format_code_list
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition

RULE = Rule(Severity.WARNING, codes=("USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES",))
# The reference names it among the actions of a service that otherwise fills in the keys.
_EXCEPT = "iam:passrole"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
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
            yield _hit(condition, format_code_list(others))


def _others(statement: ParsedStatement, services: frozenset[str]) -> list[str]:
    nodes = statement.action.values if statement.action else ()
    return [node.text for node in nodes if not node.unresolved and not _is_covered(node.text.lower(), services)]


def _is_covered(text: str, services: frozenset[str]) -> bool:
    return text != _EXCEPT and text.partition(":")[0] in services


def _hit(condition: ParsedCondition, what: str) -> RuleViolation:
    return RuleViolation(
        condition.key,
        f"`{condition.key.text}` is filled in by some services only, and the statement is about {what}",
        help="limit `Action` to the services that AWS lists for the key",
    )


@cache
def _services() -> dict[str, frozenset[str]]:
    return {row["key"].lower(): frozenset(row["services"].split()) for row in table_rows("vpc_endpoint_keys")}


GOOD = (
    RuleExample(
        '{"Effect": "Deny", "Action": ["s3:*", "kms:*"], "Resource": "*",'
        ' "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "*", "Resource": "*",'
        ' "Condition": {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-12345678"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Deny", "Action": ["s3:*", "ec2:*"], "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:VpceAccount": "123456789012"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",'
        ' "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}'
    ),
)
