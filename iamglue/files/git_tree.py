"""Writes the files of a commit or of the index below a temporary directory, where readers find a file's neighbours."""

from __future__ import annotations

import contextlib
import os
import posixpath
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.git_repository import GitFile, GitRepository

_MAX_BYTES = 64 * 1024 * 1024
_TOO_LONG = f"it is longer than the limit of {_MAX_BYTES:,} bytes"
_MAX_LINKS = 20
# Files that no reader of policies opens, and that a repository has many megabytes of.
_BINARY_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".pdf", ".woff", ".woff2", ".ttf", ".mp4"),
    *(".zip", ".gz", ".xz", ".bz2", ".zst", ".jar", ".whl", ".so", ".exe", ".parquet"),
)


@dataclass(frozen=True, slots=True)
class WrittenTree:
    """A temporary directory with the files of a tree; `missing` are the files that it lacks, each with the reason.

    `links` are the symbolic links to files of the tree, each with the ID of that file's content.
    """

    folder: Path
    missing: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def written_tree(repository: GitRepository, files: Mapping[str, GitFile]) -> Iterator[WrittenTree]:
    """Write the files of a tree for the duration of a block.

    A symbolic link to a file of the tree becomes a copy; no link is written, so that nothing outside can be read.
    Raises IamglueError if a file cannot be written.
    """
    readable = {path: file for path, file in files.items() if not path.lower().endswith(_BINARY_SUFFIXES)}
    links = _read_links(repository, readable)
    resolved = {path: _resolve(path, files, links) for path in readable}
    missing = {path: file for path, file in resolved.items() if isinstance(file, str)}
    paths: dict[str, list[str]] = {}
    for path, file in resolved.items():
        if isinstance(file, GitFile):
            paths.setdefault(file.object_id, []).append(path)
    sizes = repository.sizes(paths)
    long = {path: _TOO_LONG for object_id, size in sizes.items() if size > _MAX_BYTES for path in paths[object_id]}
    with tempfile.TemporaryDirectory(prefix="iamglue-") as name:
        folder = Path(name)
        for object_id, content in repository.contents({key: size for key, size in sizes.items() if size <= _MAX_BYTES}):
            for path in paths[object_id]:
                _write(folder / path, content, path)
        followed = {
            path: file.object_id for path, file in resolved.items() if files[path].is_link and isinstance(file, GitFile)
        }
        yield WrittenTree(folder, missing | long, followed)


def _read_links(repository: GitRepository, files: Mapping[str, GitFile]) -> Mapping[str, str]:
    """The target of each symbolic link, by the ID of its content."""
    sizes = repository.sizes(file.object_id for file in files.values() if file.is_link)
    return {object_id: os.fsdecode(content) for object_id, content in repository.contents(sizes)}


def _resolve(path: str, files: Mapping[str, GitFile], links: Mapping[str, str]) -> GitFile | str:
    """The regular file at a path of a tree, or where its symbolic links lead; else the reason why there is none."""
    if not _is_plain_path(path):
        return "its path is not valid"
    target = path
    for _ in range(_MAX_LINKS):
        file = files.get(target)
        if file is None:
            return "it is a symbolic link to something that is not a file of the repository"
        if file.is_regular:
            return file
        if not file.is_link:
            return "it is a submodule"
        target = posixpath.normpath(posixpath.join(posixpath.dirname(target), links.get(file.object_id, "")))
    return "its symbolic links lead in a circle"


def _is_plain_path(path: str) -> bool:
    return not any(part in ("", ".", "..", ".git") for part in path.split("/"))


def _write(target: Path, content: bytes, path: str) -> None:
    """Write one file and the directories that it is in. Raises IamglueError, with the path in the repository."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise IamglueError(f"cannot write a temporary copy of {path}: {reason}") from error
