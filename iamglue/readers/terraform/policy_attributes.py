"""The attributes of Terraform resources that hold policies, and the policy types.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.policy.parsed_policy import PolicyType

IDENTITY, RESOURCE, TRUST = PolicyType.IDENTITY, PolicyType.RESOURCE, PolicyType.TRUST


@dataclass(frozen=True, slots=True)
class PolicyUse:
    """The use of a policy: its type, the type of its resource and, for an inline policy, its owner."""

    type: PolicyType
    resource_type: str | None = None
    owner: str | None = None
    owner_kind: str = "role"
    managed: bool = False


# Resource-based policies: (resource, attribute) -> CloudFormation type of the resource that has the policy.
_RESOURCE_BASED = {
    ("aws_acmpca_policy", "policy"): "AWS::ACMPCA::CertificateAuthority",
    ("aws_api_gateway_domain_name", "policy"): "AWS::ApiGateway::DomainName",
    ("aws_api_gateway_rest_api", "policy"): "AWS::ApiGateway::RestApi",
    ("aws_api_gateway_rest_api_policy", "policy"): "AWS::ApiGateway::RestApi",
    ("aws_backup_vault_policy", "policy"): "AWS::Backup::BackupVault",
    ("aws_cloudwatch_event_bus_policy", "policy"): "AWS::Events::EventBus",
    ("aws_cloudwatch_log_delivery_destination_policy", "delivery_destination_policy"): (
        "AWS::Logs::DeliveryDestination"
    ),
    ("aws_cloudwatch_log_destination_policy", "access_policy"): "AWS::Logs::Destination",
    ("aws_cloudwatch_log_resource_policy", "policy_document"): "AWS::Logs::ResourcePolicy",
    ("aws_codeartifact_domain_permissions_policy", "policy_document"): "AWS::CodeArtifact::Domain",
    ("aws_codeartifact_repository_permissions_policy", "policy_document"): "AWS::CodeArtifact::Repository",
    ("aws_dynamodb_resource_policy", "policy"): "AWS::DynamoDB::Table",
    ("aws_ecr_registry_policy", "policy"): "AWS::ECR::RegistryPolicy",
    ("aws_ecr_repository_policy", "policy"): "AWS::ECR::Repository",
    ("aws_ecrpublic_repository_policy", "policy"): "AWS::ECR::PublicRepository",
    ("aws_efs_file_system_policy", "policy"): "AWS::EFS::FileSystem",
    ("aws_elasticsearch_domain", "access_policies"): "AWS::Elasticsearch::Domain",
    ("aws_elasticsearch_domain_policy", "access_policies"): "AWS::Elasticsearch::Domain",
    ("aws_glacier_vault", "access_policy"): "AWS::Glacier::Vault",
    ("aws_glacier_vault_lock", "policy"): "AWS::Glacier::Vault",
    ("aws_glue_resource_policy", "policy"): "AWS::Glue::ResourcePolicy",
    ("aws_kinesis_resource_policy", "policy"): "AWS::Kinesis::Stream",
    ("aws_kms_external_key", "policy"): "AWS::KMS::Key",
    ("aws_kms_key", "policy"): "AWS::KMS::Key",
    ("aws_kms_key_policy", "policy"): "AWS::KMS::Key",
    ("aws_kms_replica_external_key", "policy"): "AWS::KMS::ReplicaKey",
    ("aws_kms_replica_key", "policy"): "AWS::KMS::ReplicaKey",
    ("aws_media_store_container_policy", "policy"): "AWS::MediaStore::Container",
    ("aws_msk_cluster_policy", "policy"): "AWS::MSK::Cluster",
    ("aws_networkfirewall_resource_policy", "policy"): "AWS::NetworkFirewall::ResourcePolicy",
    ("aws_opensearch_domain", "access_policies"): "AWS::OpenSearchService::Domain",
    ("aws_opensearch_domain_policy", "access_policies"): "AWS::OpenSearchService::Domain",
    ("aws_redshiftserverless_resource_policy", "policy"): "AWS::RedshiftServerless::Snapshot",
    ("aws_s3_access_point", "policy"): "AWS::S3::AccessPoint",
    ("aws_s3_bucket", "policy"): "AWS::S3::Bucket",
    ("aws_s3_bucket_policy", "policy"): "AWS::S3::Bucket",
    ("aws_s3control_access_point_policy", "policy"): "AWS::S3::AccessPoint",
    ("aws_s3control_bucket_policy", "policy"): "AWS::S3Outposts::Bucket",
    ("aws_s3control_object_lambda_access_point_policy", "policy"): "AWS::S3ObjectLambda::AccessPoint",
    ("aws_s3tables_table_bucket_policy", "resource_policy"): "AWS::S3Tables::TableBucket",
    ("aws_s3tables_table_policy", "resource_policy"): "AWS::S3Tables::Table",
    ("aws_sagemaker_model_package_group_policy", "resource_policy"): "AWS::SageMaker::ModelPackageGroup",
    ("aws_schemas_registry_policy", "policy"): "AWS::EventSchemas::Registry",
    ("aws_secretsmanager_secret", "policy"): "AWS::SecretsManager::Secret",
    ("aws_secretsmanager_secret_policy", "policy"): "AWS::SecretsManager::Secret",
    ("aws_ses_identity_policy", "policy"): "AWS::SES::EmailIdentity",
    ("aws_sesv2_email_identity_policy", "policy"): "AWS::SES::EmailIdentity",
    ("aws_sns_topic", "policy"): "AWS::SNS::Topic",
    ("aws_sns_topic_policy", "policy"): "AWS::SNS::Topic",
    ("aws_sqs_queue", "policy"): "AWS::SQS::Queue",
    ("aws_sqs_queue_policy", "policy"): "AWS::SQS::Queue",
    ("aws_vpc_endpoint", "policy"): "AWS::EC2::VPCEndpoint",
    ("aws_vpc_endpoint_policy", "policy"): "AWS::EC2::VPCEndpoint",
    ("aws_vpclattice_auth_policy", "policy"): "AWS::VpcLattice::AuthPolicy",
    ("aws_vpclattice_resource_policy", "policy"): "AWS::VpcLattice::ResourcePolicy",
    ("aws_xray_resource_policy", "policy_document"): "AWS::XRay::ResourcePolicy",
}
_OTHER_USES = {
    ("aws_iam_role", "assume_role_policy"): PolicyUse(TRUST, "AWS::IAM::Role"),
    ("aws_iam_policy", "policy"): PolicyUse(IDENTITY, managed=True),
    ("aws_ssoadmin_permission_set_inline_policy", "inline_policy"): PolicyUse(IDENTITY),
    ("aws_transfer_access", "policy"): PolicyUse(IDENTITY),
    ("aws_transfer_user", "policy"): PolicyUse(IDENTITY),
}


def _uses_by_resource() -> dict[str, tuple[tuple[str, PolicyUse], ...]]:
    """The attributes and uses of the tables above, by resource type."""
    result: dict[str, tuple[tuple[str, PolicyUse], ...]] = {}
    resource_based = {key: PolicyUse(RESOURCE, resource_type) for key, resource_type in _RESOURCE_BASED.items()}
    for (resource, attribute), use in {**resource_based, **_OTHER_USES}.items():
        result[resource] = (*result.get(resource, ()), (attribute, use))
    return result


# Resource -> its attributes that hold policies.
POLICY_ATTRIBUTES = _uses_by_resource()
# Resource -> the attribute that names the owner of the inline policy in `policy`, and the kind of owner.
INLINE_POLICY_RESOURCES = {
    "aws_iam_role_policy": ("role", "role"),
    "aws_iam_user_policy": ("user", "user"),
    "aws_iam_group_policy": ("group", "group"),
}
# Resource -> the attributes that name the identities to which the managed policy `policy_arn` is attached.
ATTACHMENT_RESOURCES = {
    "aws_iam_role_policy_attachment": ("role",),
    "aws_iam_user_policy_attachment": ("user",),
    "aws_iam_group_policy_attachment": ("group",),
    "aws_iam_policy_attachment": ("roles", "users", "groups"),
}
# Resource -> the attribute that names the identity to which the policies `policy_arns` are attached, and its kind:
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy_attachments_exclusive
EXCLUSIVE_ATTACHMENTS = {
    "aws_iam_role_policy_attachments_exclusive": ("role_name", "role"),
    "aws_iam_user_policy_attachments_exclusive": ("user_name", "user"),
    "aws_iam_group_policy_attachments_exclusive": ("group_name", "group"),
}
LAMBDA_PERMISSION, LAYER_PERMISSION = "aws_lambda_permission", "aws_lambda_layer_version_permission"
# Every resource that defines or attaches policies.
POLICY_RESOURCES = frozenset(
    {
        *POLICY_ATTRIBUTES,
        *INLINE_POLICY_RESOURCES,
        *ATTACHMENT_RESOURCES,
        *EXCLUSIVE_ATTACHMENTS,
        "aws_iam_role",
        "aws_organizations_policy",
        LAMBDA_PERMISSION,
        LAYER_PERMISSION,
    }
)
