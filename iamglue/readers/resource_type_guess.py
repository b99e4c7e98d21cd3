"""Guesses the type of the resource that a policy is attached to, from the service of its actions."""

from __future__ import annotations

from iamglue.policy.parsed_values import items
from iamglue.policy.source.nodes import Node, NodeKind

_TYPE_BY_SERVICE = {
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
    """The CloudFormation type of the resource; None if the actions belong to several services or to an unknown one."""
    actions = list(_element_texts(document, "Action"))
    services = {action.partition(":")[0].lower() for action in actions}
    if len(services) != 1:
        return None
    kind = _TYPE_BY_SERVICE.get(services.pop())
    if kind == "AWS::S3::Bucket" and any(":accesspoint/" in text for text in _element_texts(document, "Resource")):
        return "AWS::S3::AccessPoint"
    return kind


def _element_texts(document: Node, element: str) -> list[str]:
    """The texts of an element, such as `Action`, in all statements."""
    statements = _node_items(document.get("Statement"))
    return [
        value.text
        for statement in statements
        for value in _node_items(statement.get(element))
        if value.kind is NodeKind.SCALAR
    ]


def _node_items(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else items(node)
