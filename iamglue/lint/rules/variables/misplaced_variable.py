"""A policy variable is in a place where IAM does not substitute it.

IAM substitutes `${aws:username}` and other variables in `Resource` and in condition values under String and Arn
operators, and only in policies with `"Version": "2012-10-17"`. Everywhere else the variable is literal text, which
matches nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("VARIABLE_UNSUPPORTED_IN_ELEMENT", "VARIABLE_UNSUPPORTED_IN_VERSION", "INVALID_VARIABLE_FOR_OPERATOR"),
)

_OPERATORS_WITH_VARIABLES = ("String", "Arn")
# Matches condition keys, but not pseudo parameters (`AWS::Region`) or variables of other tools.
_VARIABLE = r"\$\{\s*(?!AWS::|self:|opt:|env:|sls:|cf:|param:|construct:)[A-Za-z0-9./_-]+\s*:[^{}:\s'\",][^{}]*\}"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report variables that IAM does not substitute."""
    for _, node in policy.actions:
        if "${" in node.text:
            yield from _element_violations(node, "Action")
    for _, principal in policy.principals:
        if "${" in principal.value.text:
            yield from _element_violations(principal.value, "Principal")
    for _, condition in policy.conditions:
        for node in condition.values:
            if "${" in node.text:
                yield from _condition_violations(policy, condition, node)
    if not policy.has_variables:
        for _, node in policy.resources:
            if "${" in node.text:
                yield from _version_violations(policy, node)


def _element_violations(node: Node, name: str) -> Iterator[RuleViolation]:
    """Yield the violation of a variable in an element where AWS does not replace it."""
    match = re.search(_VARIABLE, node.text)
    if match:
        help_ = "use variables only in `Resource` and `Condition`"
        message = f"the variable `{match[0]}` is not substituted in `{name}`"
        yield RuleViolation(node, message, help=help_, code="VARIABLE_UNSUPPORTED_IN_ELEMENT")


def _condition_violations(policy: ParsedPolicy, condition: ParsedCondition, node: Node) -> Iterator[RuleViolation]:
    """Yield the violation of a variable under an operator, or in a version, that does not replace it."""
    operator = condition.operator
    match = re.search(_VARIABLE, node.text)
    if match and operator is not None and not operator.base.startswith(_OPERATORS_WITH_VARIABLES):
        message = f"the variable `{match[0]}` is not substituted under `{condition.operator_node.text}`"
        help_ = "use variables only with String and Arn operators"
        yield RuleViolation(node, message, help=help_, code="INVALID_VARIABLE_FOR_OPERATOR")
    elif not policy.has_variables:
        yield from _version_violations(policy, node)


def _version_violations(policy: ParsedPolicy, node: Node) -> Iterator[RuleViolation]:
    """Report the first variable of a value if the policy version does not support variables."""
    match = re.search(_VARIABLE, node.text)
    version = policy.node.get("Version")
    if not match or (version is not None and (policy.version is None or version.unresolved)):
        return
    cause = "without a `Version`" if version is None else f"with `Version` {policy.version}"
    message = f"the variable `{match[0]}` is literal text {cause}"
    yield RuleViolation(node, message, help='write `"Version": "2012-10-17"`', code="VARIABLE_UNSUPPORTED_IN_VERSION")


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/${aws:username}/*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "*", "Resource": "*", '
        '"Condition": {"StringEquals": {"aws:ResourceTag/owner": "${aws:username}"}, '
        '"ForAnyValue:ArnLikeIfExists": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:username}"}}}'
    ),
    RuleExample(
        '{"Version": "2008-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "${AWS::Region}"}]}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/${aws:username}"}, '
        '"Action": "s3:${aws:username}", "Resource": "*"}',
        PolicyType.RESOURCE,
        codes=("VARIABLE_UNSUPPORTED_IN_ELEMENT",) * 2,
    ),
    RuleExample(
        '{"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", '
        '"Resource": "arn:aws:s3:::images/${aws:username}/*"}]}',
        codes=("VARIABLE_UNSUPPORTED_IN_VERSION",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "*", "Resource": "*", '
        '"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "${aws:SecureTransport}"}}}',
        codes=("INVALID_VARIABLE_FOR_OPERATOR",),
    ),
)
