"""Policy documents: canonical writing, and reading with the place of every fault."""

from __future__ import annotations

from pathlib import PurePath

from iamglue.errors import Problems
from iamglue.iam.elements import Elements
from iamglue.iam.json_text import read_json
from iamglue.iam.nodes import Reading, read_one
from iamglue.iam.policies import Policy
from iamglue.iam.writing import canonical, document, policy_json, policy_size

__all__ = ["canonical", "document", "is_json", "policy_json", "policy_size", "read_nodes", "read_policy"]


def read_policy(text: str, path: str) -> Policy:
    """The policy that a JSON or YAML text holds, its lists in the order of the text.

    Raises Problems with the line and column of everything that is wrong, and IamglueError for a text that is
    neither JSON nor YAML or goes past the limits of size and depth.
    """
    reading = read_nodes(text, path)
    elements = Elements(quoted=is_json(text, path))
    policy = elements.policy(reading.documents[0])
    problems = [*reading.problems, *elements.problems]
    if problems:
        raise Problems(problems)
    return policy


def read_nodes(text: str, path: str) -> Reading:
    """The tree of a policy text, whatever it holds. Raises IamglueError for text that cannot be read at all."""
    return read_json(text, path) if is_json(text, path) else read_one(text, path)


def is_json(text: str, path: str) -> bool:
    """Whether a text is meant as JSON: by the name of its file, else by how it begins."""
    suffix = PurePath(path).suffix.lower()
    if suffix in (".yaml", ".yml"):
        return False
    return suffix == ".json" or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[", '"')
