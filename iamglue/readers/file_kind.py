"""The kind of a file by its text, for errors and notes about files of another kind than expected."""

from __future__ import annotations

from iamglue.errors import IamglueError
from iamglue.policy.document import read_nodes
from iamglue.policy.file_kinds import FileKind, find_file_kind

# In characters: larger files are not parsed for a hint.
_MAX_LENGTH = 4 * 1024 * 1024


def file_kind_of_text(text: str, path: str) -> FileKind | None:
    """The kind of a file with a text; None if it is not known."""
    if len(text) > _MAX_LENGTH:
        return None
    try:
        root = read_nodes(text, path).documents[0]
    except IamglueError:
        return find_file_kind((), path)
    return find_file_kind([key.text for key, _ in root.pairs], path)
