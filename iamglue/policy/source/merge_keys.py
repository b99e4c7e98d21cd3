"""YAML's merge keys (`<<: *defaults`), resolved: templates use them; a spec may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind, ParsedDocuments, is_merge_key, read_yaml_documents
from iamglue.policy.source.source_text import ReadOnlySourceText, SourceText


def read_yaml_with_merge_keys(text: str, path: str) -> ParsedDocuments:
    """Every document of a YAML text with the keys that merge keys take over; raises as `read_yaml_documents` does.

    https://yaml.org/type/merge.html: a map's own keys win, then those of the first map that has them.
    """
    reading = read_yaml_documents(text, path)
    if not reading.problems:  # a merge key is one
        return reading
    merging = _Merging()
    documents = tuple(merging.merged(node) for node in reading.documents)
    kept = tuple(each for each in reading.problems if each.location not in merging.places)
    return ParsedDocuments(documents, kept)


class _Merging:
    """Rewrites the maps that hold merge keys; what an alias stands for is rewritten once."""

    def __init__(self) -> None:
        self.places: set[object] = set()
        self._done: dict[int, Node] = {}
        self._origins: dict[int, SourceText] = {}

    def merged(self, node: Node) -> Node:
        """The node, itself where nothing below it is merged."""
        found = self._done.get(id(node))
        if found is None:
            found = self._done[id(node)] = self._rewritten(node)
        return found

    def _rewritten(self, node: Node) -> Node:
        if node.kind is NodeKind.LIST:
            items = tuple(map(self.merged, node.items))
            return node if _same(items, node.items) else replace(node, items=items)
        if node.kind is not NodeKind.MAP:
            return node
        pairs = tuple((key, self.merged(value)) for key, value in node.pairs)
        sources = {id(key): _maps(value) for key, value in pairs if is_merge_key(key) and _maps(value)}
        if not sources:
            same = _same([value for _, value in pairs], [value for _, value in node.pairs])
            return node if same else replace(node, pairs=pairs)
        self.places |= {key.location for key, _ in pairs if id(key) in sources}
        return replace(node, pairs=_taken(pairs, sources), source=self._read_only(node.source))

    def _read_only(self, origin: SourceText) -> SourceText:
        return self._origins.setdefault(id(origin), ReadOnlySourceText(origin))


def _taken(pairs: tuple[tuple[Node, Node], ...], sources: dict[int, tuple[Node, ...]]) -> tuple[tuple[Node, Node], ...]:
    """The map's own pairs and those it takes over, in the order of the text."""
    seen = {key.text for key, _ in pairs if id(key) not in sources}
    found: list[tuple[Node, Node]] = []
    for pair in pairs:
        if id(pair[0]) not in sources:
            found.append(pair)
            continue
        for other in _pairs(sources[id(pair[0])]):
            if other[0].text not in seen:
                seen.add(other[0].text)
                found.append(other)
    return tuple(found)


def _pairs(maps: tuple[Node, ...]) -> Iterator[tuple[Node, Node]]:
    for each in maps:
        yield from each.pairs


def _maps(node: Node) -> tuple[Node, ...]:
    """The maps that a merge key names; none where what it names is something else, a variable say."""
    items = node.items if node.kind is NodeKind.LIST else (node,)
    return items if all(each.kind is NodeKind.MAP for each in items) else ()


def _same(these: tuple[Node, ...] | list[Node], those: tuple[Node, ...] | list[Node]) -> bool:
    return all(this is that for this, that in zip(these, those, strict=True))
