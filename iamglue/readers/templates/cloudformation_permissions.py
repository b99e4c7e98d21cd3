"""Resources that are one statement of another resource's policy: permissions of Lambda and EventBridge.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.embedded_documents import is_document_text
from iamglue.readers.templates.node_factory import NodeFactory
from iamglue.readers.templates.template_resource import TemplateResource

# The property, and the condition that Lambda makes of it.
_CONDITIONS = (
    ("SourceArn", "ArnLike", "aws:SourceArn"),
    ("SourceAccount", "StringEquals", "aws:SourceAccount"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("OrganizationId", "StringEquals", "aws:PrincipalOrgID"),
    ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
)
_SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws|amazon|aws)(\.com)?(\.cn)?", re.IGNORECASE)
_FUNCTION = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"


def _function_permission(resource: TemplateResource) -> None:
    _permission(resource, "FunctionName", _FUNCTION, "AWS::Lambda::Function")


def _layer_permission(resource: TemplateResource) -> None:
    _permission(resource, "LayerVersionArn", "", "AWS::Lambda::LayerVersion")


def _permission(resource: TemplateResource, target: str, prefix: str, resource_type: str) -> None:
    make = NodeFactory(resource.properties)
    statement = make.map(
        ("Effect", make.text("Allow")),
        (_key(resource, make, "Principal"), _principal(resource, make)),
        (_key(resource, make, "Action"), _value(resource, "Action")),
        (_key(resource, make, target, "Resource"), _target(_value(resource, target), prefix, make)),
        ("Condition", _conditions(resource, make)),
    )
    document = make.document(make.list(statement))
    resource.collector.add(document, PolicyType.RESOURCE, resource.id, resource_type=resource_type)


def _value(resource: TemplateResource, name: str) -> Node | None:
    node = resource.get(name)
    return None if node is None or node.is_null else resource.resolver.resolve(node)


def _key(resource: TemplateResource, make: NodeFactory, name: str, element: str = "") -> Node:
    return make.text(element or name, resource.properties.key(name))


def _principal(resource: TemplateResource, make: NodeFactory) -> Node | None:
    value = _value(resource, "Principal")
    if value is None or value.kind is not NodeKind.SCALAR or value.text == "*":
        return value
    if value.unresolved and value.text.startswith("${") and value.text.endswith("}"):
        return Node(NodeKind.UNKNOWN, value.source, value.start, value.end, value.text)  # a service or an account
    return make.map(("Service" if _SERVICE.fullmatch(value.text) else "AWS", _as_text(value, make)))


def _as_text(value: Node, make: NodeFactory) -> Node:
    """Numbers of accounts without quotes are text all the same."""
    return make.text(value.text, value) if value.plain else value


def _target(value: Node | None, prefix: str, make: NodeFactory) -> Node | None:
    """The ARN of a function given by its name; a reference may be either."""
    if value is None or value.kind is not NodeKind.SCALAR or value.text.startswith(("arn:", "${")) or not prefix:
        return value
    name = value.text.rpartition("function:")[2]
    return make.text(prefix + name, value, holes=True)


def _conditions(resource: TemplateResource, make: NodeFactory) -> Node | None:
    """The map of operators, or None where no property is a condition."""
    operators: dict[str, list[tuple[Node | str, Node | None]]] = {}
    for name, operator, key in _CONDITIONS:
        value = _value(resource, name)
        if value is not None:
            pair = (_key(resource, make, name, key), _as_text(value, make))
            operators.setdefault(operator, []).append(pair)
    pairs = [(operator, make.map(*keys)) for operator, keys in operators.items()]
    return make.map(*pairs) if pairs else None


def _event_bus_policy(resource: TemplateResource) -> None:
    written = resource.get("Statement")
    make = NodeFactory(resource.properties)
    if written is None:
        statements = [_old_event_bus_statement(resource, make)]
    elif is_document_text(written) or written.get("Statement") is not None:
        resource.add_policies(written, PolicyType.RESOURCE, resource_type="AWS::Events::EventBus")
        return
    else:
        statements = list(resource.collector.resolve_documents(written, resource.resolver))
    for statement in statements:
        document = make.document(statement)
        resource.collector.add(document, PolicyType.RESOURCE, resource.id, resource_type="AWS::Events::EventBus")


def _old_event_bus_statement(resource: TemplateResource, make: NodeFactory) -> Node:
    bus = resource.text("EventBusName") or "default"
    arn = f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:event-bus/{bus}"
    return make.map(
        ("Effect", make.text("Allow")),
        (_key(resource, make, "Principal"), _principal(resource, make)),
        (_key(resource, make, "Action"), _value(resource, "Action") or make.text("events:PutEvents")),
        ("Resource", make.text(arn, holes=True)),
        ("Condition", _event_bus_condition(resource, make)),
    )


def _event_bus_condition(resource: TemplateResource, make: NodeFactory) -> Node | None:
    given = resource.get("Condition")
    parts = [given.get(name) for name in ("Type", "Key", "Value")] if given is not None else []
    if len(known := [resource.resolver.resolve(part) for part in parts if part is not None]) != 3:
        return None
    operator, key, value = known
    return make.map((make.text(operator.text, operator), make.map((make.text(key.text, key), value))))


PERMISSION_READERS: dict[str, Callable[[TemplateResource], None]] = {
    "AWS::Lambda::Permission": _function_permission,
    "AWS::Lambda::LayerVersionPermission": _layer_permission,
    "AWS::Events::EventBusPolicy": _event_bus_policy,
}
