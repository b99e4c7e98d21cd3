"""The context of a cursor, by the syntax of the document."""

from __future__ import annotations

from iamglue.language_server.cursor_context import CursorContext, DocumentSyntax
from iamglue.language_server.flow_context import flow_context
from iamglue.language_server.yaml_context import yaml_context


def context_at(text: str, offset: int, syntax: DocumentSyntax) -> CursorContext:
    """The context of an offset in a text; the text may be incomplete or malformed."""
    if syntax is DocumentSyntax.YAML and not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return yaml_context(text, offset)
    return flow_context(text, 0, offset, syntax).context
