"""Resolves YAML merge keys (`<<: *defaults`): templates may use them, specs may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind, ParsedDocuments
from iamglue.policy.source.source_text import ReadOnlySourceText, SourceText
from iamglue.policy.source.yaml_reader import is_merge_key, read_yaml_documents


def read_yaml_with_merge_keys(text: str, path: str) -> ParsedDocuments:
    """Parse every document of a YAML text and resolve its merge keys; raises as `read_yaml_documents` does.

    https://yaml.org/type/merge.html: a map's own keys take precedence, then those of the first map that has them.
    """
    reading = read_yaml_documents(text, path)
    if not reading.problems:  # a merge key is reported as a problem
        return reading
    resolver = _MergeKeyResolver()
    documents = tuple(resolver.resolve(node) for node in reading.documents)
    problems = tuple(problem for problem in reading.problems if problem.location not in resolver.merge_key_locations)
    return ParsedDocuments(documents, problems)


class _MergeKeyResolver:
    """Replaces maps that have merge keys by merged maps; the target of an alias is replaced once."""

    def __init__(self) -> None:
        self.merge_key_locations: set[object] = set()
        self._resolved: dict[int, Node] = {}
        self._read_only_sources: dict[int, SourceText] = {}

    def resolve(self, node: Node) -> Node:
        """The node with all merge keys resolved; the same object if there are none."""
        resolved = self._resolved.get(id(node))
        if resolved is None:
            resolved = self._resolved[id(node)] = self._resolve_node(node)
        return resolved

    def _resolve_node(self, node: Node) -> Node:
        """The node with the mappings of `<<` keys merged in, at every depth."""
        if node.kind is NodeKind.LIST:
            items = tuple(map(self.resolve, node.items))
            return node if _are_identical(items, node.items) else replace(node, items=items)
        if node.kind is not NodeKind.MAP:
            return node
        pairs = tuple((key, self.resolve(value)) for key, value in node.pairs)
        sources = {id(key): _source_maps(value) for key, value in pairs if is_merge_key(key) and _source_maps(value)}
        if not sources:
            same = _are_identical([value for _, value in pairs], [value for _, value in node.pairs])
            return node if same else replace(node, pairs=pairs)
        self.merge_key_locations |= {key.location for key, _ in pairs if id(key) in sources}
        return replace(node, pairs=_merged_pairs(pairs, sources), source=self._read_only(node.source))

    def _read_only(self, source: SourceText) -> SourceText:
        """A read-only source for merged maps, whose text is not in one place."""
        return self._read_only_sources.setdefault(id(source), ReadOnlySourceText(source))


def _merged_pairs(
    pairs: tuple[tuple[Node, Node], ...], sources: dict[int, tuple[Node, ...]]
) -> tuple[tuple[Node, Node], ...]:
    """The map's own pairs and the merged ones, in the order of the text."""
    seen = {key.text for key, _ in pairs if id(key) not in sources}
    merged: list[tuple[Node, Node]] = []
    for pair in pairs:
        if id(pair[0]) not in sources:
            merged.append(pair)
            continue
        for inherited in _pairs_of(sources[id(pair[0])]):
            if inherited[0].text not in seen:
                seen.add(inherited[0].text)
                merged.append(inherited)
    return tuple(merged)


def _pairs_of(maps: tuple[Node, ...]) -> Iterator[tuple[Node, Node]]:
    for merged_map in maps:
        yield from merged_map.pairs


def _source_maps(node: Node) -> tuple[Node, ...]:
    """The maps that a merge key names; () if its value is anything else, such as a variable."""
    items = node.items if node.kind is NodeKind.LIST else (node,)
    return items if all(item.kind is NodeKind.MAP for item in items) else ()


def _are_identical(first: tuple[Node, ...] | list[Node], second: tuple[Node, ...] | list[Node]) -> bool:
    """Whether two sequences have the same node objects."""
    return all(left is right for left, right in zip(first, second, strict=True))
