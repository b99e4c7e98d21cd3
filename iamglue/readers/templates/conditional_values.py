"""The values that Fn::If can have: all of them count, because conditions depend on the deployment.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic

NO_VALUE = "AWS::NoValue"


def conditional_branches(node: Node) -> Iterator[Node]:
    """The values that a node can have: both branches of Fn::If, without AWS::NoValue; else the node itself."""
    intrinsic = parse_intrinsic(node)
    if intrinsic is None or intrinsic[0] != "Fn::If" or len(intrinsic[1].items) != 3 or len(node.pairs) > 1:
        if intrinsic is None or not is_no_value(*intrinsic):
            yield node
        return
    for branch in intrinsic[1].items[1:]:
        yield from conditional_branches(branch)


def may_be_missing(node: Node | None) -> bool:
    """Whether there is no value in some case: there is no node, or a branch of Fn::If is AWS::NoValue."""
    if node is None or node.is_null:
        return True
    intrinsic = parse_intrinsic(node)
    if intrinsic is not None and intrinsic[0] == "Fn::If" and len(intrinsic[1].items) == 3:
        return any(map(may_be_missing, intrinsic[1].items[1:]))
    return intrinsic is not None and is_no_value(*intrinsic)


def expanded_items(node: Node | None) -> Iterator[Node]:
    """The items of a list with Fn::If expanded; a value that is not a list counts as the only item."""
    for value in conditional_branches(node) if node is not None else ():
        for item in value.items if value.kind is NodeKind.LIST and parse_intrinsic(value) is None else (value,):
            yield from conditional_branches(item)


def is_no_value(name: str, argument: Node) -> bool:
    """Whether a call is a reference to AWS::NoValue."""
    return name == "Ref" and argument.text == NO_VALUE
