"""An element that every document or statement of the kind needs is not there.

A document needs a `Statement` with something in it; a statement needs `Effect`, `Action` or `NotAction`, and `Resource`
or `NotResource`, which only trust policies leave out. A policy of a resource names a `Principal` or `NotPrincipal` as
well. IAM refuses the policy otherwise. An element that is there under a misspelt name is not reported here.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.element_names import is_bare, statements
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.element_names import is_transformed, meant_in_document, meant_in_statement
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy, WrittenStatement
from iamglue.policy.source.nodes import Shape

RULE = Rule(
    Severity.ERROR,
    codes=("MISSING_STATEMENT", "MISSING_EFFECT", "MISSING_ACTION", "MISSING_RESOURCE", "MISSING_PRINCIPAL"),
)

# Policies of these resources are about the resource they are attached to, and need not name it:
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
# https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
_ABOUT_THEMSELVES = frozenset({"AWS::ECR::Repository", "AWS::ECR::PublicRepository", "AWS::EFS::FileSystem"})
_HELP = {
    "Effect": "it is `Allow` or `Deny`",
    "Action": 'write `"Action": ["service:Name"]`, or `NotAction`',
    "Resource": 'name the resources, or write `"Resource": "*"` for every resource',
    "Principal": 'write whom it is about: `"Principal": {"AWS": "..."}` or `{"Service": "..."}`',
}


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every element that is missing."""
    yield from _document(policy)
    wanted = ["Effect", "Action"]
    if policy.type is not PolicyType.TRUST and policy.resource_type not in _ABOUT_THEMSELVES:
        wanted.append("Resource")
    if policy.names_principals:
        wanted.append("Principal")
    for statement in statements(policy):
        elements = statement.elements
        for name in wanted:
            if name not in elements and f"Not{name}" not in elements:
                yield from _missing(statement, name)


def _document(policy: WrittenPolicy) -> Iterator[Hit]:
    node = policy.node
    if node.shape is not Shape.MAP:
        return
    found = node.get("Statement")
    help_ = 'a policy document is `{"Version": "2012-10-17", "Statement": [...]}`'
    if found is not None:
        if found.shape is Shape.LIST and not found.items:
            yield Hit(found, "`Statement` is empty", help="a policy needs a statement", code="MISSING_STATEMENT")
    elif not is_transformed(node) and not is_bare(policy) and "Statement" not in meant_in_document(node):
        yield Hit(node, "the policy has no `Statement`", help=help_, code="MISSING_STATEMENT")


def _missing(statement: WrittenStatement, name: str) -> Iterator[Hit]:
    node = statement.node
    meant = meant_in_statement(node)
    if name in meant or f"Not{name}" in meant or is_transformed(node):
        return
    yield Hit(node, f"the statement has no `{name}`", help=_HELP[name], code=f"MISSING_{name.upper()}")


GOOD = (
    Case('{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::images/*"}'),
    Case(
        '{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
    ),
    Case('{"Effect": "Allow", "Actions": "s3:GetObject", "Resource": "*"}'),
    Case(
        '{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}',
        PolicyType.RESOURCE,
        resource_type="AWS::ECR::Repository",
    ),
)
BAD = (
    Case('{"Version": "2012-10-17"}', codes=("MISSING_STATEMENT",)),
    Case('{"Version": "2012-10-17", "Statement": []}', codes=("MISSING_STATEMENT",)),
    Case('{"Effect": "Deny"}', codes=("MISSING_ACTION", "MISSING_RESOURCE")),
    Case(
        '{"Version": "2012-10-17", "Statement": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}]}',
        codes=("MISSING_EFFECT",),
    ),
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
        PolicyType.RESOURCE,
        codes=("MISSING_PRINCIPAL",),
    ),
)
