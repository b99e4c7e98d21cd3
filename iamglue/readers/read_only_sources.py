"""Sources for nodes that fixes must not edit: their text is of another file, or is used in several places."""

from __future__ import annotations

from iamglue.policy.source.source_text import ReadOnlySourceText, SourceText


class ReadOnlySources:
    """The read-only sources of some nodes, by the `id` of their sources, which the read-only ones keep alive."""

    def __init__(self) -> None:
        self._sources: dict[int, SourceText] = {}

    def of(self, source: SourceText) -> SourceText:
        """The read-only source for a source: the same for all nodes, because it computes their lines once."""
        if isinstance(source, ReadOnlySourceText):
            return source
        return self._sources.setdefault(id(source), ReadOnlySourceText(source))
