"""The statements of documents that the data source `aws_iam_policy_document` merges.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from iamglue.errors import IamglueError
from iamglue.policy.parsed_values import items
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import MergedSourceText, SourceText
from iamglue.readers.terraform.json_document import parse_json_document
from iamglue.readers.terraform.policy_collector import TerraformPolicyCollector
from iamglue.readers.terraform.policy_data_source import policy_document
from iamglue.readers.terraform.values import alternatives


@dataclass
class MergedDocuments:
    """The documents of a collector.

    With `place_path`, the statements are located where they are merged, and only those of that file count as known:
    those of other files are reported there.
    """

    collector: TerraformPolicyCollector
    place_path: str | None = None
    _merging: set[str] = field(default_factory=set)

    def statements_of(self, document: Node) -> Sequence[Node] | None:
        """The statements of a document that a data source merges; None if they are not known."""
        statements: list[Node] = []
        for node in alternatives(document):
            policy = self._policy_of(node)
            value = None if policy is None else policy.get("Statement")
            if value is None:
                return None
            statements += items(value)
        if self.place_path is None or self._merging:
            return statements
        if any(node.path != self.place_path for node in (document, *statements)):
            return None
        return [_merged_node(statement, document, {}) for statement in statements]

    def _policy_of(self, node: Node) -> Node | None:
        """The document that a value refers to, or is as a map or as JSON; None if it is not known, or merges itself."""
        address = self.collector.find_document(node)
        if address is not None and address not in self._merging:
            self._merging.add(address)
            try:
                return policy_document(self.collector.documents[address], self.statements_of)
            finally:
                self._merging.discard(address)
        if node.kind is NodeKind.SCALAR and not node.plain:
            try:
                return parse_json_document(node).documents[0]
            except IamglueError:  # an interpolated value may be more than text
                return None
        return node if node.kind is NodeKind.MAP else None


def _merged_node(node: Node, place: Node, sources: dict[SourceText, SourceText]) -> Node:
    """A node located where its document is merged."""
    source = sources.get(node.source)
    if source is None:
        inner = node.source
        source = sources[inner] = MergedSourceText(place.source, inner.text, place.start, place.end, inner.syntax)
    move = partial(_merged_node, place=place, sources=sources)
    pairs = tuple((move(key), move(value)) for key, value in node.pairs)
    return replace(node, source=source, pairs=pairs, items=tuple(map(move, node.items)))
