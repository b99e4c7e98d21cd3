"""Properties of CloudFormation resources that hold policy documents, with the policy type and the resource type.

From the resource schemas of CloudFormation (August 2026), whose properties are listed for each type under
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.policy.parsed_policy import PolicyType


@dataclass(frozen=True, slots=True)
class PolicyProperty:
    """A property that holds a policy document; `[]` in the path is every item of a list."""

    path: str
    type: PolicyType
    resource_type: str | None = None


def _resource(resource: str, *paths: str, of: str | None = None) -> tuple[str, tuple[PolicyProperty, ...]]:
    return resource, tuple(PolicyProperty(path, PolicyType.RESOURCE, of or resource) for path in paths)


# IAM resources, Lambda permissions and Organizations policies have separate readers.
POLICY_PROPERTIES: dict[str, tuple[PolicyProperty, ...]] = dict(
    (
        _resource("AWS::APS::ResourcePolicy", "PolicyDocument", of="AWS::APS::Workspace"),
        _resource("AWS::ApiGateway::DomainNameV2", "Policy", "ManagementPolicy"),
        _resource("AWS::ApiGateway::RestApi", "Policy", "Body.x-amazon-apigateway-policy"),
        _resource("AWS::Backup::BackupVault", "AccessPolicy"),
        _resource("AWS::Backup::LogicallyAirGappedBackupVault", "AccessPolicy"),
        _resource("AWS::CloudTrail::ResourcePolicy", "ResourcePolicy", of="AWS::CloudTrail::EventDataStore"),
        _resource("AWS::CodeArtifact::Domain", "PermissionsPolicyDocument"),
        _resource("AWS::CodeArtifact::Repository", "PermissionsPolicyDocument"),
        _resource("AWS::DSQL::Cluster", "PolicyDocument"),
        _resource(
            "AWS::DynamoDB::GlobalTable",
            "Replicas[].ResourcePolicy.PolicyDocument",
            "Replicas[].ReplicaStreamSpecification.ResourcePolicy.PolicyDocument",
            of="AWS::DynamoDB::Table",
        ),
        _resource(
            "AWS::DynamoDB::Table",
            "ResourcePolicy.PolicyDocument",
            "StreamSpecification.ResourcePolicy.PolicyDocument",
        ),
        _resource("AWS::EC2::VPCEndpoint", "PolicyDocument"),
        _resource("AWS::ECR::PublicRepository", "RepositoryPolicyText"),
        _resource("AWS::ECR::RegistryPolicy", "PolicyText"),
        _resource("AWS::ECR::Repository", "RepositoryPolicyText"),
        _resource("AWS::ECR::RepositoryCreationTemplate", "RepositoryPolicy", of="AWS::ECR::Repository"),
        _resource("AWS::EFS::FileSystem", "FileSystemPolicy"),
        _resource("AWS::Elasticsearch::Domain", "AccessPolicies", of="AWS::OpenSearchService::Domain"),
        _resource("AWS::EventSchemas::RegistryPolicy", "Policy", of="AWS::EventSchemas::Registry"),
        _resource("AWS::Events::EventBus", "Policy"),
        _resource("AWS::FSx::S3AccessPointAttachment", "S3AccessPoint.Policy", of="AWS::S3::AccessPoint"),
        _resource("AWS::KMS::Key", "KeyPolicy"),
        _resource("AWS::KMS::ReplicaKey", "KeyPolicy", of="AWS::KMS::Key"),
        _resource("AWS::Kinesis::ResourcePolicy", "ResourcePolicy", of="AWS::Kinesis::Stream"),
        _resource("AWS::Logs::DeliveryDestination", "DeliveryDestinationPolicy.DeliveryDestinationPolicy"),
        _resource("AWS::Logs::Destination", "DestinationPolicy"),
        _resource("AWS::Logs::LogGroup", "ResourcePolicyDocument"),
        _resource("AWS::Logs::ResourcePolicy", "PolicyDocument", of="AWS::Logs::LogGroup"),
        _resource("AWS::MSK::ClusterPolicy", "Policy", of="AWS::MSK::Cluster"),
        _resource("AWS::MediaPackageV2::ChannelPolicy", "Policy", of="AWS::MediaPackageV2::Channel"),
        _resource("AWS::MediaPackageV2::OriginEndpointPolicy", "Policy", of="AWS::MediaPackageV2::OriginEndpoint"),
        _resource("AWS::MediaStore::Container", "Policy"),
        _resource("AWS::MediaTailor::ChannelPolicy", "Policy", of="AWS::MediaTailor::Channel"),
        _resource("AWS::OSIS::Pipeline", "ResourcePolicy.Policy"),
        _resource("AWS::Oam::Sink", "Policy"),
        _resource("AWS::Omics::SequenceStore", "S3AccessPolicy"),
        _resource("AWS::OpenSearchService::Domain", "AccessPolicies"),
        _resource("AWS::Organizations::ResourcePolicy", "Content", of="AWS::Organizations::Organization"),
        _resource("AWS::RUM::AppMonitor", "ResourcePolicy.PolicyDocument"),
        _resource("AWS::Redshift::Cluster", "NamespaceResourcePolicy"),
        _resource("AWS::RedshiftServerless::Namespace", "NamespaceResourcePolicy"),
        _resource("AWS::S3::AccessPoint", "Policy"),
        _resource("AWS::S3::BucketPolicy", "PolicyDocument", of="AWS::S3::Bucket"),
        _resource("AWS::S3::MultiRegionAccessPointPolicy", "Policy", of="AWS::S3::MultiRegionAccessPoint"),
        _resource("AWS::S3Express::AccessPoint", "Policy"),
        _resource("AWS::S3Express::BucketPolicy", "PolicyDocument", of="AWS::S3Express::DirectoryBucket"),
        _resource("AWS::S3ObjectLambda::AccessPointPolicy", "PolicyDocument", of="AWS::S3ObjectLambda::AccessPoint"),
        _resource("AWS::S3Outposts::AccessPoint", "Policy"),
        _resource("AWS::S3Outposts::BucketPolicy", "PolicyDocument", of="AWS::S3Outposts::Bucket"),
        _resource("AWS::SNS::TopicInlinePolicy", "PolicyDocument", of="AWS::SNS::Topic"),
        _resource("AWS::SNS::TopicPolicy", "PolicyDocument", of="AWS::SNS::Topic"),
        _resource("AWS::SQS::QueueInlinePolicy", "PolicyDocument", of="AWS::SQS::Queue"),
        _resource("AWS::SQS::QueuePolicy", "PolicyDocument", of="AWS::SQS::Queue"),
        _resource("AWS::SSM::ResourcePolicy", "Policy"),
        _resource("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupPolicy"),
        _resource("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", of="AWS::SecretsManager::Secret"),
        _resource("AWS::VpcLattice::AuthPolicy", "Policy"),
        _resource("AWS::VpcLattice::ResourcePolicy", "Policy"),
        _resource("AWS::XRay::ResourcePolicy", "PolicyDocument"),
    )
)

# Their documents do not use the IAM policy language.
NON_IAM_POLICY_TYPES = frozenset(
    {
        "AWS::EC2::VerifiedAccessEndpoint",
        "AWS::EC2::VerifiedAccessGroup",
        "AWS::IoT::Policy",
        "AWS::Logs::AccountPolicy",
        "AWS::NetworkManager::CoreNetwork",
        "AWS::OpenSearchServerless::AccessPolicy",
        "AWS::OpenSearchServerless::SecurityPolicy",
        "AWS::VerifiedPermissions::Policy",
    }
)
