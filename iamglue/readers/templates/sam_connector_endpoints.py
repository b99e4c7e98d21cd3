"""The source and the destination of a SAM connector: resources of the template, or resources described by their values.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-connector-resourcereference.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iamglue.catalog.sam_connectors import connector_values, deployed_type
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.intrinsic_calls import referenced_resource
from iamglue.readers.templates.template_functions import find_role_key
from iamglue.readers.templates.template_properties import ResourceProperties

_IMPLICIT_APIS = {"ServerlessRestApi": "AWS::ApiGateway::RestApi", "ServerlessHttpApi": "AWS::ApiGatewayV2::Api"}
# A described resource's properties, and the names of their values in the table.
_PROPERTIES = ("Arn", "Name", "ResourceId", "Qualifier")


class ConnectorError(Exception):
    """Why a connector cannot be evaluated."""


@dataclass(frozen=True, slots=True)
class ConnectorEndpoint:
    """Its CloudFormation type, the key of its role in the draft (None if it is not there), and its values by name."""

    type: str
    role: str | None
    values: Mapping[str, str]


def connector_endpoint(
    reference: ResourceProperties,
    other: ResourceProperties,
    resources: Mapping[str, ResourceProperties],
    draft: AccountDraft,
) -> ConnectorEndpoint:
    """The resource that `Source` or `Destination` of a connector names; `other` is its other end.

    Raises ConnectorError if SAM would not accept it.
    """
    given = {name: text for name in _PROPERTIES if (text := reference.text(name))}
    resource_id = reference.text("Id")
    if not resource_id:
        kind = deployed_type(reference.text("Type"))
        if not kind:
            raise ConnectorError("its source or destination is not known")
        return ConnectorEndpoint(kind, find_role_key(reference.text("RoleName"), draft), given)
    resource = resources.get(resource_id)
    kind = deployed_type(resource.resource.type) if resource is not None else _IMPLICIT_APIS.get(resource_id, "")
    if not kind:
        raise ConnectorError(f"`{resource_id}` is not in the template")
    values = {
        "ResourceId" if name == "Id" else name: draft.fill_references(text.replace("${Id", f"${{{resource_id}"))
        for name, text in connector_values(kind).items()
        if name != "Role"
    }
    qualifier = {name: text for name, text in given.items() if name == "Qualifier"}
    role = _resource_role(resource, connector_values(kind).get("Role"), other, draft) if resource is not None else None
    return ConnectorEndpoint(kind, role, values | qualifier)


def _resource_role(
    resource: ResourceProperties, role_property: str | None, other: ResourceProperties, draft: AccountDraft
) -> str | None:
    """The key of a resource's role: the one that SAM creates, or the one that the property with this name names."""
    if role_property is None:
        return None
    if role_property == "Targets":
        return find_role_key(_target_role(resource, other), draft)
    sam_role = draft.sam_role_keys.get(resource.id)
    property_name = "Role" if resource.resource.type.startswith("AWS::Serverless::") else role_property
    return sam_role or find_role_key(resource.text(property_name), draft)


def _target_role(rule: ResourceProperties, other: ResourceProperties) -> str:
    """The role of the target of an EventBridge rule that is the other end of the connector; empty if there is none."""
    for target in rule.items("Targets"):
        logical_id, arn = referenced_resource(target.node("Arn")), target.text("Arn")
        if arn and (logical_id == other.text("Id") or arn == other.text("Arn")):
            return target.text("RoleArn")
    return ""
