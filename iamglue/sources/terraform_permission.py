"""`aws_lambda_permission` as the statement that Lambda makes of it.

https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.iam.nodes import Node, Shape
from iamglue.iam.origins import ReadOnlyOrigin, Syntax
from iamglue.sources.terraform_blocks import Block, Pair
from iamglue.sources.terraform_values import as_item

RESOURCE_TYPE = "AWS::Lambda::Permission"
# Attribute -> condition operator and key.
_CONDITIONS = {
    "source_arn": ("ArnLike", "aws:SourceArn"),
    "source_account": ("StringEquals", "aws:SourceAccount"),
    "principal_org_id": ("StringEquals", "aws:PrincipalOrgID"),
    "event_source_token": ("StringEquals", "lambda:EventSourceToken"),
    "function_url_auth_type": ("StringEquals", "lambda:FunctionUrlAuthType"),
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
    sid = block.pair("statement_id")
    if sid is not None:
        statement.append((made.text("Sid", sid[0]), sid[1]))
    principal = block.pair("principal")
    if principal is not None:
        statement.append((made.text("Principal", principal[0]), _principal(made, principal[0], as_item(principal[1]))))
    for attribute, element in (("action", "Action"), ("function_name", "Resource")):
        found = block.pair(attribute)
        if found is not None:
            node = _function(found[1]) if element == "Resource" else as_item(found[1])
            statement.append((made.text(element, found[0]), node))
    conditions = _conditions(made, block)
    if conditions:
        statement.append((made.text("Condition"), made.map(conditions)))
    statements = Node(Shape.LIST, made.origin, made.place.start, made.place.end, items=(made.map(statement),))
    return made.map([(made.text("Version"), made.text("2012-10-17")), (made.text("Statement"), statements)])


def _function(node: Node) -> Node:
    """The function's ARN, which a name does not tell."""
    if node.shape is Shape.SCALAR and node.text.startswith("arn:") and not node.holes:
        return node
    return Node(Shape.SCALAR, ReadOnlyOrigin(node.origin), node.start, node.end, "${FunctionArn}", holes=True)


def _principal(made: Renamed, key: Node, node: Node) -> Node:
    if node.shape is not Shape.SCALAR or node.holes or node.text == "*":
        return node if node.shape is not Shape.SCALAR or node.text == "*" else made.map([(made.text("AWS", key), node)])
    kind = "Service" if "." in node.text and not node.text.startswith("arn:") else "AWS"
    return made.map([(made.text(kind, key), node)], node)


def _conditions(made: Renamed, block: Block) -> list[Pair]:
    found: dict[str, list[Pair]] = {}
    places: dict[str, Node] = {}
    for attribute, (operator, key) in _CONDITIONS.items():
        pair = block.pair(attribute)
        if pair is not None:
            places.setdefault(operator, pair[0])
            found.setdefault(operator, []).append((made.text(key, pair[0]), as_item(pair[1])))
    return [(made.text(operator, places[operator]), made.map(pairs)) for operator, pairs in found.items()]
