"""What resource a policy is attached to, guessed from the service of its actions, where nothing else says it."""

from __future__ import annotations

from iamglue.policy.source.nodes import Node, NodeKind

_BY_SERVICE = {
    "s3": "AWS::S3::Bucket",
    "s3express": "AWS::S3Express::DirectoryBucket",
    "s3-object-lambda": "AWS::S3ObjectLambda::AccessPoint",
    "lambda": "AWS::Lambda::Function",
    "kms": "AWS::KMS::Key",
    "sqs": "AWS::SQS::Queue",
    "sns": "AWS::SNS::Topic",
    "dynamodb": "AWS::DynamoDB::Table",
    "kinesis": "AWS::Kinesis::Stream",
    "secretsmanager": "AWS::SecretsManager::Secret",
    "ecr": "AWS::ECR::Repository",
    "ecr-public": "AWS::ECR::PublicRepository",
    "elasticfilesystem": "AWS::EFS::FileSystem",
    "execute-api": "AWS::ApiGateway::RestApi",
    "es": "AWS::OpenSearchService::Domain",
    "events": "AWS::Events::EventBus",
    "backup": "AWS::Backup::BackupVault",
    "glacier": "AWS::Glacier::Vault",
    "logs": "AWS::Logs::LogGroup",
    "codeartifact": "AWS::CodeArtifact::Repository",
}


def guess_resource_type(document: Node) -> str | None:
    """The CloudFormation type of the resource; None where the actions are of several services, or of none known."""
    actions = list(_texts(document, "Action"))
    services = {action.partition(":")[0].lower() for action in actions}
    if len(services) != 1:
        return None
    kind = _BY_SERVICE.get(services.pop())
    if kind == "AWS::S3::Bucket" and any(":accesspoint/" in text for text in _texts(document, "Resource")):
        return "AWS::S3::AccessPoint"
    return kind


def _texts(document: Node, element: str) -> list[str]:
    statements = _listed(document.get("Statement"))
    return [each.text for one in statements for each in _listed(one.get(element)) if each.kind is NodeKind.SCALAR]


def _listed(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if node.kind is NodeKind.LIST else (node,)
