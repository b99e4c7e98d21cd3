"""`aws_lambda_permission` as the statement that Lambda makes of it.

https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.policy.source.nodes import Node, Shape
from iamglue.policy.source.source_text import ReadOnlyOrigin, Syntax
from iamglue.readers.terraform.blocks import Block, Pair
from iamglue.readers.terraform.values import as_item

RESOURCE_TYPE = "AWS::Lambda::Function"
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


class Renamed:
    """Makes nodes that stand at the places of others, under the names that IAM has for them."""

    def __init__(self, block: Block) -> None:
        self.origin = ReadOnlyOrigin(block.place.origin)
        self.place = block.place

    def text(self, text: str, at: Node | None = None) -> Node:
        """A scalar that cannot be rewritten."""
        node = at or self.place
        end = node.end if at else min(node.end, self._line_end(node))
        return Node(Shape.SCALAR, self.origin, node.start, end, text)

    def key(self, text: str, at: Node) -> Node:
        """An attribute under IAM's name for it; with the attribute, it can be taken out of HCL."""
        if at.origin.syntax is not Syntax.HCL:
            return self.text(text, at)
        return replace(at, text=text)

    def map(self, pairs: list[Pair], at: Node | None = None) -> Node:
        """A map that nothing can be added to."""
        node = at or self.place
        return Node(Shape.MAP, self.origin, node.start, node.end, pairs=tuple(pairs))

    def _line_end(self, node: Node) -> int:
        found = node.origin.text.find("\n", node.start)
        return node.end if found < 0 else found


def permission_policy(block: Block) -> Node:
    """The policy of one statement that the permission adds to the function's policy."""
    made = Renamed(block)
    statement: list[Pair] = [(made.text("Effect"), made.text("Allow"))]
    for attribute, element, read in (
        ("statement_id", "Sid", _text),
        ("principal", "Principal", _principal),
        ("action", "Action", _text),
        ("function_name", "Resource", _function),
    ):
        found = block.pair(attribute)
        if found is not None:
            statement.append((made.text(element, found[0]), read(made, *found)))
    conditions = _conditions(made, block)
    if conditions:
        statement.append((made.text("Condition"), made.map(conditions)))
    statements = Node(Shape.LIST, made.origin, made.place.start, made.place.end, items=(made.map(statement),))
    return made.map([(made.text("Version"), made.text("2012-10-17")), (made.text("Statement"), statements)])


def _text(made: Renamed, _: Node, node: Node) -> Node:
    """The value as text: the number of an account may stand without quotes."""
    node = as_item(node)
    return made.text(node.text, node) if node.plain else node


def _function(made: Renamed, _: Node, node: Node) -> Node:
    """The ARN of a function given by its name; a reference may be either."""
    node = as_item(node)
    if node.shape is not Shape.SCALAR or node.text.startswith(("arn:", "${")):
        return node
    return replace(made.text(_FUNCTION + node.text.rpartition("function:")[2], node), holes=True)


def _principal(made: Renamed, key: Node, node: Node) -> Node:
    if node.shape is not Shape.SCALAR or node.text == "*":
        return node  # what is only named may be a service or an account
    kind = "Service" if "." in node.text and not node.text.startswith("arn:") else "AWS"
    return made.map([(made.text(kind, key), _text(made, key, node))], node)


def _conditions(made: Renamed, block: Block) -> list[Pair]:
    found: dict[str, list[Pair]] = {}
    places: dict[str, Node] = {}
    for attribute, (operator, key) in _CONDITIONS.items():
        pair = block.pair(attribute)
        if pair is not None and pair[1].text != "false":
            places.setdefault(operator, pair[0])
            found.setdefault(operator, []).append((made.text(key, pair[0]), _text(made, *pair)))
    return [(made.text(operator, places[operator]), made.map(pairs)) for operator, pairs in found.items()]
