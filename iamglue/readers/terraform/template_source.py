"""The source of a heredoc or template file, with what interprets its `${...}`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from iamglue.policy.source.nodes import Node
from iamglue.policy.source.source_text import SourceText


@dataclass(frozen=True, slots=True)
class Interpolation:
    """The text that replaces an expression in a template; `is_known` if it is the value and not a parameter.

    `value` is the value of an expression that is not a text, such as `jsonencode(local.buckets)`.
    """

    text: str
    is_known: bool = False
    value: Node | None = None


# From an expression and its span to the text that replaces it.
Interpolate = Callable[[str, tuple[int, int]], Interpolation]


class TemplateSourceText(SourceText):
    """The text of another source, whose expressions `interpolate` evaluates: they depend on `each` and the like."""

    def __init__(self, outer: SourceText, interpolate: Interpolate) -> None:
        super().__init__(outer.path, outer.text, outer.syntax)
        self.outer = outer
        self.interpolate = interpolate
        self.is_editable = outer.is_editable
        self.is_template = True

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and column in the outer text."""
        return self.outer.line_and_column(offset)

    def file_offset(self, offset: int) -> int:
        """The offset in the text of the file itself."""
        return self.outer.file_offset(offset)

    def file_line(self, offset: int) -> str:
        """The line of the file that contains an offset."""
        return self.outer.file_line(offset)
