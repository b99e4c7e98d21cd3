"""A condition that looks like a limit and is none.

`0.0.0.0/0` is every address. An Allow for requests without TLS (`"aws:SecureTransport": "false"`) is the wrong way
round. And `aws:MultiFactorAuthPresent` is absent from requests made with long-term access keys: an Allow with
`BoolIfExists` lets them in, a Deny with `Bool` and `"false"` lets them pass.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.edits import replace_scalar

RULE = Rule(Severity.WARNING)
_EVERY_ADDRESS = frozenset({"0.0.0.0/0", "::/0"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every such condition."""
    for statement, condition in policy.conditions:
        key = condition.key.text.lower()
        if statement.effect is None or key[:4] != "aws:" or condition.operator is None:
            continue
        if key == "aws:sourceip":
            yield from _addresses(condition)
        elif key == "aws:securetransport" and statement.effect is Effect.ALLOW and _says(condition, "false"):
            yield RuleViolation(
                condition.values[0],
                "this allows requests only when they are made without TLS",
                fix=build_fix("write `true`", replace_scalar(condition.values[0], "true")),
            )
        elif key == "aws:multifactorauthpresent":
            yield from _second_factor(condition, statement.effect)


def _addresses(condition: ParsedCondition) -> Iterator[RuleViolation]:
    for value in condition.values:
        if value.text in _EVERY_ADDRESS:
            yield RuleViolation(
                value, f"`{value.text}` is every address", help="name the ranges meant, or remove the condition"
            )


def _second_factor(condition: ParsedCondition, effect: Effect) -> Iterator[RuleViolation]:
    operator = condition.operator
    if operator is None or operator.base != "Bool" or operator.quantifier:
        return
    if effect is Effect.ALLOW and operator.if_exists and _says(condition, "true"):
        text = "requests with long-term access keys lack this key and are allowed without a second factor"
        yield RuleViolation(
            condition.operator_node, text, help="use `Bool`", fix=_renamed(condition, "Bool", safe=True)
        )
    if effect is Effect.DENY and not operator.if_exists and _says(condition, "false"):
        text = "requests with long-term access keys lack this key and are not denied"
        renamed = _renamed(condition, "BoolIfExists", safe=True)
        yield RuleViolation(condition.operator_node, text, help="use `BoolIfExists`", fix=renamed)


def _renamed(condition: ParsedCondition, operator: str, *, safe: bool) -> Fix | None:
    return build_fix(f"use `{operator}`", replace_scalar(condition.operator_node, operator), safe=safe)


def _says(condition: ParsedCondition, wanted: str) -> bool:
    operator = condition.operator
    is_bool = operator is not None and operator.base == "Bool"
    return (
        is_bool and len(condition.values) == 1 and condition.values[0].text.lower() == wanted and condition.is_resolved
    )


_STATEMENT = '{{"Effect": "{}", "Action": "s3:*", "Resource": "*", "Condition": {{"{}": {{"{}": "{}"}}}}}}'
GOOD = (
    RuleExample(_STATEMENT.format("Deny", "Bool", "aws:SecureTransport", "false")),
    RuleExample(_STATEMENT.format("Allow", "Bool", "aws:MultiFactorAuthPresent", "true")),
    RuleExample(_STATEMENT.format("Deny", "BoolIfExists", "aws:MultiFactorAuthPresent", "false")),
    RuleExample(_STATEMENT.format("Allow", "IpAddress", "aws:SourceIp", "203.0.113.0/24")),
)
BAD = (
    RuleExample(_STATEMENT.format("Allow", "IpAddress", "aws:SourceIp", "0.0.0.0/0"), codes=("",)),
    RuleExample(
        _STATEMENT.format("Allow", "Bool", "aws:SecureTransport", "false"),
        codes=("",),
        fixed=_STATEMENT.format("Allow", "Bool", "aws:SecureTransport", "true"),
    ),
    RuleExample(
        _STATEMENT.format("Allow", "BoolIfExists", "aws:MultiFactorAuthPresent", "true"),
        codes=("",),
        fixed=_STATEMENT.format("Allow", "Bool", "aws:MultiFactorAuthPresent", "true"),
    ),
    RuleExample(
        _STATEMENT.format("Deny", "Bool", "aws:MultiFactorAuthPresent", "false"),
        codes=("",),
        fixed=_STATEMENT.format("Deny", "BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
    ),
)
