"""A policy variable where IAM does not fill it in.

IAM reads `${aws:username}` and the like in `Resource` and in condition values under String and Arn operators, and only
in policies with `"Version": "2012-10-17"`. Everywhere else the text stays as it stands, and matches nothing.

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

_TAKING = ("String", "Arn")
# A condition key, which pseudo-parameters (`AWS::Region`) and the names of other tools' variables are not.
_VARIABLE = r"\$\{\s*(?!AWS::|self:|opt:|env:|sls:|cf:|param:)[A-Za-z0-9./_-]+\s*:[^{}:\s'\",][^{}]*\}"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every variable that stays plain text."""
    for _, node in policy.actions:
        if "${" in node.text:
            yield from _in_element(node, "Action")
    for _, principal in policy.principals:
        if "${" in principal.value.text:
            yield from _in_element(principal.value, "Principal")
    for _, condition in policy.conditions:
        for node in condition.values:
            if "${" in node.text:
                yield from _in_condition(policy, condition, node)
    if not policy.has_variables:
        for _, node in policy.resources:
            if "${" in node.text:
                yield from _in_version(policy, node)


def _in_element(node: Node, name: str) -> Iterator[RuleViolation]:
    found = re.search(_VARIABLE, node.text)
    if found:
        help_ = "variables are for Resource and Condition"
        message = f"the variable `{found[0]}` is not filled in under `{name}`"
        yield RuleViolation(node, message, help=help_, code="VARIABLE_UNSUPPORTED_IN_ELEMENT")


def _in_condition(policy: ParsedPolicy, condition: ParsedCondition, node: Node) -> Iterator[RuleViolation]:
    named = condition.operator
    found = re.search(_VARIABLE, node.text)
    if found and named is not None and not named.base.startswith(_TAKING):
        message = f"the variable `{found[0]}` is not filled in under `{condition.operator_node.text}`"
        help_ = "variables are for String and Arn operators"
        yield RuleViolation(node, message, help=help_, code="INVALID_VARIABLE_FOR_OPERATOR")
    elif not policy.has_variables:
        yield from _in_version(policy, node)


def _in_version(policy: ParsedPolicy, node: Node) -> Iterator[RuleViolation]:
    found = re.search(_VARIABLE, node.text)
    version = policy.node.get("Version")
    if not found or (version is not None and (policy.version is None or version.unresolved)):
        return
    why = "without a `Version`" if version is None else f"with `Version` {policy.version}"
    message = f"the variable `{found[0]}` is plain text {why}"
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
