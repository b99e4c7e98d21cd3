"""Readers for resources that add one statement to another resource's policy: Lambda and EventBridge permissions.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.embedded_documents import is_document_text
from iamglue.readers.lambda_names import name_and_qualifier
from iamglue.readers.templates.node_factory import NodeFactory
from iamglue.readers.templates.template_resource import TemplateResource

# Property -> the operator and key of the condition that Lambda creates for it.
_CONDITIONS = (
    ("SourceArn", "ArnLike", "aws:SourceArn"),
    ("SourceAccount", "StringEquals", "aws:SourceAccount"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("OrganizationId", "StringEquals", "aws:PrincipalOrgID"),
    ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
)
_SERVICE_PRINCIPAL = re.compile(r"[a-z0-9.-]+\.(amazonaws|amazon|aws)(\.com)?(\.cn)?", re.IGNORECASE)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
_PSEUDO_PARAMETERS_WITHOUT_ARN = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackName", "AWS::URLSuffix")
_FUNCTION_ARN_PREFIX = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"


def _read_function_permission(resource: TemplateResource) -> None:
    _add_permission(resource, "FunctionName", _FUNCTION_ARN_PREFIX, "AWS::Lambda::Function")


def _read_layer_permission(resource: TemplateResource) -> None:
    _add_permission(resource, "LayerVersionArn", "", "AWS::Lambda::LayerVersion")


def _add_permission(resource: TemplateResource, target: str, prefix: str, resource_type: str) -> None:
    """Add the policy of a permission; `target` names the resource's property, `prefix` turns a name into an ARN."""
    factory = NodeFactory(resource.properties)
    statement = factory.map(
        ("Effect", factory.text("Allow")),
        (_key_node(resource, factory, "Principal"), _principal_node(resource, factory)),
        (_key_node(resource, factory, "Action"), _property_value(resource, "Action")),
        (
            _key_node(resource, factory, target, "Resource"),
            _target_node(_property_value(resource, target), prefix, factory, resource.collector.reference_names),
        ),
        ("Condition", _condition_node(resource, factory)),
    )
    document = factory.document(factory.list(statement))
    resource.collector.add(document, PolicyType.RESOURCE, resource.id, resource_type=resource_type)


def _property_value(resource: TemplateResource, name: str) -> Node | None:
    node = resource.get(name)
    return None if node is None or node.is_null else resource.resolver.resolve(node)


def _key_node(resource: TemplateResource, factory: NodeFactory, name: str, element: str = "") -> Node:
    return factory.text(element or name, resource.properties.key(name))


def _principal_node(resource: TemplateResource, factory: NodeFactory) -> Node | None:
    """The value of `Principal`: a service or an AWS account; UNKNOWN for a reference."""
    value = _property_value(resource, "Principal")
    if value is None or value.kind is not NodeKind.SCALAR or value.text == "*":
        return value
    if value.unresolved and value.text.startswith("${") and value.text.endswith("}"):
        return Node(
            NodeKind.UNKNOWN, value.source, value.start, value.end, value.text
        )  # it can be a service or an account
    return factory.map(("Service" if _SERVICE_PRINCIPAL.fullmatch(value.text) else "AWS", _text_value(value, factory)))


def _text_value(value: Node, factory: NodeFactory) -> Node:
    """An account ID without quotes is a number in YAML but text in the policy."""
    return factory.text(value.text, value) if value.plain else value


def _target_node(
    value: Node | None, prefix: str, factory: NodeFactory, reference_names: Mapping[str, str]
) -> Node | None:
    """The ARN for a function name; a reference that can be a name or an ARN stays as it is."""
    if value is None or value.kind is not NodeKind.SCALAR or value.text.startswith("arn:") or not prefix:
        return value
    if _may_begin_with_arn(value.text, reference_names):
        return value
    return factory.text(prefix + name_and_qualifier(value.text), value, unresolved=True)


def _may_begin_with_arn(text: str, reference_names: Mapping[str, str]) -> bool:
    """Whether a value begins with a parameter that may be an ARN: not the name of a resource, or a part of one."""
    first = next(iter(tokenize(text)), None)
    if first is None or first.kind is TokenKind.LITERAL:
        return False
    return first.name not in reference_names and first.name not in _PSEUDO_PARAMETERS_WITHOUT_ARN


def _condition_node(resource: TemplateResource, factory: NodeFactory) -> Node | None:
    """The map of condition operators; None if no property is a condition."""
    operators: dict[str, list[tuple[Node | str, Node | None]]] = {}
    for name, operator, key in _CONDITIONS:
        value = _property_value(resource, name)
        if value is not None:
            pair = (_key_node(resource, factory, name, key), _text_value(value, factory))
            operators.setdefault(operator, []).append(pair)
    pairs = [(operator, factory.map(*keys)) for operator, keys in operators.items()]
    return factory.map(*pairs) if pairs else None


def _read_event_bus_policy(resource: TemplateResource) -> None:
    """Collect an event bus policy, written as a document, as statements or in the legacy properties."""
    statement_property = resource.get("Statement")
    factory = NodeFactory(resource.properties)
    if statement_property is None:
        statements = [_legacy_event_bus_statement(resource, factory)]
    elif is_document_text(statement_property) or statement_property.get("Statement") is not None:
        resource.add_policies(statement_property, PolicyType.RESOURCE, resource_type="AWS::Events::EventBus")
        return
    else:
        statements = list(resource.collector.resolve_documents(statement_property, resource.resolver))
    for statement in statements:
        document = factory.document(statement)
        resource.collector.add(document, PolicyType.RESOURCE, resource.id, resource_type="AWS::Events::EventBus")


def _legacy_event_bus_statement(resource: TemplateResource, factory: NodeFactory) -> Node:
    """The statement of an event bus policy that has `Principal`, `Action` and `Condition` as properties."""
    bus = resource.text("EventBusName") or "default"
    arn = f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:event-bus/{bus}"
    return factory.map(
        ("Effect", factory.text("Allow")),
        (_key_node(resource, factory, "Principal"), _principal_node(resource, factory)),
        (
            _key_node(resource, factory, "Action"),
            _property_value(resource, "Action") or factory.text("events:PutEvents"),
        ),
        ("Resource", factory.text(arn, unresolved=True)),
        ("Condition", _event_bus_condition(resource, factory)),
    )


def _event_bus_condition(resource: TemplateResource, factory: NodeFactory) -> Node | None:
    """The map of the one condition; None if its type, key or value is missing."""
    condition = resource.get("Condition")
    parts = [condition.get(name) for name in ("Type", "Key", "Value")] if condition is not None else []
    if len(resolved_parts := [resource.resolver.resolve(part) for part in parts if part is not None]) != 3:
        return None
    operator, key, value = resolved_parts
    return factory.map((factory.text(operator.text, operator), factory.map((factory.text(key.text, key), value))))


PERMISSION_READERS: dict[str, Callable[[TemplateResource], None]] = {
    "AWS::Lambda::Permission": _read_function_permission,
    "AWS::Lambda::LayerVersionPermission": _read_layer_permission,
    "AWS::Events::EventBusPolicy": _read_event_bus_policy,
}
