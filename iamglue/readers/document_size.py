"""How large a policy document may be for `lint` to look at it: far more than AWS takes."""

from __future__ import annotations

from iamglue.catalog.limits import KEY_POLICY_SIZE
from iamglue.errors import IamglueError, Location
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.source.nodes import Node

# Ten times the largest policy that AWS takes, that of a KMS key.
MAX_DOCUMENT_CHARACTERS = 10 * KEY_POLICY_SIZE


def check_document_sizes(file: ParsedFile) -> None:
    """Raise IamglueError for a file with a policy document that is too large, white space not counted."""
    for policy in file.policies:
        node = policy.node
        if node.end - node.start > MAX_DOCUMENT_CHARACTERS and (size := _size(node)) > MAX_DOCUMENT_CHARACTERS:
            name = f"the policy `{policy.name}`" if policy.name else "the policy"
            raise IamglueError(
                f"{name} has {size:,} characters without white space, and at most {MAX_DOCUMENT_CHARACTERS:,} are read",
                location=Location(file.path, *node.source.line_and_column(node.start)),
                hint="AWS takes a tenth of that at most",
            )


def _size(node: Node) -> int:
    """The characters of a value as JSON without white space."""
    punctuation = 2 + max(len(node.items), 2 * len(node.pairs))
    return len(node.text) + punctuation + sum(_size(part) for part in _parts(node))


def _parts(node: Node) -> tuple[Node, ...]:
    return (*node.items, *(part for pair in node.pairs for part in pair))
