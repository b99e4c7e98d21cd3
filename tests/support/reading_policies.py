"""What the tests of sources look at: policies read from a text, as plain data."""

from __future__ import annotations

from iamglue.model.parsed_file import WrittenFile
from iamglue.policy.parsed_policy import PolicyType, Settings, WrittenPolicy
from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.policy_texts import read_written


def read(text: str, path: str = "f.yaml", type: PolicyType | None = None) -> WrittenFile:
    return read_written(path, text, type, Settings())


def plain(node: Node) -> object:
    """Maps, lists and texts; what is not known is in angle brackets."""
    if node.shape is Shape.MAP:
        return {key.text: plain(value) for key, value in node.pairs}
    if node.shape is Shape.LIST:
        return [plain(item) for item in node.items]
    return f"<{node.text}>" if node.shape is Shape.UNKNOWN else node.text


def resources(policy: WrittenPolicy) -> list[tuple[str, bool]]:
    """The texts of every Resource, and whether they have holes."""
    return [(node.text, node.holes) for _, node in policy.resources]


def written(node: Node) -> str:
    """What stands in the text where the node is."""
    return node.origin.text[node.start : node.end]
