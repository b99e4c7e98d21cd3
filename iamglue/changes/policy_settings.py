"""What decides the access of a policy from outside: which resource has it, default policies, S3 Block Public Access.

AWS gives a VPC endpoint and a KMS key without a policy a default one, which allows more than most policies:
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#default-endpoint-policy
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from iamglue.changes.node_texts import block_text, node_text
from iamglue.model.access_change import NotCompared
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.cloudformation_policy_properties import POLICY_PROPERTIES
from iamglue.readers.terraform.blocks import TerraformBlock, attribute_value
from iamglue.readers.terraform.policy_attributes import POLICY_ATTRIBUTES

# Type -> the property or attribute with the policy, without which the default policy holds.
_WITH_DEFAULT = {
    "AWS::EC2::VPCEndpoint": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
    "AWS::ApiGateway::RestApi": "Policy",
    "AWS::EFS::FileSystem": "FileSystemPolicy",
    "aws_api_gateway_rest_api": "policy",
    "aws_transfer_access": "policy",
    "aws_transfer_user": "policy",
    "aws_vpc_endpoint": "policy",
    "aws_kms_key": "policy",
    "aws_kms_external_key": "policy",
    "aws_kms_replica_key": "policy",
    "aws_kms_replica_external_key": "policy",
}
# S3 Block Public Access, in the properties of a template and as resources of Terraform.
_PUBLIC_ACCESS_BLOCKS = {
    "AWS::S3::Bucket": "PublicAccessBlockConfiguration",
    "AWS::S3::AccessPoint": "PublicAccessBlockConfiguration",
    "AWS::S3::MultiRegionAccessPoint": "PublicAccessBlockSettings",
}
# Resources of Terraform that take access away; without a policy resource, the default policy holds.
_LIMITING_RESOURCES = {
    "aws_s3_bucket_public_access_block": False,
    "aws_s3_account_public_access_block": False,
    "aws_vpc_endpoint_policy": True,
    "aws_kms_key_policy": True,
    "aws_api_gateway_rest_api_policy": True,
    "aws_efs_file_system_policy": True,
}
# Type -> the property or attribute with the canned access control list of a bucket; others than these give access.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
_ACCESS_CONTROL_LISTS = {"AWS::S3::Bucket": "AccessControl", "aws_s3_bucket": "acl", "aws_s3_bucket_acl": "acl"}
# Type -> what is compared here, and not with the other properties of the resource.
SEPARATE_SETTINGS = {
    kind: tuple(names[kind] for names in (_PUBLIC_ACCESS_BLOCKS, _ACCESS_CONTROL_LISTS) if kind in names)
    for kind in (*_PUBLIC_ACCESS_BLOCKS, *_ACCESS_CONTROL_LISTS)
}
_PRIVATE_LISTS = frozenset({"private", "bucketownerread", "bucketownerfullcontrol"})
# Terraform itself lets everyone invoke the function of such a URL:
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function_url
_FUNCTION_URL = "aws_lambda_function_url"
# Properties and attributes of a policy resource that do not say which resource has the policy.
_OTHER_SETTINGS = frozenset(
    {"PolicyName", "BypassPolicyLockoutCheck", "BlockPublicPolicy", "Tags", "Statement", "StatementId"}
    | {"Principal", "Action", "Condition"}
    | {"policy_name", "bypass_policy_lockout_safety_check", "bypass_policy_lockout_check", "block_public_policy"}
)
_EVENT_BUS_POLICY = "AWS::Events::EventBusPolicy"


def settings_of_properties(
    title: str, resource_type: str, properties: Node | None
) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a resource of a template says of policies outside of them, by name; `title` names the resource."""
    values = {} if properties is None else {key.text: value for key, value in properties.pairs}
    yield from _settings(title, resource_type, values)
    if (name := _PUBLIC_ACCESS_BLOCKS.get(resource_type)) is not None:
        text = node_text(values[name]) if name in values else ""
        yield f"`{name}` of {title}", NotCompared(text, only_if_changed=True, is_limit=True)
    if resource_type == _EVENT_BUS_POLICY or (resource_type in POLICY_PROPERTIES and resource_type.endswith("Policy")):
        yield _policy_resource(title, values, [item.path for item in POLICY_PROPERTIES.get(resource_type, ())])


def settings_of_block(title: str, resource_type: str, block: TerraformBlock) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a resource of Terraform says of policies outside of them, by name; `title` names the resource."""
    values = {name: value for name in block.attribute_names() if (value := attribute_value(block, name)) is not None}
    yield from _settings(title, resource_type, values)
    if (is_policy := _LIMITING_RESOURCES.get(resource_type)) is not None:
        yield title, NotCompared("" if is_policy else block_text(block), is_limit=True)
    if resource_type == "aws_s3_bucket_acl" and "acl" not in values:
        yield f"the access control list of {title}", NotCompared(block_text(block))
    authorization = values.get("authorization_type") if resource_type == _FUNCTION_URL else None
    if authorization is not None and authorization.text != "AWS_IAM":
        yield f"the authorization of {title}", NotCompared(authorization.text)
    if resource_type in POLICY_ATTRIBUTES and resource_type.endswith("_policy"):
        yield _policy_resource(title, values, [attribute for attribute, _ in POLICY_ATTRIBUTES[resource_type]])


def _settings(title: str, resource_type: str, values: Mapping[str, Node]) -> Iterator[tuple[str, NotCompared]]:
    """Yield whether the default policy holds, and an access control list that gives others access than the owner.

    A new resource with the default policy is like one with a policy that is not in the file: it does not count.
    """
    if (name := _WITH_DEFAULT.get(resource_type)) is not None:
        text = "" if name in values else "used"
        yield f"the default policy of {title}", NotCompared(text, only_if_changed=True)
    acl = values.get(_ACCESS_CONTROL_LISTS.get(resource_type, ""))
    if acl is not None and acl.text.lower().replace("-", "") not in _PRIVATE_LISTS:
        yield f"the access control list of {title}", NotCompared(acl.text)


def _policy_resource(title: str, values: Mapping[str, Node], documents: Iterable[str]) -> tuple[str, NotCompared]:
    """Which resource has the policy of a policy resource: `"Resource": "*"` in the policy means this one."""
    others = sorted(values.keys() - {*documents} - _OTHER_SETTINGS)
    text = "\n".join(f"{name}={node_text(values[name])}" for name in others)
    return f"the resource that has {title}", NotCompared(text, only_if_changed=True)
