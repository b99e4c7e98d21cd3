"""A file that a command rewrites: its new content, the digest of the content that was read, and the diff."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from iamglue.files.output_file import content_digest
from iamglue.files.text_files import STDIN

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some editors write it at the start of a file


@dataclass(frozen=True, slots=True)
class RewrittenFile:
    """The new text of a file, what to write to it, and the digest of the content that was read."""

    path: str
    text: str
    content: bytes
    original_digest: str
    diff: str


def rewrite_file(path: str, old: str, new: str) -> RewrittenFile:
    """Return the change of a file from the text `old`, which was read from it, to `new`.

    A byte order mark is kept.
    """
    content, before = new.encode(), _read_bytes(path)
    if before == _BYTE_ORDER_MARK + old.encode():
        content = _BYTE_ORDER_MARK + content
    else:  # the file changed after it was read; the digest shows that when it is written
        before = old.encode()
    lines = unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), path, path)
    return RewrittenFile(path, new, content, content_digest(before), "".join(map(_with_line_end, lines)))


def _read_bytes(path: str) -> bytes | None:
    """The bytes of a file; None if the path is not a file, or not any more."""
    try:
        return Path(path).read_bytes() if path != STDIN and Path(path).is_file() else None
    except OSError:
        return None


def _with_line_end(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
