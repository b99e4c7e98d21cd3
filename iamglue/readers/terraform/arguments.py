"""Policies that are written out in the arguments of a module, or in a local that no resource uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.embedded_documents import is_document_text
from iamglue.readers.terraform.blocks import HclBlock
from iamglue.readers.terraform.json_document import parse_json_document
from iamglue.readers.terraform.policy_collector import TerraformPolicyCollector, guess_policy_use


def add_argument_policies(found: TerraformPolicyCollector, blocks: Iterable[HclBlock]) -> None:
    """Takes in every argument that is a policy; what it is for is guessed, for only the module knows."""
    followed = found.scope.used_locals()
    for block in blocks:
        for name, address in _arguments(block):
            if block.kind == "module" or name not in followed:
                _take(found, block, name, address)


def _arguments(block: HclBlock) -> Iterator[tuple[str, str]]:
    if block.kind in ("module", "locals"):
        prefix = ".".join(("module", *block.labels)) if block.kind == "module" else "local"
        for name, _ in block.attributes():
            yield name, f"{prefix}.{name}"


def _take(found: TerraformPolicyCollector, block: HclBlock, name: str, address: str) -> None:
    before = len(found.scope.problems)
    try:
        pair = block.attribute(name)
        node = _document(found, pair[1]) if pair is not None else None
    except IamglueError:  # any value may stand here; what is no policy is not ours to judge
        node = None
    if node is None:
        del found.scope.problems[before:]
    elif not any(policy.node is node for policy in found.policies):
        found.add_policy(address, node, guess_policy_use(node))


def _document(found: TerraformPolicyCollector, node: Node) -> Node | None:
    if is_document_text(node) and not node.plain:
        reading = parse_json_document(node, found.scope)
        node = reading.documents[0]
    return node if node.kind is NodeKind.MAP and node.get("Statement") is not None else None
