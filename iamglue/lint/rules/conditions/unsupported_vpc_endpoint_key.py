"""A condition tests the owner of the VPC endpoint, but not every service of the statement provides the key.

Only some services provide `aws:VpceAccount`, `aws:VpceOrgID` and `aws:VpceOrgPaths`. For any other service the key is
absent, so a Deny with `StringNotEquals` denies everything and an Allow allows nothing. Limit the statement to
services that AWS lists for the key, and use `aws:SourceVpc` or `aws:SourceVpce` for the others.

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
# The reference excludes this action of a service that otherwise provides the keys.
_UNSUPPORTED_ACTION = "iam:passrole"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report conditions on these keys in statements with actions of services that do not provide the key."""
    for statement, condition in policy.conditions:
        if condition.key.text[:8].lower() != "aws:vpce":
            continue
        services = _supporting_services().get(condition.key.text.lower())
        if services is None or statement.action is None:
            continue
        if statement.action.negated:
            yield _build_violation(condition, "all actions that `NotAction` does not list")
            continue
        unsupported = _find_unsupported_actions(statement, services)
        if unsupported:
            yield _build_violation(condition, format_code_list(unsupported))


def _find_unsupported_actions(statement: ParsedStatement, services: frozenset[str]) -> list[str]:
    nodes = statement.action.values if statement.action else ()
    return [node.text for node in nodes if not node.unresolved and not _is_covered(node.text.lower(), services)]


def _is_covered(text: str, services: frozenset[str]) -> bool:
    """Return whether the key is provided for an action, which is in lowercase."""
    return text != _UNSUPPORTED_ACTION and text.partition(":")[0] in services


def _build_violation(condition: ParsedCondition, scope: str) -> RuleViolation:
    """The violation of a key that services in `scope` do not provide."""
    return RuleViolation(
        condition.key,
        f"`{condition.key.text}` is provided by some services only, but the statement also applies to {scope}",
        help="limit `Action` to the services that AWS lists for the key",
    )


@cache
def _supporting_services() -> dict[str, frozenset[str]]:
    """Return the prefixes of the services that provide each key, by the key in lowercase."""
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
