"""The values that Fn::If can have: all of them count, because conditions depend on the deployment.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic

NO_VALUE = "AWS::NoValue"
# Elements of an Allow statement in which a list allows what each of its items allows.
_UNITED = frozenset({"Action", "Resource"})
# Branches of Fn::If: the condition, and whether it is true.
Branches = frozenset[tuple[str, bool]]


def conditional_branches(node: Node) -> Iterator[Node]:
    """The values that a node can have: both branches of Fn::If, without AWS::NoValue; else the node itself."""
    return (value for value, _ in labelled_branches(node))


def labelled_branches(node: Node, labels: Branches = frozenset()) -> Iterator[tuple[Node, Branches]]:
    """The values that a node can have, each with the branches of Fn::If that it is in, including `labels`."""
    intrinsic = parse_intrinsic(node)
    if intrinsic is None or intrinsic[0] != "Fn::If" or len(intrinsic[1].items) != 3 or len(node.pairs) > 1:
        if intrinsic is None or not is_no_value(*intrinsic):
            yield node, labels
        return
    condition, *branches = intrinsic[1].items
    for branch, is_true in zip(branches, (True, False), strict=True):
        if (condition.text, not is_true) not in labels:
            yield from labelled_branches(branch, labels | {(condition.text, is_true)})


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
    return (item for item, _ in labelled_items(node))


def labelled_items(node: Node | None) -> Iterator[tuple[Node, Branches]]:
    """The items of a list with Fn::If expanded, each with the branches that it is in."""
    for value, labels in labelled_branches(node) if node is not None else ():
        for item in value.items if value.kind is NodeKind.LIST and parse_intrinsic(value) is None else (value,):
            yield from labelled_branches(item, labels)


def is_no_value(name: str, argument: Node) -> bool:
    """Whether a call is a reference to AWS::NoValue."""
    return name == "Ref" and argument.text == NO_VALUE


def is_united(key: Node, *, is_allow: bool) -> bool:
    """Whether a list under a key allows what each of its items allows, so that both branches of Fn::If can be in it."""
    return key.text == "Statement" or (is_allow and key.text in _UNITED)
