"""An attached AWS managed policy allows far more than one function needs.

These policies are easy to attach, but allow a whole service, or reading and writing on every resource. For each of
them, a table with sources lists what is too broad and what to allow instead. Write a spec of what the function needs,
and `iamglue generate` writes the policy. What SAM and the CDK attach to every function is a suggestion.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.findings import Severity
from iamglue.lint.analysis.attached_policies import attached_aws_policies
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.WARNING, breadth=True)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Find attached policies of the table, except permissions boundaries, which grant nothing."""
    for attachment, _, name, _ in attached_aws_policies(file):
        row = _policy_table().get(name)
        if row is not None and attachment.kind == "managed-policy":
            yield RuleViolation(
                attachment.node,
                f"`{name}` allows {row['allows']}",
                help=f"allow only {row['instead']}",
                severity=Severity.SUGGESTION if row["usual"] else None,
            )


@cache
def _policy_table() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in table_rows("one_click_policies")}


_ROLE = (
    '{{"Resources": {{"Role": {{"Type": "AWS::IAM::Role", "Properties": {{"AssumeRolePolicyDocument": {{"Version":'
    ' "2012-10-17", "Statement": []}}, "ManagedPolicyArns": ["{}"]}}}}}}}}'
)
GOOD = (
    RuleExample(_ROLE.format("arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess")),
    RuleExample(_ROLE.format("arn:aws:iam::111122223333:policy/AmazonS3FullAccess")),
)
BAD = (
    RuleExample(_ROLE.format("arn:aws:iam::aws:policy/AmazonS3FullAccess")),
    RuleExample(_ROLE.format("arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole")),
)
