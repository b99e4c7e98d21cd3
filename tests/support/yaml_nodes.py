"""The node tree of a YAML text that has nothing wrong."""

from __future__ import annotations

from iamglue.errors import MultipleErrors
from iamglue.policy.source.nodes import Node
from iamglue.policy.source.yaml_reader import read_single_document


def read_yaml(text: str, path: str) -> Node:
    """The root of the single document. Raises MultipleErrors for the problems with which its reading goes on."""
    reading = read_single_document(text, path)
    if reading.problems:
        raise MultipleErrors(reading.problems)
    return reading.documents[0]
