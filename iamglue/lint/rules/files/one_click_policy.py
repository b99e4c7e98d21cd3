"""An attached AWS managed policy allows far more than one function needs.

These policies are easy to attach, but allow, on every resource, at least half of the actions of a service that change
resources, read stored data or return credentials. AWS's documents of the policies decide. Actions that accept only `*`
as their Resource do not count, and neither do statements with conditions, nor service role policies (`/service-role/`),
which AWS asks for on the roles of its services. A table with sources has the policies that are too broad for another
reason, such as reading every bucket. Write a spec of what the function needs, and `iamglue generate` writes the policy.
What SAM and the CDK attach to every function is a suggestion.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.broad_policies import broad_managed_policies
from iamglue.findings import Severity
from iamglue.lint.analysis.attached_policies import attached_aws_policies
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.WARNING, breadth=True)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Find attached policies that are too broad, except permissions boundaries, which grant nothing."""
    for attachment, _, name, _ in attached_aws_policies(file):
        policy = broad_managed_policies().get(name)
        if policy is not None and attachment.kind == "managed-policy":
            yield RuleViolation(
                attachment.node,
                f"`{name}` allows {policy.allows}",
                help=f"allow only {policy.alternative}",
                severity=Severity.SUGGESTION if policy.is_usual else None,
            )


_ROLE = (
    '{{"Resources": {{"Role": {{"Type": "AWS::IAM::Role", "Properties": {{"AssumeRolePolicyDocument": {{"Version":'
    ' "2012-10-17", "Statement": []}}, "ManagedPolicyArns": ["{}"]}}}}}}}}'
)
GOOD = (
    RuleExample(_ROLE.format("arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess")),
    RuleExample(_ROLE.format("arn:aws:iam::111122223333:policy/AmazonS3FullAccess")),
    RuleExample(_ROLE.format("arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy")),
)
BAD = (
    RuleExample(_ROLE.format("arn:aws:iam::aws:policy/AmazonS3FullAccess")),
    RuleExample(_ROLE.format("arn:aws:iam::aws:policy/AWSCodePipeline_FullAccess")),
    RuleExample(_ROLE.format("arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole")),
)
