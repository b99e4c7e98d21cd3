"""An action or resource of another service in a resource-based policy.

The policy of a bucket applies to S3 only: an action of KMS, or the ARN of a queue, has no effect there, and most
services reject such a policy. Put it in the policy of the resource that it applies to, or in that of a role. A trust
policy accepts the actions of STS that assume a role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog import services
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.findings import Severity
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, split_arn_fields
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.patterns.wildcards import has_wildcard, intersects

RULE = Rule(
    Severity.ERROR,
    codes=("UNSUPPORTED_ACTION_IN_POLICY", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"),
    types=RESOURCE_BASED_TYPES,
)
# The resource types that Access Analyzer checks, with the service of their policies.
# https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
_SERVICES_OF_CHECKED_TYPES = {
    "AWS::S3::Bucket": "s3",
    "AWS::S3::AccessPoint": "s3",
    "AWS::S3::MultiRegionAccessPoint": "s3",
    "AWS::S3ObjectLambda::AccessPoint": "s3-object-lambda",
    "AWS::IAM::AssumeRolePolicyDocument": "sts",
    "AWS::DynamoDB::Table": "dynamodb",
}
_SERVICES_OF_OTHER_TYPES = {
    "AWS::SQS::Queue": "sqs",
    "AWS::SNS::Topic": "sns",
    "AWS::KMS::Key": "kms",
    "AWS::SecretsManager::Secret": "secretsmanager",
    "AWS::ECR::Repository": "ecr",
    "AWS::Lambda::Function": "lambda",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::EFS::FileSystem": "elasticfilesystem",
    "AWS::Backup::BackupVault": "backup",
    "AWS::Events::EventBus": "events",
}
_TRUST = "AWS::IAM::AssumeRolePolicyDocument"
# Actions in these policies must support one of these resource types.
_RESOURCE_TYPES = {
    "AWS::S3::Bucket": frozenset({"bucket", "object"}),
    "AWS::DynamoDB::Table": frozenset({"table", "index"}),
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
_ASSUME_ACTION = re.compile("assumerole|tagsession$|setsourceidentity$|setcontext$")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find actions and resources that are not valid in the policy of this resource type."""
    resource_type = _policy_resource_type(policy)
    service = _policy_service(resource_type)
    if service is None:
        return
    is_checked = resource_type in _SERVICES_OF_CHECKED_TYPES
    for _, node in policy.actions:
        if is_unsupported_action(policy, node.text):
            message = f"`{node.text}` is not a valid action in {_describe_type(resource_type)}"
            code = "UNSUPPORTED_ACTION_IN_POLICY" if is_checked else ""
            yield RuleViolation(node, message, help=f"write actions of `{service}`", code=code)
    for _, node in policy.resources if resource_type != _TRUST else ():
        fields = split_arn_fields(node.text)
        if (
            len(fields) == ARN_FIELD_COUNT
            and fields[0] == "arn"
            and not _is_supported_resource(fields, service, resource_type)
        ):
            message = f"`{node.text}` is not a valid resource in {_describe_type(resource_type)}"
            code = "UNSUPPORTED_RESOURCE_ARN_IN_POLICY" if is_checked else ""
            yield RuleViolation(node, message, help="name the resource that the policy belongs to", code=code)


def is_unsupported_action(policy: ParsedPolicy, action: str) -> bool:
    """True if an action is not valid in a policy of this resource type; False if that is not known."""
    resource_type = _policy_resource_type(policy)
    service = _policy_service(resource_type)
    prefix, colon, name = action.partition(":")
    if service is None or is_single_star(action) or not colon or "${" in action or has_wildcard(prefix):
        return False
    if prefix.lower() != service:
        return services.find_service(prefix) is not None  # an action of an unknown service is reported by another rule
    if resource_type == _TRUST:
        known_action = services.find_action(action)
        return known_action is not None and not _ASSUME_ACTION.match(name.lower())
    known_action = services.find_action(action) if resource_type in _RESOURCE_TYPES else None
    return known_action is not None and _RESOURCE_TYPES[resource_type].isdisjoint(
        action_resource_types(str(known_action))
    )


def _policy_resource_type(policy: ParsedPolicy) -> str:
    """The CloudFormation type of the resource; "" if it is not known."""
    return _TRUST if policy.type is PolicyType.TRUST else policy.resource_type or ""


def _policy_service(resource_type: str) -> str | None:
    """Prefix of the actions in policies of this resource type; None if the type is not known."""
    return _SERVICES_OF_CHECKED_TYPES.get(resource_type) or _SERVICES_OF_OTHER_TYPES.get(resource_type)


def _describe_type(resource_type: str) -> str:
    return "the trust policy of a role" if resource_type == _TRUST else f"the policy of an {resource_type}"


def _is_supported_resource(fields: tuple[str, ...], service: str, resource_type: str) -> bool:
    """True if the ARN may be a resource that a policy of this type applies to."""
    if not intersects(fields[2], service):
        return False
    # ARNs of buckets and objects have neither Region nor account; those of other S3 resources have an account.
    return resource_type != "AWS::S3::Bucket" or all(intersects(field, "") for field in fields[3:5])


GOOD = (
    RuleExample(
        '{"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "*"], "Resource": "arn:aws:s3:::images/*"}',
        type=PolicyType.RESOURCE,
        resource_type="AWS::S3::Bucket",
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},'
        ' "Action": ["sts:AssumeRole", "sts:TagSession"]}',
        type=PolicyType.TRUST,
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}',
        type=PolicyType.RESOURCE,
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["s3:GetObject", "kms:Decrypt"],'
        ' "Resource": ["arn:aws:s3:::images/*", "arn:aws:kms:eu-west-1:123456789012:key/*"]}',
        type=PolicyType.RESOURCE,
        resource_type="AWS::S3::Bucket",
        codes=("UNSUPPORTED_ACTION_IN_POLICY", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"),
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject"}',
        type=PolicyType.TRUST,
        codes=("UNSUPPORTED_ACTION_IN_POLICY",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "123456789012"},'
        ' "Action": ["s3:ListAllMyBuckets", "s3:CreateAccessPoint", "s3:ListBucket"],'
        ' "Resource": "arn:aws:s3:::images"}',
        type=PolicyType.RESOURCE,
        resource_type="AWS::S3::Bucket",
        codes=("UNSUPPORTED_ACTION_IN_POLICY", "UNSUPPORTED_ACTION_IN_POLICY"),
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sns:Publish",'
        ' "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"}',
        type=PolicyType.RESOURCE,
        resource_type="AWS::SQS::Queue",
        codes=("",),
    ),
)
