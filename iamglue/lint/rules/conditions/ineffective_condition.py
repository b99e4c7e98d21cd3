"""A condition looks like a limit but does not limit access as intended.

`0.0.0.0/0` matches every address. An Allow for requests without TLS (`"aws:SecureTransport": "false"`) is inverted.
`aws:MultiFactorAuthPresent` is absent from requests that are made with long-term access keys: an Allow with
`BoolIfExists` allows them, and a Deny with `Bool` and `"false"` does not deny them.

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
    """Report conditions that match every address, require requests without TLS, or do not enforce MFA."""
    for statement, condition in policy.conditions:
        key = condition.key.text.lower()
        if statement.effect is None or key[:4] != "aws:" or condition.operator is None:
            continue
        if key == "aws:sourceip":
            yield from _every_address_violations(condition)
        elif key == "aws:securetransport" and statement.effect is Effect.ALLOW and _is_bool_test(condition, "false"):
            yield RuleViolation(
                condition.values[0],
                "this condition allows only requests that are made without TLS",
                fix=build_fix("write `true`", replace_scalar(condition.values[0], "true")),
            )
        elif key == "aws:multifactorauthpresent":
            yield from _mfa_violations(condition, statement.effect)


def _every_address_violations(condition: ParsedCondition) -> Iterator[RuleViolation]:
    """Yield the values that every IPv4 or every IPv6 address matches."""
    for value in condition.values:
        if value.text in _EVERY_ADDRESS:
            yield RuleViolation(
                value,
                f"`{value.text}` matches every address, so the condition does not depend on the address",
                help="write the intended ranges, or remove the condition",
            )


def _mfa_violations(condition: ParsedCondition, effect: Effect) -> Iterator[RuleViolation]:
    """Yield conditions on MFA that do not do what they are for in requests without the key."""
    operator = condition.operator
    if operator is None or operator.base != "Bool" or operator.quantifier:
        return
    if effect is Effect.ALLOW and operator.if_exists and _is_bool_test(condition, "true"):
        text = (
            f"`{condition.key.text}` is absent from requests with long-term access keys: they are allowed without MFA"
        )
        yield RuleViolation(condition.operator_node, text, help="use `Bool`", fix=_operator_fix(condition, "Bool"))
    if effect is Effect.DENY and not operator.if_exists and _is_bool_test(condition, "false"):
        text = f"`{condition.key.text}` is absent from requests with long-term access keys: they are not denied"
        fix = _operator_fix(condition, "BoolIfExists")
        yield RuleViolation(condition.operator_node, text, help="use `BoolIfExists`", fix=fix)


def _operator_fix(condition: ParsedCondition, operator: str) -> Fix | None:
    return build_fix(f"use `{operator}`", replace_scalar(condition.operator_node, operator), safe=True)


def _is_bool_test(condition: ParsedCondition, expected: str) -> bool:
    """Return whether the condition compares the key, as a Boolean, with `expected` only."""
    operator = condition.operator
    is_bool = operator is not None and operator.base == "Bool"
    return (
        is_bool
        and len(condition.values) == 1
        and condition.values[0].text.lower() == expected
        and condition.is_resolved
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
