"""Reads policy documents, with the location of every problem, and writes them in canonical form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from iamglue.errors import IamglueError, Location, MultipleErrors
from iamglue.policy.file_kinds import POLICY, wrong_file_error
from iamglue.policy.model import Policy
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.plain_json import read_plain_json
from iamglue.policy.source.json_reader import read_json
from iamglue.policy.source.nodes import ParsedDocuments
from iamglue.policy.source.policy_writer import canonical_policy, policy_data, policy_json, policy_size
from iamglue.policy.source.yaml_reader import read_single_document

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
    """A policy and the location of each of its statements."""

    policy: Policy
    statement_locations: tuple[Location, ...]


def read_policy(text: str, path: str) -> Policy:
    """Parse a JSON or YAML policy document; lists keep the order of the text.

    Raises MultipleErrors with the line and column of every problem, and IamglueError for a text that is neither JSON
    nor YAML or exceeds the limits of size and depth.
    """
    plain = read_plain_json(text) if is_json(text, path) else None
    return _read_valid(text, path).to_policy() if plain is None else plain


def read_located_policy(text: str, path: str) -> LocatedPolicy:
    """Like `read_policy`, with the location of each statement."""
    policy = _read_valid(text, path)
    return LocatedPolicy(policy.to_policy(), tuple(statement.location for statement in policy.statement_nodes))


def _read_valid(text: str, path: str) -> ParsedPolicy:
    """Parse a policy text. Raises IamglueError if anything is wrong with it."""
    try:
        reading = read_nodes(text, path)
    except IamglueError as error:
        raise wrong_file_error(None, path, "a policy", POLICY) or error from None
    policy = ParsedPolicy(reading.documents[0], PolicyType.IDENTITY)  # any type: the value is the same
    problems = [*reading.problems, *policy.problems]
    if problems:
        raise wrong_file_error(policy.node, path, "a policy", POLICY) or MultipleErrors(problems)
    return policy


def read_nodes(text: str, path: str) -> ParsedDocuments:
    """Parse a policy text into a node tree, valid policy or not. Raises IamglueError for text that cannot be parsed."""
    return read_json(text, path) if is_json(text, path) else read_single_document(text, path)


def is_json(text: str, path: str) -> bool:
    """Whether to parse a text as JSON: decided by the file suffix, otherwise by the first character."""
    suffix = PurePath(path).suffix.lower()
    if suffix in (".yaml", ".yml"):
        return False
    return suffix == ".json" or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[", '"')
