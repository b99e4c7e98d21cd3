"""Where a part of a document comes from: the entry of a spec that requires a statement, the anchor of an alias."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path

from iamglue.errors import IamglueError
from iamglue.files.text_files import read_text
from iamglue.language_server.check_process import CheckProcess
from iamglue.language_server.cursor_context import DocumentSyntax
from iamglue.language_server.documents import OpenDocument
from iamglue.language_server.editor_answers import anchor_of_alias
from iamglue.language_server.text_positions import TextPositions
from iamglue.policy.source.source_text import SourceText

_SECONDS = 20.0


async def find_definitions(document: OpenDocument, offset: int, checks: CheckProcess) -> list[types.Location]:
    """The places that an offset of a document comes from; [] if none is known.

    Raises JobFailedError if the search for the statement's entry failed.
    """
    if document.syntax is DocumentSyntax.YAML and (anchor := anchor_of_alias(document.text, offset)):
        return [types.Location(document.uri, document.range(*anchor))]
    data = await checks.run_check("origins", document.source, offset, seconds=_SECONDS)
    rows = [_location(path, line, column, document) for path, line, column in data["locations"]]
    return [row for row in rows if row is not None]


def _location(path: str, line: int, column: int, document: OpenDocument) -> types.Location | None:
    """The location of an entry, to the end of its line; None if its file cannot be read any more."""
    try:
        text = read_text(path)
    except IamglueError:
        return None
    uri = from_fs_path(str(Path(path)))
    source = SourceText(path, text)
    start = source.offset_at(line, column)
    end = start + len(source.file_line(start)) - (column - 1)
    positions = TextPositions(text, document.positions.encoding)
    where = types.Range(types.Position(*positions.position(start)), types.Position(*positions.position(end)))
    return types.Location(uri, where) if uri is not None else None
