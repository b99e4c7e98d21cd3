"""Adds what SAM connectors grant to roles and functions of an account draft.

A connector is a resource, `AWS::Serverless::Connector`, or an entry under `Connectors` of its source. The policies that
it gives to queues and topics are not part of the account.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/managing-permissions-connectors.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iamglue.catalog.sam_connectors import ConnectorGrant, ConnectorPolicyType, find_connector_grant
from iamglue.catalog.sam_policy_templates import fill_parameters
from iamglue.policy.model import VERSION_2012
from iamglue.policy.patterns.variables import deployment_parameter_names
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.account_draft import AccountDraft, deployment_arn
from iamglue.readers.templates.function_draft import FunctionDraft
from iamglue.readers.templates.node_factory import NodeFactory
from iamglue.readers.templates.sam_connector_endpoints import ConnectorEndpoint, ConnectorError, connector_endpoint
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.templates.template_properties import ResourceProperties

CONNECTOR = "AWS::Serverless::Connector"


def embedded_connectors(resource_id: str, resource: Node) -> Iterator[tuple[Node, Node]]:
    """The keys and properties of the connectors under `Connectors` of a resource, which is their source.

    The logical ID of the connector is the key after that of the resource.
    """
    connectors = resource.get("Connectors")
    for key, connector in connectors.pairs if connectors is not None else ():
        properties = connector.get("Properties") or connector
        factory, reference = NodeFactory(properties), properties.get("SourceReference")
        source = factory.map(("Id", factory.text(resource_id)), *(reference.pairs if reference is not None else ()))
        yield key, factory.map(("Source", source), *properties.pairs)


def add_connectors(resources: Mapping[str, ResourceProperties], draft: AccountDraft, functions: FunctionIndex) -> None:
    """Add what the connectors among the resources grant; record those that cannot be evaluated."""
    for connector in resources.values():
        if connector.resource.type != CONNECTOR:
            continue
        source, destinations = next(connector.items("Source"), None), list(connector.items("Destination"))
        what = f"what the connector `{connector.id}` grants"
        if source is None or not destinations:
            draft.record_unknown_policy(connector.id, what, "its source or destination is not known")
            continue
        node = connector.node("Destination")
        is_list = node is not None and node.kind is NodeKind.LIST
        for number, destination in enumerate(destinations):
            suffix = f"Destination{number}" if is_list else ""
            endpoints: dict[str, ConnectorEndpoint] = {}
            try:
                endpoints["Source"] = connector_endpoint(source, destination, resources, draft)
                endpoints["Destination"] = connector_endpoint(destination, source, resources, draft)
                _add_grant(connector, endpoints, suffix, draft, functions)
            except ConnectorError as error:
                roles = [endpoint.role for endpoint in endpoints.values() if endpoint.role is not None]
                for role in roles or [connector.id]:
                    draft.record_unknown_policy(role, what, str(error))


def _add_grant(
    connector: ResourceProperties,
    endpoints: Mapping[str, ConnectorEndpoint],
    suffix: str,
    draft: AccountDraft,
    functions: FunctionIndex,
) -> None:
    """Add what a connector grants for one destination. Raises ConnectorError if that is not known."""
    source, destination = endpoints["Source"], endpoints["Destination"]
    grant = find_connector_grant(source.type, destination.type)
    if grant is None:
        raise ConnectorError(f"SAM has no connector from `{source.type}` to `{destination.type}`")
    owner = endpoints[grant.owner]
    permissions = _filled_permissions(connector, grant, endpoints)
    if grant.type is ConnectorPolicyType.ROLE_POLICY:
        if owner.role is None:
            raise ConnectorError(f"the role of its {grant.owner.lower()} is not in the template")
        name = f"{connector.id}Policy{suffix}"
        statements = [statement for rows in permissions.values() for statement in rows]
        origin = draft.origin(connector.declaration)
        arn = draft.fill_references(deployment_arn("iam", f"policy/${{{name}}}", regional=False))
        policy = draft.build_policy(name, {"Version": VERSION_2012, "Statement": statements}, arn, origin)
        draft.roles[owner.role].attached.append(policy)
    elif grant.type is ConnectorPolicyType.FUNCTION_PERMISSION:
        function = functions.find(owner.values.get("Arn", ""))
        if function is not None:
            for name, permission in permissions.items():
                _add_permission(
                    f"{connector.id}{name}LambdaPermission{suffix}", permission, function, connector.declaration
                )


def _filled_permissions(
    connector: ResourceProperties, grant: ConnectorGrant, endpoints: Mapping[str, ConnectorEndpoint]
) -> dict[str, Any]:
    """What the connector's permissions grant. Raises ConnectorError if SAM does not accept them."""
    names = sorted(set(connector.texts("Permissions")))
    is_accepted = names and set(names) <= grant.permissions.keys()
    if not is_accepted or (grant.combinations and tuple(names) not in grant.combinations):
        raise ConnectorError(f"SAM does not accept its permissions: {', '.join(names) or 'none'}")
    values = {f"{end}.{name}": value for end, endpoint in endpoints.items() for name, value in endpoint.values.items()}
    permissions = {name: rows for name, rows in grant.permissions.items() if name in names}
    required = deployment_parameter_names(str(permissions))
    missing = [name for name in required if name not in values]
    if missing:
        raise ConnectorError(f"it has no `{missing[0]}`")
    return {name: fill_parameters(rows, values) for name, rows in permissions.items()}


def _add_permission(sid: str, permission: Mapping[str, str], function: FunctionDraft, node: Node) -> None:
    """Add the statement that Lambda makes of the properties of a permission to the function's resource-based policy."""
    condition: dict[str, dict[str, str]] = {"ArnLike": {"aws:SourceArn": permission["SourceArn"]}}
    if "SourceAccount" in permission:
        condition["StringEquals"] = {"aws:SourceAccount": permission["SourceAccount"]}
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": permission["Principal"]},
        "Action": permission["Action"],
        "Resource": function.function.arn,
        "Condition": condition,
    }
    function.add_statement(statement, node)
