"""Size limit for policy documents that `lint` checks; it is far above the quotas of AWS."""

from __future__ import annotations

from iamglue.catalog.limits import KEY_POLICY_SIZE
from iamglue.errors import IamglueError, Location
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.source.nodes import Node

# Ten times the largest AWS quota, which is for KMS key policies.
MAX_DOCUMENT_CHARACTERS = 10 * KEY_POLICY_SIZE


def check_document_sizes(file: ParsedFile) -> None:
    """Raise IamglueError if a policy document in the file is too large; white space is not counted."""
    for policy in file.policies:
        node = policy.node
        if node.end - node.start > MAX_DOCUMENT_CHARACTERS and (size := _json_length(node)) > MAX_DOCUMENT_CHARACTERS:
            name = f"the policy `{policy.name}`" if policy.name else "the policy"
            raise IamglueError(
                f"{name} has {size:,} characters without white space; the limit is {MAX_DOCUMENT_CHARACTERS:,}",
                location=Location(file.path, *node.source.line_and_column(node.start)),
                hint="AWS accepts at most a tenth of that limit",
            )


def _json_length(node: Node) -> int:
    """The number of characters of a value as JSON without white space."""
    punctuation = 2 + max(len(node.items), 2 * len(node.pairs))
    return len(node.text) + punctuation + sum(_json_length(child) for child in _child_nodes(node))


def _child_nodes(node: Node) -> tuple[Node, ...]:
    return (*node.items, *(child for pair in node.pairs for child in pair))
