"""Collects literal policies in the arguments of modules, and in locals that no resource uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.embedded_documents import is_document_text
from iamglue.readers.terraform.blocks import TerraformBlock
from iamglue.readers.terraform.json_document import parse_json_document
from iamglue.readers.terraform.policy_collector import TerraformPolicyCollector, guess_policy_use


def add_argument_policies(collector: TerraformPolicyCollector, blocks: Iterable[TerraformBlock]) -> None:
    """Collect every argument that is a policy; its type is guessed, because only the module determines its use."""
    used_locals = collector.scope.used_locals()
    for block in blocks:
        for name, address in _arguments(block):
            if block.kind == "module" or name not in used_locals:
                _add_argument(collector, block, name, address)


def _arguments(block: TerraformBlock) -> Iterator[tuple[str, str]]:
    """The names and addresses of a module's arguments or of locals."""
    if block.kind in ("module", "locals"):
        prefix = ".".join(("module", *block.labels)) if block.kind == "module" else "local"
        for name in block.attribute_names():
            yield name, f"{prefix}.{name}"


def _add_argument(collector: TerraformPolicyCollector, block: TerraformBlock, name: str, address: str) -> None:
    """Add the policy in an argument; problems in values other than policies are dropped."""
    problem_count = len(collector.scope.problems)
    try:
        node = find_policy(block, name)
    except IamglueError:  # an argument can have any value; errors in values other than policies are not reported
        node = None
    if node is None:
        del collector.scope.problems[problem_count:]
    elif not any(_is_same_policy(policy.node, node) for policy in collector.policies):
        collector.add_policy(address, node, guess_policy_use(node))


def _is_same_policy(first: Node, second: Node) -> bool:
    return (first.path, first.start, first.end) == (second.path, second.start, second.end)


def find_policy(block: TerraformBlock, name: str) -> Node | None:
    """The policy document that an argument is or contains as JSON text; None for any other value."""
    pair = block.attribute(name)
    node = None if pair is None else pair[1]
    if node is not None and is_document_text(node) and not node.plain:
        node = parse_json_document(node).documents[0]
    return node if node is not None and node.kind is NodeKind.MAP and node.get("Statement") is not None else None
