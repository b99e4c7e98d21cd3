"""The open documents of the editor: their text, their syntax, their place on disk, and positions in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import unquote

from lsprotocol import types
from pygls.uris import to_fs_path, urlparse
from pygls.workspace import TextDocument, Workspace

from iamglue.language_server.cursor_context import DocumentSyntax
from iamglue.language_server.document_source import DocumentSource
from iamglue.language_server.text_positions import BYTE_ORDER_MARK, TextPositions

_BY_LANGUAGE = {
    "json": DocumentSyntax.JSON,
    "jsonc": DocumentSyntax.JSON,
    "yaml": DocumentSyntax.YAML,
    "yml": DocumentSyntax.YAML,
    "cloudformation": DocumentSyntax.YAML,
    "yaml.cloudformation": DocumentSyntax.YAML,
    "json.cloudformation": DocumentSyntax.JSON,
    "terraform": DocumentSyntax.HCL,
    "opentofu": DocumentSyntax.HCL,
    "hcl": DocumentSyntax.HCL,
}
_BY_SUFFIX = {
    ".json": DocumentSyntax.JSON,
    ".yaml": DocumentSyntax.YAML,
    ".yml": DocumentSyntax.YAML,
    ".tf": DocumentSyntax.HCL,
    ".tofu": DocumentSyntax.HCL,
}
_UNSAVED_SUFFIXES = {DocumentSyntax.JSON: ".json", DocumentSyntax.YAML: ".yaml", DocumentSyntax.HCL: ".tf"}


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document as it is now. `source` has its path, the workspace and the text."""

    uri: str
    version: int | None
    syntax: DocumentSyntax
    source: DocumentSource
    positions: TextPositions

    @property
    def text(self) -> str:
        """The text in the editor."""
        return self.source.text

    def range(self, start: int, end: int) -> types.Range:
        """The range of the protocol from one offset to another."""
        return types.Range(
            types.Position(*self.positions.position(start)), types.Position(*self.positions.position(end))
        )

    def offset(self, position: types.Position) -> int:
        """The offset of a position of the protocol."""
        return self.positions.offset(position.line, position.character)


def open_document(workspace: Workspace, uri: str) -> OpenDocument | None:
    """The document with this URI; None if it is not open, or is not of a kind that iamglue reads.

    A document that was never saved counts as a file of the workspace.
    """
    document = workspace.text_documents.get(unquote(uri))  # pygls keeps them by decoded URIs
    scheme = urlparse(uri)[0]
    syntax = _syntax(document) if document is not None else None
    if document is None or syntax is None or scheme not in ("file", "untitled"):
        return None
    root = _root(workspace, document.path)
    path = document.path
    if scheme == "untitled":
        path = str(Path(root or Path.home()) / f"{PurePath(path).name or 'untitled'}{_UNSAVED_SUFFIXES[syntax]}")
    text = document.source.removeprefix(BYTE_ORDER_MARK)
    encoding = str(getattr(workspace.position_encoding, "value", workspace.position_encoding))
    positions = TextPositions(text, encoding, has_byte_order_mark=document.source.startswith(BYTE_ORDER_MARK))
    return OpenDocument(uri, document.version, syntax, DocumentSource(path, root, text), positions)


def _syntax(document: TextDocument) -> DocumentSyntax | None:
    """The syntax by the file's suffix, otherwise by the editor's language."""
    suffix = _BY_SUFFIX.get(PurePath(document.path).suffix.lower())
    return suffix or _BY_LANGUAGE.get((document.language_id or "").lower())


def _root(workspace: Workspace, path: str) -> str:
    """The innermost folder of the workspace that has the file, otherwise its first folder; empty if there is none."""
    uris = [folder.uri for folder in workspace.folders.values()] or [workspace.root_uri or ""]
    roots = [root for uri in uris if uri and (root := to_fs_path(uri))]
    around = [root for root in roots if Path(path).is_relative_to(root)]
    return max(around, key=len) if around else next(iter(roots), "")
