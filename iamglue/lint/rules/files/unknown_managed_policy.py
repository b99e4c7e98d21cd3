"""An AWS managed policy is attached that AWS does not have, or under the wrong path.

The deployment then fails. The path belongs to the ARN: it is `policy/service-role/AWSLambdaBasicExecutionRole`, not
`policy/AWSLambdaBasicExecutionRole`. AWS adds policies all the time, so one that is newer than the list built in here
is reported too.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.managed_policies import paths
from iamglue.catalog.spelling import nearest
from iamglue.findings import Confidence, Fix, Severity, fix
from iamglue.lint.analysis.attached_policies import attached_aws_policies
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.model.parsed_file import WrittenFile
from iamglue.policy.source.edits import rewritten
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.WARNING, confidence=Confidence.MEDIUM)


def check_file(file: WrittenFile) -> Iterator[Hit]:
    """Every attached policy that is not among AWS's."""
    for attachment, partition, name, path in attached_aws_policies(file):
        node = attachment.node
        right = paths().get(name)
        if right is not None:
            if path is not None and path != right:
                message = f"the AWS managed policy `{name}` has the path `{right}`, not `{path}`"
                yield Hit(node, message, fix=_written(node, f"{path}{name}", f"{right}{name}"))
        elif partition == "aws" or "$" in partition:
            near = nearest(name, paths())
            hint = f"did you mean `{near}`?" if near else "the list of AWS managed policies names them all"
            repair = _written(node, f"{path or ''}{name}", f"{paths()[near] if path else ''}{near}") if near else None
            yield Hit(node, f"there is no AWS managed policy `{name}`", help=hint, fix=repair)


def _written(node: Node, wrong: str, right: str) -> Fix | None:
    text = f"{node.text.removesuffix(wrong)}{right}"
    return fix(f"write `{text}`", rewritten(node, text))


_ROLE = (
    '{{"Resources": {{"Role": {{"Type": "AWS::IAM::Role", "Properties": {{"AssumeRolePolicyDocument": {{"Version":'
    ' "2012-10-17", "Statement": []}}, "ManagedPolicyArns": ["{}"]}}}}}}}}'
)
GOOD = (
    Case(_ROLE.format("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")),
    Case(_ROLE.format("arn:aws:iam::111122223333:policy/mine")),
)
BAD = (
    Case(
        _ROLE.format("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"),
        fixed=_ROLE.format("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
    ),
    Case(
        _ROLE.format("arn:aws:iam::aws:policy/AmazonS3ReadonlyAcces"),
        fixed=_ROLE.format("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
    ),
)
