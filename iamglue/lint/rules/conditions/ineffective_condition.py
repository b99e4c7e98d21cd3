"""A condition that looks like a limit and is none.

`0.0.0.0/0` is every address. An Allow for requests without TLS (`"aws:SecureTransport": "false"`) is the wrong way
round. And `aws:MultiFactorAuthPresent` is absent from requests made with long-term access keys: an Allow with
`BoolIfExists` lets them in, a Deny with `Bool` and `"false"` lets them pass.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, Severity, fix
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.parsed_values import WrittenCondition
from iamglue.policy.source.edits import rewritten

RULE = Rule(Severity.WARNING)
_EVERY_ADDRESS = frozenset({"0.0.0.0/0", "::/0"})


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every such condition."""
    for statement, condition in policy.conditions:
        key = condition.key.text.lower()
        if statement.effect is None or key[:4] != "aws:" or condition.operator is None:
            continue
        if key == "aws:sourceip":
            yield from _addresses(condition)
        elif key == "aws:securetransport" and statement.effect is Effect.ALLOW and _says(condition, "false"):
            yield Hit(
                condition.values[0],
                "this allows requests only when they are made without TLS",
                fix=fix("write `true`", rewritten(condition.values[0], "true")),
            )
        elif key == "aws:multifactorauthpresent":
            yield from _second_factor(condition, statement.effect)


def _addresses(condition: WrittenCondition) -> Iterator[Hit]:
    for value in condition.values:
        if value.text in _EVERY_ADDRESS:
            yield Hit(value, f"`{value.text}` is every address", help="name the ranges meant, or remove the condition")


def _second_factor(condition: WrittenCondition, effect: Effect) -> Iterator[Hit]:
    operator = condition.operator
    if operator is None or operator.base != "Bool" or operator.quantifier:
        return
    if effect is Effect.ALLOW and operator.if_exists and _says(condition, "true"):
        text = "requests with long-term access keys lack this key and are allowed without a second factor"
        yield Hit(condition.operator_node, text, help="use `Bool`", fix=_renamed(condition, "Bool", safe=True))
    if effect is Effect.DENY and not operator.if_exists and _says(condition, "false"):
        text = "requests with long-term access keys lack this key and are not denied"
        renamed = _renamed(condition, "BoolIfExists", safe=True)
        yield Hit(condition.operator_node, text, help="use `BoolIfExists`", fix=renamed)


def _renamed(condition: WrittenCondition, operator: str, *, safe: bool) -> Fix | None:
    return fix(f"use `{operator}`", rewritten(condition.operator_node, operator), safe=safe)


def _says(condition: WrittenCondition, wanted: str) -> bool:
    operator = condition.operator
    is_bool = operator is not None and operator.base == "Bool"
    return is_bool and len(condition.values) == 1 and condition.values[0].text.lower() == wanted and condition.whole


_STATEMENT = '{{"Effect": "{}", "Action": "s3:*", "Resource": "*", "Condition": {{"{}": {{"{}": "{}"}}}}}}'
GOOD = (
    Case(_STATEMENT.format("Deny", "Bool", "aws:SecureTransport", "false")),
    Case(_STATEMENT.format("Allow", "Bool", "aws:MultiFactorAuthPresent", "true")),
    Case(_STATEMENT.format("Deny", "BoolIfExists", "aws:MultiFactorAuthPresent", "false")),
    Case(_STATEMENT.format("Allow", "IpAddress", "aws:SourceIp", "203.0.113.0/24")),
)
BAD = (
    Case(_STATEMENT.format("Allow", "IpAddress", "aws:SourceIp", "0.0.0.0/0"), codes=("",)),
    Case(
        _STATEMENT.format("Allow", "Bool", "aws:SecureTransport", "false"),
        codes=("",),
        fixed=_STATEMENT.format("Allow", "Bool", "aws:SecureTransport", "true"),
    ),
    Case(
        _STATEMENT.format("Allow", "BoolIfExists", "aws:MultiFactorAuthPresent", "true"),
        codes=("",),
        fixed=_STATEMENT.format("Allow", "Bool", "aws:MultiFactorAuthPresent", "true"),
    ),
    Case(
        _STATEMENT.format("Deny", "Bool", "aws:MultiFactorAuthPresent", "false"),
        codes=("",),
        fixed=_STATEMENT.format("Deny", "BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
    ),
)
