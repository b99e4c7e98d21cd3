"""Policy documents: canonical writing, and reading with the place of every fault."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from iamglue.errors import Location, MultipleErrors
from iamglue.policy.model import Policy
from iamglue.policy.reader import PolicyReader
from iamglue.policy.source.json_reader import read_json
from iamglue.policy.source.nodes import Node, NodeKind, ParsedDocuments, read_single_document
from iamglue.policy.source.policy_writer import canonical_policy, policy_data, policy_json, policy_size

__all__ = [
    "LocatedPolicy",
    "canonical_policy",
    "is_json",
    "policy_data",
    "policy_json",
    "policy_size",
    "read_located_policy",
    "read_nodes",
    "read_policy",
]


@dataclass(frozen=True, slots=True)
class LocatedPolicy:
    """A policy, and where each of its statements begins."""

    policy: Policy
    statement_locations: tuple[Location, ...]


def read_policy(text: str, path: str) -> Policy:
    """The policy that a JSON or YAML text holds, its lists in the order of the text.

    Raises Problems with the line and column of everything that is wrong, and IamglueError for a text that is
    neither JSON nor YAML or goes past the limits of size and depth.
    """
    return read_located_policy(text, path).policy


def read_located_policy(text: str, path: str) -> LocatedPolicy:
    """Like `read_policy`, with the place of each statement."""
    reading = read_nodes(text, path)
    elements = PolicyReader(quoted=is_json(text, path))
    policy = elements.policy(reading.documents[0])
    problems = [*reading.problems, *elements.problems]
    if problems:
        raise MultipleErrors(problems)
    return LocatedPolicy(policy, _places(reading.documents[0].get("Statement")))


def _places(node: Node | None) -> tuple[Location, ...]:
    if node is None:
        return ()
    return tuple(each.location for each in (node.items if node.kind is NodeKind.LIST else (node,)))


def read_nodes(text: str, path: str) -> ParsedDocuments:
    """The tree of a policy text, whatever it holds. Raises IamglueError for text that cannot be read at all."""
    return read_json(text, path) if is_json(text, path) else read_single_document(text, path)


def is_json(text: str, path: str) -> bool:
    """Whether a text is meant as JSON: by the name of its file, else by how it begins."""
    suffix = PurePath(path).suffix.lower()
    if suffix in (".yaml", ".yml"):
        return False
    return suffix == ".json" or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[", '"')
