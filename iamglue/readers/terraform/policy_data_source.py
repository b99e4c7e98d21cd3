"""Converts the data source `aws_iam_policy_document` to the policy that it generates.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from iamglue.policy.model import VERSION_2012
from iamglue.policy.parsed_values import items
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.blocks import NodePair, TerraformBlock, attribute_value
from iamglue.readers.terraform.lambda_permission import RenamedNodeFactory
from iamglue.readers.terraform.null_members import may_be_null

_ELEMENTS = {
    "sid": "Sid",
    "effect": "Effect",
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_EXCLUSIVE = (("actions", "not_actions"), ("resources", "not_resources"))
_PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}
MERGED_DOCUMENT_ARGUMENTS = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")


# The statements of a document that another one merges; None if they are not known.
StatementsOfDocument = Callable[[Node], Sequence[Node] | None]


def policy_document(block: TerraformBlock, statements_of: StatementsOfDocument | None = None) -> Node:
    """The policy that a data source generates, with values at their locations in the file.

    Without `statements_of`, the statements of other documents that it merges are UNKNOWN.
    """
    factory = RenamedNodeFactory(block)
    version, identifier = block.attribute("version"), block.attribute("policy_id")
    pairs: list[NodePair] = [
        (factory.text("Version", version[0]), version[1])
        if version
        else (factory.text("Version"), factory.text(VERSION_2012))  # the data source's default
    ]
    if identifier:
        pairs.append((factory.text("Id", identifier[0]), identifier[1]))
    blocks = block.blocks("statement")
    statements = [_statement(statement) for statement in blocks]
    if block.has_dynamic_blocks("statement"):
        statements.append(_unknown_node(factory, 'the statements of dynamic "statement"', factory.text("")))
    own_statements = tuple(statements)
    statements = _with_merged_documents(block, statements, factory, statements_of)
    if statements:
        own = own_statements or (factory.text(""),)
        start, end = min(statement.start for statement in own), max(statement.end for statement in own)
        is_own = all(statement.source is block.location_node.source for statement in statements)
        source = block.location_node.source if is_own else factory.source
        statement_list = Node(NodeKind.LIST, source, start, end, items=tuple(statements))
        pairs.append((factory.text("Statement", blocks[0].location_node if blocks else None), statement_list))
    return factory.map(pairs)


def _with_merged_documents(
    block: TerraformBlock,
    statements: Sequence[Node],
    factory: RenamedNodeFactory,
    statements_of: StatementsOfDocument | None,
) -> list[Node]:
    """The statements with those of the documents that the data source merges; a later one replaces those of its Sid."""
    merged = list(statements)
    for attribute in MERGED_DOCUMENT_ARGUMENTS:
        value = block.evaluate(attribute)
        if value is None or value.is_null or (value.kind is NodeKind.LIST and not value.items):
            continue
        has_items = value.kind is NodeKind.LIST and statements_of is not None
        for document in value.items if has_items else (value,):
            inner = None if statements_of is None else statements_of(document)
            if inner is None:
                key = block.attribute(attribute)
                is_here = document.path == block.location_node.path or key is None
                place = document if is_here or key is None else key[0]
                inner = (_unknown_node(factory, f"the statements of {attribute}", place),)
            is_override = attribute.startswith("override")
            merged = _merge_statements(merged, inner) if is_override else _merge_statements(inner, merged)
    return merged


def _merge_statements(earlier: Sequence[Node], later: Sequence[Node]) -> list[Node]:
    """Both lists of statements; a later statement takes the place of an earlier one with the same Sid."""
    sids = {sid.text for statement in later if (sid := statement.get("Sid")) is not None}
    retained = (node for node in earlier if (sid := node.get("Sid")) is None or sid.text not in sids)
    return [*retained, *later]


def _unknown_node(factory: RenamedNodeFactory, text: str, at: Node) -> Node:
    """A value that is not known; a value of another file is located in the block instead."""
    source = at.source if at.path == factory.source.path else factory.source
    return Node(NodeKind.UNKNOWN, source, at.start, at.end, text)


def _statement(block: TerraformBlock) -> Node:
    """The statement that a `statement` block generates."""
    factory = RenamedNodeFactory(block)
    for names in _EXCLUSIVE:
        if all(map(block.attribute, names)) and any(may_be_null(block.evaluate(name)) for name in names):
            return _unknown_node(factory, f"which of {names[0]} and {names[1]} the statement has", factory.text(""))
    pairs: list[NodePair] = []
    if block.attribute("effect") is None:
        pairs.append((factory.text("Effect"), factory.text("Allow")))  # the default
    for attribute, element in _ELEMENTS.items():
        pair = block.attribute(attribute)
        if pair is not None and not _is_omitted(attribute, pair[1]):
            pairs.append((factory.key(element, pair[0]), _policy_variables(pair[1])))
    for name, element in _PRINCIPALS.items():
        principals = block.blocks(name)
        if principals or block.has_dynamic_blocks(name):
            pairs.append(
                (factory.text(element, _first_line(principals)), _principals(factory, principals, block, name))
            )
    conditions = block.blocks("condition")
    if conditions or block.has_dynamic_blocks("condition"):
        pairs.append((factory.text("Condition", _first_line(conditions)), _conditions(factory, conditions, block)))
    pairs.sort(key=lambda pair: pair[0].start)
    return Node(
        NodeKind.MAP, block.location_node.source, block.location_node.start, block.location_node.end, pairs=tuple(pairs)
    )


def _is_omitted(attribute: str, node: Node) -> bool:
    """Whether the data source omits an attribute from the policy: an empty Sid."""
    return attribute == "sid" and node.kind is NodeKind.SCALAR and not node.text


def _first_line(blocks: tuple[TerraformBlock, ...]) -> Node | None:
    """A node for the first line of the first block; None if there are no blocks."""
    return RenamedNodeFactory(blocks[0]).text("") if blocks else None


def _map_node(factory: RenamedNodeFactory, blocks: tuple[TerraformBlock, ...], pairs: list[NodePair]) -> Node:
    """A map that spans all blocks and that fixes cannot edit."""
    return Node(
        NodeKind.MAP, factory.source, blocks[0].location_node.start, blocks[-1].location_node.end, pairs=tuple(pairs)
    )


def _principals(
    factory: RenamedNodeFactory, blocks: tuple[TerraformBlock, ...], parent: TerraformBlock, name: str
) -> Node:
    """The value of `Principal` for blocks: a map of types, `*` for everyone, or an UNKNOWN node."""
    pairs_by_type: dict[str, list[NodePair]] = {}
    for block in blocks:
        kind, identifiers = attribute_value(block, "type"), attribute_value(block, "identifiers")
        if kind is None or identifiers is None:
            continue
        if kind.kind is not NodeKind.SCALAR or kind.unresolved:
            return _unknown_node(factory, "the type of a principal", block.location_node)
        pairs_by_type.setdefault(kind.text, []).append((kind, _policy_variables(identifiers)))
    if parent.has_dynamic_blocks(name):
        if not pairs_by_type:
            return _unknown_node(factory, f'the principals of dynamic "{name}"', factory.text(""))
        next(iter(pairs_by_type.values())).append(
            (factory.text(""), _unknown_node(factory, f'dynamic "{name}"', factory.text("")))
        )
    everyone = pairs_by_type.get("*")
    if (
        everyone
        and len(pairs_by_type) == 1
        and len(everyone) == 1
        and [identifier.text for identifier in everyone[0][1].items] == ["*"]
    ):
        return replace(everyone[0][1].items[0], source=factory.source)
    return _map_node(factory, blocks, [_merge_values(factory, pairs) for pairs in pairs_by_type.values()])


def _conditions(factory: RenamedNodeFactory, blocks: tuple[TerraformBlock, ...], parent: TerraformBlock) -> Node:
    """The value of `Condition` for blocks: a map of operators, or an UNKNOWN node."""
    keys_by_operator: dict[str, dict[str, list[NodePair]]] = {}
    operators: dict[str, Node] = {}
    if parent.has_dynamic_blocks("condition"):
        return _unknown_node(factory, 'the conditions of dynamic "condition"', factory.text(""))
    for block in blocks:
        test, variable, values = (attribute_value(block, name) for name in ("test", "variable", "values"))
        if test is None or variable is None or values is None:
            continue
        if test.kind is not NodeKind.SCALAR or test.unresolved or variable.kind is not NodeKind.SCALAR:
            return _unknown_node(factory, "an operator or key of a condition", block.location_node)
        operators.setdefault(test.text, test)
        keys = keys_by_operator.setdefault(test.text, {})
        keys.setdefault(variable.text, []).append((_policy_variables(variable), _policy_variables(values)))
    pairs = [
        (
            operators[test],
            _map_node(factory, blocks, [_merge_values(factory, values_pairs) for values_pairs in keys.values()]),
        )
        for test, keys in keys_by_operator.items()
    ]
    return _map_node(factory, blocks, pairs)


def _merge_values(factory: RenamedNodeFactory, pairs: list[NodePair]) -> NodePair:
    """One pair with the values that several blocks give to the same key."""
    key, first = pairs[0]
    if len(pairs) == 1:
        return key, first
    values = tuple(value for _, node in pairs for value in items(node))
    return key, Node(NodeKind.LIST, factory.source, first.start, first.end, items=values)


def _policy_variables(node: Node) -> Node:
    """The node with policy variables in IAM's syntax: `${aws:username}` for `&{aws:username}`."""
    if node.kind is NodeKind.LIST:
        return replace(node, items=tuple(map(_policy_variables, node.items)))
    return replace(node, text=node.text.replace("&{", "${")) if "&{" in node.text else node
