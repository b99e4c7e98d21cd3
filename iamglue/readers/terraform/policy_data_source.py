"""The data source `aws_iam_policy_document` as the policy that it makes, its values at their places.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.blocks import NodePair, TerraformBlock, attribute_value
from iamglue.readers.terraform.lambda_permission import RenamedNodeFactory

_ELEMENTS = {
    "sid": "Sid",
    "effect": "Effect",
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}
MERGED_DOCUMENT_ARGUMENTS = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")


def policy_document(block: TerraformBlock) -> Node:
    """The policy that a data source makes."""
    made = RenamedNodeFactory(block)
    version, identifier = block.attribute("version"), block.attribute("policy_id")
    pairs: list[NodePair] = [
        (made.text("Version", version[0]), version[1])
        if version
        else (made.text("Version"), made.text("2012-10-17"))  # the data source's default
    ]
    if identifier:
        pairs.append((made.text("Id", identifier[0]), identifier[1]))
    blocks = block.blocks("statement")
    statements = [_statement(each) for each in blocks]
    for attribute in MERGED_DOCUMENT_ARGUMENTS:
        found = block.attribute(attribute)
        if found is not None and not (found[1].kind is NodeKind.LIST and not found[1].items):
            statements.append(_unknown(made, f"the statements of {attribute}", found[1]))
    if block.has_dynamic_blocks("statement"):
        statements.append(_unknown(made, 'the statements of dynamic "statement"', made.text("")))
    if statements:
        start, end = min(each.start for each in statements), max(each.end for each in statements)
        listed = Node(NodeKind.LIST, block.location_node.source, start, end, items=tuple(statements))
        pairs.append((made.text("Statement", blocks[0].location_node if blocks else None), listed))
    return made.map(pairs)


def _unknown(made: RenamedNodeFactory, text: str, at: Node) -> Node:
    return Node(NodeKind.UNKNOWN, made.source, at.start, at.end, text)


def _statement(block: TerraformBlock) -> Node:
    made = RenamedNodeFactory(block)
    pairs: list[NodePair] = []
    if block.attribute("effect") is None:
        pairs.append((made.text("Effect"), made.text("Allow")))  # the default
    for attribute, element in _ELEMENTS.items():
        found = block.attribute(attribute)
        if found is not None and not _is_left_out(attribute, found[1]):
            pairs.append((made.key(element, found[0]), _variables(found[1])))
    for name, element in _PRINCIPALS.items():
        principals = block.blocks(name)
        if principals or block.has_dynamic_blocks(name):
            pairs.append((made.text(element, _first(principals)), _principals(made, principals, block, name)))
    conditions = block.blocks("condition")
    if conditions or block.has_dynamic_blocks("condition"):
        pairs.append((made.text("Condition", _first(conditions)), _conditions(made, conditions, block)))
    pairs.sort(key=lambda pair: pair[0].start)
    return Node(
        NodeKind.MAP, block.location_node.source, block.location_node.start, block.location_node.end, pairs=tuple(pairs)
    )


def _is_left_out(attribute: str, node: Node) -> bool:
    """Whether it does not come into the policy: an empty Sid."""
    return attribute == "sid" and node.kind is NodeKind.SCALAR and not node.text


def _first(blocks: tuple[TerraformBlock, ...]) -> Node | None:
    """The first line of the first of them."""
    return RenamedNodeFactory(blocks[0]).text("") if blocks else None


def _around(made: RenamedNodeFactory, blocks: tuple[TerraformBlock, ...], pairs: list[NodePair]) -> Node:
    return Node(
        NodeKind.MAP, made.source, blocks[0].location_node.start, blocks[-1].location_node.end, pairs=tuple(pairs)
    )


def _principals(
    made: RenamedNodeFactory, blocks: tuple[TerraformBlock, ...], parent: TerraformBlock, name: str
) -> Node:
    gathered: dict[str, list[NodePair]] = {}
    for block in blocks:
        kind, identifiers = attribute_value(block, "type"), attribute_value(block, "identifiers")
        if kind is None or identifiers is None:
            continue
        if kind.kind is not NodeKind.SCALAR or kind.unresolved:
            return _unknown(made, "the type of a principal", block.location_node)
        gathered.setdefault(kind.text, []).append((kind, _variables(identifiers)))
    if parent.has_dynamic_blocks(name):
        if not gathered:
            return _unknown(made, f'the principals of dynamic "{name}"', made.text(""))
        next(iter(gathered.values())).append((made.text(""), _unknown(made, f'dynamic "{name}"', made.text(""))))
    everyone = gathered.get("*")
    if everyone and len(gathered) == 1 and len(everyone) == 1 and [i.text for i in everyone[0][1].items] == ["*"]:
        return replace(everyone[0][1].items[0], source=made.source)
    return _around(made, blocks, [_merged(made, pairs) for pairs in gathered.values()])


def _conditions(made: RenamedNodeFactory, blocks: tuple[TerraformBlock, ...], parent: TerraformBlock) -> Node:
    gathered: dict[str, dict[str, list[NodePair]]] = {}
    operators: dict[str, Node] = {}
    if parent.has_dynamic_blocks("condition"):
        return _unknown(made, 'the conditions of dynamic "condition"', made.text(""))
    for block in blocks:
        test, variable, values = (attribute_value(block, name) for name in ("test", "variable", "values"))
        if test is None or variable is None or values is None:
            continue
        if test.kind is not NodeKind.SCALAR or test.unresolved or variable.kind is not NodeKind.SCALAR:
            return _unknown(made, "an operator or key of a condition", block.location_node)
        operators.setdefault(test.text, test)
        keys = gathered.setdefault(test.text, {})
        keys.setdefault(variable.text, []).append((_variables(variable), _variables(values)))
    pairs = [
        (operators[test], _around(made, blocks, [_merged(made, each) for each in keys.values()]))
        for test, keys in gathered.items()
    ]
    return _around(made, blocks, pairs)


def _merged(made: RenamedNodeFactory, pairs: list[NodePair]) -> NodePair:
    """Values that several blocks give to one key."""
    key, first = pairs[0]
    if len(pairs) == 1:
        return key, first
    items = [each for _, node in pairs for each in (node.items if node.kind is NodeKind.LIST else (node,))]
    return key, Node(NodeKind.LIST, made.source, first.start, first.end, items=tuple(items))


def _variables(node: Node) -> Node:
    """IAM's variables, which the data source takes as `&{aws:username}`, as IAM writes them."""
    if node.kind is NodeKind.LIST:
        return replace(node, items=tuple(map(_variables, node.items)))
    return replace(node, text=node.text.replace("&{", "${")) if "&{" in node.text else node
