"""`aws_lambda_permission` as the statement that Lambda makes of it.

https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import ReadOnlySourceText, Syntax
from iamglue.readers.terraform.blocks import NodePair, TerraformBlock
from iamglue.readers.terraform.expressions import list_item_node

FUNCTION_RESOURCE_TYPE = "AWS::Lambda::Function"
_FUNCTION = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
# Attribute -> condition operator and key.
_CONDITIONS = {
    "source_arn": ("ArnLike", "aws:SourceArn"),
    "source_account": ("StringEquals", "aws:SourceAccount"),
    "principal_org_id": ("StringEquals", "aws:PrincipalOrgID"),
    "event_source_token": ("StringEquals", "lambda:EventSourceToken"),
    "function_url_auth_type": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "invoked_via_function_url": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


class RenamedNodeFactory:
    """Makes nodes that stand at the places of others, under the names that IAM has for them."""

    def __init__(self, block: TerraformBlock) -> None:
        self.source = ReadOnlySourceText(block.location_node.source)
        self.place = block.location_node

    def text(self, text: str, at: Node | None = None) -> Node:
        """A scalar that cannot be rewritten."""
        node = at or self.place
        end = node.end if at else min(node.end, self._line_end(node))
        return Node(NodeKind.SCALAR, self.source, node.start, end, text)

    def key(self, text: str, at: Node) -> Node:
        """An attribute under IAM's name for it; with the attribute, it can be taken out of HCL."""
        if at.source.syntax is not Syntax.HCL:
            return self.text(text, at)
        return replace(at, text=text)

    def map(self, pairs: list[NodePair], at: Node | None = None) -> Node:
        """A map that nothing can be added to."""
        node = at or self.place
        return Node(NodeKind.MAP, self.source, node.start, node.end, pairs=tuple(pairs))

    def _line_end(self, node: Node) -> int:
        found = node.source.text.find("\n", node.start)
        return node.end if found < 0 else found


def permission_policy(block: TerraformBlock) -> Node:
    """The policy of one statement that the permission adds to the function's policy."""
    made = RenamedNodeFactory(block)
    statement: list[NodePair] = [(made.text("Effect"), made.text("Allow"))]
    for attribute, element, read in (
        ("statement_id", "Sid", _text),
        ("principal", "Principal", _principal),
        ("action", "Action", _text),
        ("function_name", "Resource", _function),
    ):
        found = block.attribute(attribute)
        if found is not None:
            statement.append((made.text(element, found[0]), read(made, *found)))
    conditions = _conditions(made, block)
    if conditions:
        statement.append((made.text("Condition"), made.map(conditions)))
    statements = Node(NodeKind.LIST, made.source, made.place.start, made.place.end, items=(made.map(statement),))
    return made.map([(made.text("Version"), made.text("2012-10-17")), (made.text("Statement"), statements)])


def _text(made: RenamedNodeFactory, _: Node, node: Node) -> Node:
    """The value as text: the number of an account may stand without quotes."""
    node = list_item_node(node)
    return made.text(node.text, node) if node.plain else node


def _function(made: RenamedNodeFactory, _: Node, node: Node) -> Node:
    """The ARN of a function given by its name; a reference may be either."""
    node = list_item_node(node)
    if node.kind is not NodeKind.SCALAR or node.text.startswith(("arn:", "${")):
        return node
    return replace(made.text(_FUNCTION + node.text.rpartition("function:")[2], node), unresolved=True)


def _principal(made: RenamedNodeFactory, key: Node, node: Node) -> Node:
    if node.kind is not NodeKind.SCALAR or node.text == "*":
        return node  # what is only named may be a service or an account
    kind = "Service" if "." in node.text and not node.text.startswith("arn:") else "AWS"
    return made.map([(made.text(kind, key), _text(made, key, node))], node)


def _conditions(made: RenamedNodeFactory, block: TerraformBlock) -> list[NodePair]:
    found: dict[str, list[NodePair]] = {}
    places: dict[str, Node] = {}
    for attribute, (operator, key) in _CONDITIONS.items():
        pair = block.attribute(attribute)
        if pair is not None and pair[1].text != "false":
            places.setdefault(operator, pair[0])
            found.setdefault(operator, []).append((made.text(key, pair[0]), _text(made, *pair)))
    return [(made.text(operator, places[operator]), made.map(pairs)) for operator, pairs in found.items()]
