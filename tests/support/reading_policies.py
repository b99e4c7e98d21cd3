"""What the tests of sources look at: policies read from a text, as plain data."""

from __future__ import annotations

from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_texts import read_policies


def read(text: str, path: str = "f.yaml", type: PolicyType | None = None) -> ParsedFile:
    return read_policies(path, text, type, ParameterValues())


def plain(node: Node) -> object:
    """Maps, lists and texts; what is not known is in angle brackets."""
    if node.kind is NodeKind.MAP:
        return {key.text: plain(value) for key, value in node.pairs}
    if node.kind is NodeKind.LIST:
        return [plain(item) for item in node.items]
    return f"<{node.text}>" if node.kind is NodeKind.UNKNOWN else node.text


def resources(policy: ParsedPolicy) -> list[tuple[str, bool]]:
    """The texts of every Resource, and whether they have holes."""
    return [(node.text, node.unresolved) for _, node in policy.resources]


def written(node: Node) -> str:
    """What stands in the text where the node is."""
    return node.source.text[node.start : node.end]
