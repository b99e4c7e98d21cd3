"""Policy documents: canonical writing, and reading with the place of every fault."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from iamglue.errors import Location, Problems
from iamglue.policy.model import Policy
from iamglue.policy.reader import Elements
from iamglue.policy.source.json_text import read_json
from iamglue.policy.source.nodes import Node, Reading, Shape, read_one
from iamglue.policy.source.writing import canonical, document, policy_json, policy_size

__all__ = [
    "Placed",
    "canonical",
    "document",
    "is_json",
    "policy_json",
    "policy_size",
    "read_nodes",
    "read_placed",
    "read_policy",
]


@dataclass(frozen=True, slots=True)
class Placed:
    """A policy, and where each of its statements begins."""

    policy: Policy
    places: tuple[Location, ...]


def read_policy(text: str, path: str) -> Policy:
    """The policy that a JSON or YAML text holds, its lists in the order of the text.

    Raises Problems with the line and column of everything that is wrong, and IamglueError for a text that is
    neither JSON nor YAML or goes past the limits of size and depth.
    """
    return read_placed(text, path).policy


def read_placed(text: str, path: str) -> Placed:
    """Like `read_policy`, with the place of each statement."""
    reading = read_nodes(text, path)
    elements = Elements(quoted=is_json(text, path))
    policy = elements.policy(reading.documents[0])
    problems = [*reading.problems, *elements.problems]
    if problems:
        raise Problems(problems)
    return Placed(policy, _places(reading.documents[0].get("Statement")))


def _places(node: Node | None) -> tuple[Location, ...]:
    if node is None:
        return ()
    return tuple(each.location for each in (node.items if node.shape is Shape.LIST else (node,)))


def read_nodes(text: str, path: str) -> Reading:
    """The tree of a policy text, whatever it holds. Raises IamglueError for text that cannot be read at all."""
    return read_json(text, path) if is_json(text, path) else read_one(text, path)


def is_json(text: str, path: str) -> bool:
    """Whether a text is meant as JSON: by the name of its file, else by how it begins."""
    suffix = PurePath(path).suffix.lower()
    if suffix in (".yaml", ".yml"):
        return False
    return suffix == ".json" or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[", '"')
