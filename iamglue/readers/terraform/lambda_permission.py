"""Converts permissions to the statement that Lambda adds to the policy of a function or of a layer version.

https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_layer_version_permission
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from iamglue.policy.model import VERSION_2012
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import ReadOnlySourceText, Syntax
from iamglue.readers.lambda_names import name_and_qualifier
from iamglue.readers.terraform.blocks import NodePair, TerraformBlock
from iamglue.readers.terraform.list_references import list_item_node

FUNCTION_RESOURCE_TYPE, LAYER_RESOURCE_TYPE = "AWS::Lambda::Function", "AWS::Lambda::LayerVersion"
_ARN_PREFIX = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:"
_FUNCTION_ARN_PREFIX, _LAYER_ARN_PREFIX = f"{_ARN_PREFIX}function:", f"{_ARN_PREFIX}layer:"
# Attribute -> condition operator and key.
_CONDITIONS = {
    "source_arn": ("ArnLike", "aws:SourceArn"),
    "source_account": ("StringEquals", "aws:SourceAccount"),
    "principal_org_id": ("StringEquals", "aws:PrincipalOrgID"),
    "organization_id": ("StringEquals", "aws:PrincipalOrgID"),
    "event_source_token": ("StringEquals", "lambda:EventSourceToken"),
    "function_url_auth_type": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "invoked_via_function_url": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


class RenamedNodeFactory:
    """Builds nodes with IAM's names and the locations of the Terraform attributes."""

    def __init__(self, block: TerraformBlock) -> None:
        self.source = ReadOnlySourceText(block.location_node.source)
        self.location_node = block.location_node

    def text(self, text: str, at: Node | None = None) -> Node:
        """A scalar that fixes cannot edit."""
        node = at or self.location_node
        end = node.end if at else min(node.end, self._line_end(node))
        return Node(NodeKind.SCALAR, self.source, node.start, end, text)

    def key(self, text: str, at: Node) -> Node:
        """An attribute's name node with IAM's name; in HCL, fixes can remove it together with the attribute."""
        if at.source.syntax is not Syntax.HCL:
            return self.text(text, at)
        return replace(at, text=text)

    def map(self, pairs: list[NodePair], at: Node | None = None) -> Node:
        """A map to which fixes cannot add keys."""
        node = at or self.location_node
        return Node(NodeKind.MAP, self.source, node.start, node.end, pairs=tuple(pairs))

    def _line_end(self, node: Node) -> int:
        line_end = node.source.text.find("\n", node.start)
        return node.end if line_end < 0 else line_end


def permission_policy(block: TerraformBlock) -> Node:
    """A policy with the one statement that the permission adds to the function's policy."""
    return _policy(block, "function_name", _function_arn)


def layer_permission_policy(block: TerraformBlock) -> Node:
    """A policy with the one statement that the permission adds to the policy of the layer version."""
    version = block.attribute("version_number")

    def layer_version_arn(factory: RenamedNodeFactory, _: Node, node: Node) -> Node:
        return _layer_version_arn(factory, node, None if version is None else version[1])

    return _policy(block, "layer_name", layer_version_arn)


def _policy(block: TerraformBlock, target: str, read_target: Callable[[RenamedNodeFactory, Node, Node], Node]) -> Node:
    """A policy with the statement of a permission; the attribute `target` names its resource."""
    factory = RenamedNodeFactory(block)
    statement: list[NodePair] = [(factory.text("Effect"), factory.text("Allow"))]
    for attribute, element, read in (
        ("statement_id", "Sid", _text_value),
        ("principal", "Principal", _principal_node),
        ("action", "Action", _text_value),
        (target, "Resource", read_target),
    ):
        pair = block.attribute(attribute)
        if pair is not None:
            statement.append((factory.text(element, pair[0]), read(factory, *pair)))
    conditions = _conditions(factory, block)
    if conditions:
        statement.append((factory.text("Condition"), factory.map(conditions)))
    statements = Node(
        NodeKind.LIST,
        factory.source,
        factory.location_node.start,
        factory.location_node.end,
        items=(factory.map(statement),),
    )
    return factory.map([(factory.text("Version"), factory.text(VERSION_2012)), (factory.text("Statement"), statements)])


def _text_value(factory: RenamedNodeFactory, _: Node, node: Node) -> Node:
    """The value as text: an account ID may be a number without quotes."""
    node = list_item_node(node)
    return factory.text(node.text, node) if node.plain else node


def _function_arn(factory: RenamedNodeFactory, _: Node, node: Node) -> Node:
    """The ARN for a function name; a reference can be a name or an ARN and stays as it is."""
    node = list_item_node(node)
    if node.kind is not NodeKind.SCALAR or node.text.startswith(("arn:", "${")):
        return node
    return replace(factory.text(_FUNCTION_ARN_PREFIX + name_and_qualifier(node.text), node), unresolved=True)


def _layer_version_arn(factory: RenamedNodeFactory, node: Node, version: Node | None) -> Node:
    """The ARN of a layer version, from the name or ARN of the layer; a version that is not known is a parameter."""
    node = list_item_node(node)
    if node.kind is not NodeKind.SCALAR:
        return node
    is_known = version is not None and version.kind is NodeKind.SCALAR and not version.unresolved
    number = version.text if version is not None and is_known else "${LayerVersion}"
    is_arn = node.text.startswith("arn:")
    prefix = "" if is_arn or node.text.startswith("${") else _LAYER_ARN_PREFIX
    unresolved = node.unresolved or not is_known or not is_arn
    return replace(factory.text(f"{prefix}{node.text}:{number}", node), unresolved=unresolved)


def _principal_node(factory: RenamedNodeFactory, key: Node, node: Node) -> Node:
    """The value of `Principal`: a service or an AWS account; `*` stays as it is."""
    if node.kind is not NodeKind.SCALAR or node.text == "*":
        return node  # a reference can be a service or an account
    kind = "Service" if "." in node.text and not node.text.startswith("arn:") else "AWS"
    return factory.map([(factory.text(kind, key), _text_value(factory, key, node))], node)


def _conditions(factory: RenamedNodeFactory, block: TerraformBlock) -> list[NodePair]:
    """The pairs of the statement's `Condition`; empty if no attribute is a condition."""
    pairs_by_operator: dict[str, list[NodePair]] = {}
    operator_nodes: dict[str, Node] = {}
    for attribute, (operator, key) in _CONDITIONS.items():
        pair = block.attribute(attribute)
        if pair is not None and pair[1].text != "false":
            operator_nodes.setdefault(operator, pair[0])
            pairs_by_operator.setdefault(operator, []).append((factory.text(key, pair[0]), _text_value(factory, *pair)))
    return [
        (factory.text(operator, operator_nodes[operator]), factory.map(pairs))
        for operator, pairs in pairs_by_operator.items()
    ]
