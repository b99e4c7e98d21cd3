"""What connectors of the Serverless Application Model grant, by the types of source and destination.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from iamglue.catalog.tables import json_document

_DATA = "sam_connectors"
# Resources of SAM -> the type of the resource that SAM makes of them under the same logical ID.
_DEPLOYED_TYPES = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::GraphQLApi": "AWS::AppSync::GraphQLApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::WebSocketApi": "AWS::ApiGatewayV2::Api",
}


class ConnectorPolicyType(StrEnum):
    """What SAM generates for a connector."""

    ROLE_POLICY = "AWS_IAM_ROLE_MANAGED_POLICY"
    FUNCTION_PERMISSION = "AWS_LAMBDA_PERMISSION"
    QUEUE_POLICY = "AWS_SQS_QUEUE_POLICY"
    TOPIC_POLICY = "AWS_SNS_TOPIC_POLICY"


@dataclass(frozen=True, slots=True)
class ConnectorGrant:
    """What a connector grants between two resource types.

    `owner`, "Source" or "Destination", has the policy. `permissions` has, by the connector's permission (`Read`), the
    statements or, for a Lambda permission, its properties. `combinations` are the only permissions accepted together.
    """

    type: ConnectorPolicyType
    owner: str
    permissions: Mapping[str, Any]
    combinations: tuple[tuple[str, ...], ...]


def deployed_type(kind: str) -> str:
    """The CloudFormation type of a resource after SAM's transformation."""
    return _DEPLOYED_TYPES.get(kind, kind)


def find_connector_grant(source: str, destination: str) -> ConnectorGrant | None:
    """The grant between two CloudFormation types; None if SAM has no connector for them."""
    row = json_document(_DATA)["grants"].get(f"{source} > {destination}")
    if row is None:
        return None
    combinations = tuple(map(tuple, row.get("combinations", ())))
    return ConnectorGrant(ConnectorPolicyType(row["type"]), row["owner"], row["permissions"], combinations)


def connector_values(kind: str) -> Mapping[str, str]:
    """The values of a resource that connectors use (`Arn`: `${Id.Arn}`), and the property `Role` that has its role."""
    values: Mapping[str, str] = json_document(_DATA)["resources"].get(kind, {})
    return values
