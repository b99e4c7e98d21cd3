"""Resources that another resource in the same list covers.

`arn:aws:s3:::images/in/*` together with `arn:aws:s3:::images/*` adds nothing, and makes the statement look narrower
than it is. If only the specific resources are intended, remove the wildcard instead. As in Access Analyzer, a `*` at
the end of the account may match beyond the colon: `arn:aws:logs:*:*:/aws/lambda/*` covers
`arn:aws:logs:*:*:log-group:/aws/lambda/a`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.covered_values import CoveredValues
from iamglue.lint.analysis.redundant_values import redundancy_code, redundant_value_violations
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, resource_covers, split_arn_fields
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.patterns.wildcards import covers, literal_prefix
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.SUGGESTION, codes=("REDUNDANT_RESOURCE",), form=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find resources that another value of the same list covers."""
    for statement in policy.statements:
        element = statement.resource
        if element is not None and len(element.values) > 1:
            yield from _redundant_values(element)


def _redundant_values(element: ParsedMatchList) -> Iterator[RuleViolation]:
    """Yield the resources that another one covers, some of them only as AWS reads a `*`."""
    coverage = CoveredValues(((node, node.text) for node in element.values), _covers)
    covered_pairs = list(coverage.find_covered())
    yield from redundant_value_violations(element, covered_pairs, ignore_case=False)
    covered = {id(node) for node, _ in covered_pairs}
    for node, covering in _covered_beyond_colon(element):
        if id(node) not in covered:
            message = f"`{node.text}` is covered by `{covering.text}`, if its `*` matches beyond the colon"
            help_ = (
                "AWS reads a `*` at the end of the account like this; write the type of the resource after the account"
            )
            yield RuleViolation(node, message, help=help_, code=redundancy_code(element))


def _covered_beyond_colon(element: ParsedMatchList) -> Iterator[tuple[Node, Node]]:
    """Values with a value that covers them if a `*` at the end of its account matches text with colons.

    This is how Access Analyzer reads `arn:aws:logs:*:*:/aws/lambda/*`, which covers
    `arn:aws:logs:*:*:log-group:/aws/lambda/a`. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    general = [node for node in element.values if _may_cover_beyond_colon(node.text)]
    for node in element.values if general else ():
        resource = split_arn_fields(node.text)[-1]
        for candidate in general:
            start = literal_prefix(split_arn_fields(candidate.text)[-1])
            if node is candidate or not candidate.is_present_with(node):
                continue
            if f":{start}" in resource and covers(candidate.text, node.text):
                yield node, candidate
                break


def _may_cover_beyond_colon(text: str) -> bool:
    """True for an ARN whose account ends with `*` and whose resource part does not begin with a wildcard."""
    fields = split_arn_fields(text)
    return len(fields) == ARN_FIELD_COUNT and fields[4].endswith("*") and literal_prefix(fields[5]) != ""


def _covers(general: str, specific: str) -> bool:
    """True if `general` matches everything that `specific` matches."""
    if not specific.startswith("arn:") and not is_single_star(specific):
        return is_single_star(general)  # not an ARN, or an ARN whose fields are unknown
    return resource_covers(general, specific)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::images", "arn:aws:s3:::images/*"]}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:*",'
        ' "Resource": ["arn:aws:sqs:eu-west-1:*:a", "arn:aws:sqs:*:123456789012:a"]}',
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "logs:PutLogEvents",'
        ' "Resource": ["arn:aws:logs:*:*:/aws/lambda/*", "arn:aws:logs:*:*:log-group:/aws/lambda/a:*"]}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:GetRole",'
        ' "Resource": ["arn:aws:iam::111122223333:role/jane-admin", "arn:aws:iam::111122223333:role/jane*"]}',
        fixed='{"Effect": "Allow", "Action": "iam:GetRole", "Resource": ["arn:aws:iam::111122223333:role/jane*"]}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["*", "arn:aws:s3:::images/*"]}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["*"]}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject",'
        ' "Resource": ["arn:aws:s3:::images/${aws:username}/*", "arn:aws:s3:::images/*"]}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::images/*"]}',
    ),
)
