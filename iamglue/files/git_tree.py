"""Writes the files of a commit or of the index below a temporary directory, where readers find a file's neighbours."""

from __future__ import annotations

import contextlib
import os
import posixpath
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.git_repository import GitFile, GitRepository

_MAX_BYTES = 64 * 1024 * 1024
_TOO_LONG = f"it is longer than the limit of {_MAX_BYTES:,} bytes"
_MAX_LINKS = 20
# Of links to directories: how many lead one into another, and how many files are in them.
_MAX_NESTED = 4
_MAX_LINKED = 20_000
# Files that no reader of policies opens, and that a repository has many megabytes of.
_BINARY_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".pdf", ".woff", ".woff2", ".ttf", ".mp4"),
    *(".zip", ".gz", ".xz", ".bz2", ".zst", ".jar", ".whl", ".so", ".exe", ".parquet"),
)


@dataclass(frozen=True, slots=True)
class WrittenTree:
    """A temporary directory with the files of a tree; `missing` are the files that it lacks, each with the reason.

    `links` are the symbolic links to files of the tree, each with the ID of that file's content; a link to a directory
    is one link for each file in it, and `directory_links` has its own path.
    """

    folder: Path
    missing: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)
    directory_links: frozenset[str] = frozenset()


@contextlib.contextmanager
def written_tree(repository: GitRepository, files: Mapping[str, GitFile]) -> Iterator[WrittenTree]:
    """Write the files of a tree for the duration of a block.

    A symbolic link to a file or a directory of the tree becomes a copy; no link is written, so that nothing outside can
    be read.
    Raises IamglueError if a file cannot be written.
    """
    readable = {path: file for path, file in files.items() if not path.lower().endswith(_BINARY_SUFFIXES)}
    links = _read_links(repository, readable)
    resolved, directory_links = _resolve_all(readable, files, links)
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
            path: file.object_id
            for path, file in resolved.items()
            if isinstance(file, GitFile) and (path not in files or files[path].is_link)
        }
        yield WrittenTree(folder, missing | long, followed, directory_links)


def _read_links(repository: GitRepository, files: Mapping[str, GitFile]) -> Mapping[str, str]:
    """The target of each symbolic link, by the ID of its content."""
    sizes = repository.sizes(file.object_id for file in files.values() if file.is_link)
    return {object_id: os.fsdecode(content) for object_id, content in repository.contents(sizes)}


@dataclass(frozen=True, slots=True)
class _Directory:
    """A directory of a tree, to which a symbolic link leads."""

    path: str


def _resolve_all(
    paths: Iterable[str], files: Mapping[str, GitFile], links: Mapping[str, str]
) -> tuple[dict[str, GitFile | str], frozenset[str]]:
    """The file at each path, or why there is none, also below links to directories; and the paths of these links."""
    folders = {parent for path in files for parent in _parents(path)}
    resolved: dict[str, GitFile | str] = {}
    directories: dict[str, str] = {}
    for path in paths:
        target = _resolve(path, files, links, folders)
        if not isinstance(target, _Directory):
            resolved[path] = target
        elif f"{path}/".startswith(f"{target.path}/") or target.path == ".":
            resolved[path] = "it is a symbolic link to a directory in which it is itself"
        else:
            directories[path] = target.path
    for _ in range(_MAX_NESTED):  # links in linked directories
        below = {
            f"{link}{path.removeprefix(folder)}": target
            for link, folder in directories.items()
            for path, target in resolved.items()
            if path.startswith(f"{folder}/")
        }
        if below.keys() <= resolved.keys():
            return resolved, frozenset(directories)
        resolved |= below
        if len(resolved) > len(files) + _MAX_LINKED:
            break
    reason = "its symbolic links lead in a circle, or to too many files"
    return {**resolved, **dict.fromkeys(directories, reason)}, frozenset()


def _parents(path: str) -> Iterator[str]:
    """The directories of a path, the nearest first."""
    while (parent := posixpath.dirname(path)) not in ("", path):
        yield parent
        path = parent


def _resolve(
    path: str, files: Mapping[str, GitFile], links: Mapping[str, str], folders: Collection[str]
) -> GitFile | _Directory | str:
    """The regular file at a path of a tree, or where its symbolic links lead; else the reason why there is none."""
    if not _is_plain_path(path):
        return "its path is not valid"
    target = path
    for _ in range(_MAX_LINKS):
        file = files.get(target)
        if file is None:
            if target in folders or target == ".":
                return _Directory(target)
            link = next((parent for parent in _parents(target) if parent in files and files[parent].is_link), None)
            if link is None:
                return "it is a symbolic link to something that is not in the repository"
            rest = target.removeprefix(f"{link}/")
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(link), links.get(files[link].object_id, ""), rest)
            )
            continue
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
