"""What the cursor is in: the keys around it, and the word that it stands in. The text may be malformed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class DocumentSyntax(StrEnum):
    """The syntax of a document, as its context is read."""

    JSON = "json"
    YAML = "yaml"
    HCL = "hcl"


@dataclass(frozen=True, slots=True)
class CursorContext:
    """The surroundings of a position in a text that may be incomplete.

    `keys` are the keys of the mappings around the cursor, the outermost first, without the positions in lists; the
    last is the key whose value the cursor is in. `is_key`: the word is, or can be, a key of the innermost mapping.
    `is_item`: it is an item of a list. `start` and `end` are the span of the word, without quotes; `is_quoted`: it has
    quotes. `siblings` are the keys of the innermost mapping with the text of their values; `spans` the spans of the
    mappings around the cursor, the innermost last.
    """

    keys: tuple[str, ...]
    start: int
    end: int
    is_key: bool = False
    is_item: bool = False
    is_quoted: bool = False
    siblings: tuple[tuple[str, str], ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def key(self) -> str:
        """The last of the keys; empty at the top of the document."""
        return self.keys[-1] if self.keys else ""

    def inside(self, keys: tuple[str, ...], spans: tuple[tuple[int, int], ...]) -> CursorContext:
        """The context, of a part of a text, in the whole text: below more keys, in more mappings."""
        return replace(self, keys=(*keys, *self.keys), spans=(*spans, *self.spans))

    def texts_around(self, text: str) -> Iterator[str]:
        """The texts of the mappings around the cursor, the innermost first."""
        for start, end in reversed(self.spans):
            yield text[start:end]
