"""An attached AWS managed policy does not exist, or its path is wrong.

The deployment fails. The path is part of the ARN: it is `policy/service-role/AWSLambdaBasicExecutionRole`, not
`policy/AWSLambdaBasicExecutionRole`. AWS often adds policies, so a policy that is newer than the built-in list is
reported too.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.managed_policies import managed_policy_paths
from iamglue.catalog.sam_policy_templates import parameters_text, sam_policy_parameters
from iamglue.findings import Confidence, Fix, Severity, build_fix
from iamglue.lint.analysis.attached_policies import attached_aws_policies
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node
from iamglue.spelling import nearest_word

RULE = Rule(Severity.WARNING, confidence=Confidence.MEDIUM)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Find attached policies that are not in the list of AWS managed policies."""
    for attachment, partition, name, path in attached_aws_policies(file):
        node = attachment.node
        correct_path = managed_policy_paths().get(name)
        if correct_path is not None:
            if path is not None and path != correct_path:
                message = f"the AWS managed policy `{name}` has the path `{correct_path}`, not `{path}`"
                yield RuleViolation(
                    node, message, fix=_build_replacement_fix(node, f"{path}{name}", f"{correct_path}{name}")
                )
        elif partition == "aws" or "$" in partition:
            if sam_policy_parameters(name) is not None:
                help_ = f"it is a policy template of SAM: write it as the key of a map{parameters_text(name)}"
                yield RuleViolation(node, f"the AWS managed policy `{name}` does not exist", help=help_)
                continue
            suggestion = nearest_word(name, managed_policy_paths())
            help_ = f"did you mean `{suggestion}`?" if suggestion else "see the list of AWS managed policies"
            fix = (
                _build_replacement_fix(
                    node, f"{path or ''}{name}", f"{managed_policy_paths()[suggestion] if path else ''}{suggestion}"
                )
                if suggestion
                else None
            )
            yield RuleViolation(node, f"the AWS managed policy `{name}` does not exist", help=help_, fix=fix)


def _build_replacement_fix(node: Node, wrong: str, correction: str) -> Fix | None:
    text = f"{node.text.removesuffix(wrong)}{correction}"
    return build_fix(f"write `{text}`", replace_scalar(node, text))


_ROLE = (
    '{{"Resources": {{"Role": {{"Type": "AWS::IAM::Role", "Properties": {{"AssumeRolePolicyDocument": {{"Version":'
    ' "2012-10-17", "Statement": []}}, "ManagedPolicyArns": ["{}"]}}}}}}}}'
)
GOOD = (
    RuleExample(_ROLE.format("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")),
    RuleExample(_ROLE.format("arn:aws:iam::111122223333:policy/mine")),
)
BAD = (
    RuleExample(
        _ROLE.format("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"),
        fixed=_ROLE.format("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
    ),
    RuleExample(
        _ROLE.format("arn:aws:iam::aws:policy/AmazonS3ReadonlyAcces"),
        fixed=_ROLE.format("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
    ),
)
