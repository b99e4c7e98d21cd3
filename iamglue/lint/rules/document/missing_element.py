"""A required element of the document or of a statement is missing.

A document needs a `Statement` that is not empty; a statement needs `Effect`, `Action` or `NotAction`, and `Resource` or
`NotResource` (except in trust policies). A resource-based policy also needs `Principal` or `NotPrincipal`. IAM rejects
the policy otherwise. An element with a misspelled name is reported by another rule.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.bare_statements import has_bare_statement, policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.element_names import (
    has_template_transform,
    misspelled_document_elements,
    misspelled_statement_elements,
)
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.source.nodes import NodeKind

RULE = Rule(
    Severity.ERROR,
    codes=("MISSING_STATEMENT", "MISSING_EFFECT", "MISSING_ACTION", "MISSING_RESOURCE", "MISSING_PRINCIPAL"),
)

# Policies of these resource types apply to the resource they are attached to, so Resource is optional:
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
# https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
_TYPES_WITHOUT_RESOURCE = frozenset({"AWS::ECR::Repository", "AWS::ECR::PublicRepository", "AWS::EFS::FileSystem"})
_HELP = {
    "Effect": "write `Allow` or `Deny`",
    "Action": 'write `"Action": ["service:Name"]`, or `NotAction`',
    "Resource": 'name the resources, or write `"Resource": "*"` for every resource',
    "Principal": 'name the principals: `"Principal": {"AWS": "..."}` or `{"Service": "..."}`',
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find required elements that are missing."""
    yield from _document_violations(policy)
    required = ["Effect", "Action"]
    if policy.type is not PolicyType.TRUST and policy.resource_type not in _TYPES_WITHOUT_RESOURCE:
        required.append("Resource")
    if policy.names_principals:
        required.append("Principal")
    for statement in policy_statements(policy):
        elements = statement.elements
        for name in required:
            if name not in elements and f"Not{name}" not in elements:
                yield from _missing_violations(statement, name)


def _document_violations(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report a missing or empty Statement."""
    node = policy.node
    if node.kind is not NodeKind.MAP:
        return
    statement = node.get("Statement")
    help_ = 'a policy document is `{"Version": "2012-10-17", "Statement": [...]}`'
    if statement is not None:
        if statement.kind is NodeKind.LIST and not statement.items:
            yield RuleViolation(
                statement,
                "`Statement` is empty",
                help="a policy needs at least one statement",
                code="MISSING_STATEMENT",
            )
    elif (
        not has_template_transform(node)
        and not has_bare_statement(policy)
        and "Statement" not in misspelled_document_elements(node)
    ):
        yield RuleViolation(node, "`Statement` is missing from the policy", help=help_, code="MISSING_STATEMENT")


def _missing_violations(statement: ParsedStatement, name: str) -> Iterator[RuleViolation]:
    """Report a missing element, unless it is there under a misspelled name or a transform may add it."""
    node = statement.node
    misspelled = misspelled_statement_elements(node)
    if name in misspelled or f"Not{name}" in misspelled or has_template_transform(node):
        return
    yield RuleViolation(
        node, f"`{name}` is missing from the statement", help=_HELP[name], code=f"MISSING_{name.upper()}"
    )


GOOD = (
    RuleExample('{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::images/*"}'),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
    ),
    RuleExample('{"Effect": "Allow", "Actions": "s3:GetObject", "Resource": "*"}'),
    RuleExample(
        '{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}',
        PolicyType.RESOURCE,
        resource_type="AWS::ECR::Repository",
    ),
)
BAD = (
    RuleExample('{"Version": "2012-10-17"}', codes=("MISSING_STATEMENT",)),
    RuleExample('{"Version": "2012-10-17", "Statement": []}', codes=("MISSING_STATEMENT",)),
    RuleExample('{"Effect": "Deny"}', codes=("MISSING_ACTION", "MISSING_RESOURCE")),
    RuleExample(
        '{"Version": "2012-10-17", "Statement": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}]}',
        codes=("MISSING_EFFECT",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
        PolicyType.RESOURCE,
        codes=("MISSING_PRINCIPAL",),
    ),
)
