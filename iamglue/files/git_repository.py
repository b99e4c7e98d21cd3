"""Reads commits and the index of a Git repository with `git`, never the work tree.

Paths are taken from output with NUL ends, so that any file name is read as it is. `git` runs no program of the
repository: external diffs and text conversions are off.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from iamglue.errors import IamglueError

_REGULAR_MODES = ("100644", "100755")
_LINK_MODE = "120000"
_BYTES_PER_READ = 32 * 1024 * 1024
_OBJECTS_PER_READ = 2000
# https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
_FOREIGN_OWNER = b"dubious ownership"
_FETCH_HINT = "fetch it first; the checkout action of GitHub needs `fetch-depth: 0`"


@dataclass(frozen=True, slots=True)
class GitFile:
    """A file of a commit or of the index: its mode and the ID of its content."""

    mode: str
    object_id: str

    @property
    def is_regular(self) -> bool:
        """Whether it is a file, not a symbolic link or a submodule."""
        return self.mode in _REGULAR_MODES

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == _LINK_MODE


@dataclass(frozen=True, slots=True)
class GitChange:
    """A changed file: its path before and after; None if it was added or deleted."""

    old_path: str | None
    new_path: str | None


@dataclass(frozen=True, slots=True)
class GitRepository:
    """The repository of a directory; `root` is its top directory. Paths are relative to it."""

    root: Path

    def commit(self, revision: str) -> str:
        """The ID of the commit that a revision names, or a branch of the origin. Raises IamglueError if there is none.

        The clone of a CI system has no branches of its own.
        """
        command = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        output = _run(self.root, *command, f"{revision}^{{commit}}")
        if output is None:
            output = _run(self.root, *command, f"refs/remotes/origin/{revision}^{{commit}}")
        if output is None:
            raise IamglueError(f"there is no commit `{revision}` in this repository", hint=_FETCH_HINT)
        return output.decode().strip()

    def merge_base(self, first: str, second: str) -> str:
        """The last commit that both commits contain. Raises IamglueError if there is none."""
        output = _run(self.root, "merge-base", first, second)
        if output is None:
            message = f"there is no commit that both {first[:12]} and {second[:12]} contain"
            raise IamglueError(message, hint=f"the clone may be shallow: {_FETCH_HINT}")
        return output.decode().split()[0]

    def tree(self, commit: str) -> Mapping[str, GitFile]:
        """The files of a commit, by path."""
        return _read_tree(self.root, commit)

    def index(self) -> Mapping[str, GitFile]:
        """The staged files, by path. Raises IamglueError if a merge left conflicts."""
        files: dict[str, GitFile] = {}
        for entry in _records(_run_checked(self.root, "ls-files", "--stage", "-z")):
            details, _, path = entry.partition("\t")
            mode, object_id, stage = details.split(" ")
            if stage != "0":
                raise IamglueError(f"the index has a conflict in {path}", hint="resolve it and stage the file")
            files[path] = GitFile(mode, object_id)
        return files

    def changes(self, old: str, new: str) -> tuple[GitChange, ...]:
        """The files that differ between two commits; a renamed file is one change."""
        return _parse_changes(_run_checked(self.root, "diff-tree", "-r", "-M", *_RAW, old, new))

    def staged_changes(self) -> tuple[GitChange, ...]:
        """The files that differ between the last commit and the index."""
        head = _run(self.root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if head is None:  # before the first commit
            return tuple(GitChange(None, path) for path in self.index())
        # A file of `git add --intent-to-add` is not staged.
        options = ("--cached", "--ita-invisible-in-index", "-M", *_RAW)
        return _parse_changes(_run_checked(self.root, "diff-index", *options, head.decode().strip()))

    def changed_since(self, commit: str) -> tuple[str, ...]:
        """The files of the work tree that differ from a commit, and those that Git does not know yet."""
        changes = _parse_changes(_run_checked(self.root, "diff-index", *_RAW, commit))
        new = _records(_run_checked(self.root, "ls-files", "--others", "--exclude-standard", "-z"))
        return (*(change.new_path for change in changes if change.new_path is not None), *new)

    def sizes(self, object_ids: Iterable[str]) -> Mapping[str, int]:
        """The size of each object in bytes, by ID. Raises IamglueError if one is missing."""
        wanted = list(dict.fromkeys(object_ids))
        if not wanted:
            return {}
        lines = _run_checked(self.root, "cat-file", "--batch-check", text="".join(f"{name}\n" for name in wanted))
        return dict(zip(wanted, map(_object_size, lines.decode().splitlines()), strict=True))

    def contents(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
        """The ID and the content of each object of `sizes`, read in parts of a moderate size."""
        part: dict[str, int] = {}
        for object_id, size in sizes.items():
            part[object_id] = size
            if sum(part.values()) >= _BYTES_PER_READ or len(part) >= _OBJECTS_PER_READ:
                yield from self._read_objects(part)
                part = {}
        yield from self._read_objects(part)

    def _read_objects(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
        """The contents in the output of `git cat-file --batch`: a line, the content and a line end for each."""
        if not sizes:
            return
        output = memoryview(_run_checked(self.root, "cat-file", "--batch", text="".join(f"{name}\n" for name in sizes)))
        offset = 0
        for object_id, size in sizes.items():
            offset += len(f"{object_id} blob {size}\n")
            yield object_id, bytes(output[offset : offset + size])
            offset += size + 1


_RAW = ("--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-textconv")


def find_repository(folder: Path | None = None) -> GitRepository:
    """The repository that contains a directory, by default the working directory. Raises IamglueError if none does."""
    process = _start(folder or Path(), ("rev-parse", "--show-toplevel"), "")
    if process.returncode and _FOREIGN_OWNER in process.stderr:
        raise IamglueError(
            "Git does not read this repository, because it belongs to another user",
            hint="`git config --global --add safe.directory DIRECTORY` allows it",
        )
    if process.returncode:
        raise IamglueError("this directory is not in a work tree of Git", hint="change to a directory of a clone")
    return GitRepository(Path(os.fsdecode(process.stdout.removesuffix(b"\n"))))


@lru_cache(maxsize=2)
def _read_tree(root: Path, commit: str) -> Mapping[str, GitFile]:
    """The files of a commit by path; the two commits of a comparison are read once each."""
    files: dict[str, GitFile] = {}
    for entry in _records(_run_checked(root, "ls-tree", "-r", "-z", "--full-tree", commit)):
        details, _, path = entry.partition("\t")
        mode, _, object_id = details.split(" ")
        files[path] = GitFile(mode, object_id)
    return files


def _object_size(line: str) -> int:
    """The size in a line `ID blob SIZE`. Raises IamglueError if the object is missing."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[1] != "blob":
        raise IamglueError(f"git has no content for the object {parts[0]}", hint="the clone may be partial or damaged")
    return int(parts[2])


def _parse_changes(output: bytes) -> tuple[GitChange, ...]:
    """The changes in raw output with NUL ends: modes, IDs and status, then one path, or two for a rename or copy.

    https://git-scm.com/docs/diff-format
    """
    records = iter(_records(output))
    changes: list[GitChange] = []
    for details in records:
        status = details.rpartition(" ")[2][:1]
        path = next(records)
        if status in ("R", "C"):
            changes.append(GitChange(path, next(records)))
        else:
            changes.append(GitChange(None if status == "A" else path, None if status == "D" else path))
    return tuple(changes)


def _records(output: bytes) -> list[str]:
    return [os.fsdecode(record) for record in output.split(b"\0") if record]


def _run_checked(folder: Path, *arguments: str, text: str = "") -> bytes:
    """The output of a `git` command. Raises IamglueError if it fails."""
    process = _start(folder, arguments, text)
    if process.returncode:
        reason = os.fsdecode(process.stderr).strip().splitlines()
        raise IamglueError(f"git {arguments[0]} failed: {reason[-1] if reason else f'exit code {process.returncode}'}")
    return process.stdout


def _run(folder: Path, *arguments: str) -> bytes | None:
    """The output of a `git` command; None if it fails, which says that there is no such thing."""
    process = _start(folder, arguments, "")
    return None if process.returncode else process.stdout


def _start(folder: Path, arguments: Iterable[str], text: str) -> subprocess.CompletedProcess[bytes]:
    """The ended `git` process with its output. Raises IamglueError if it cannot be started.

    It does not wait for locks of the index, starts no file system monitor, and answers in English.
    """
    command = ["git", "--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", *arguments]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        return subprocess.run(  # noqa: S603 - no shell, and a revision cannot be an option
            command, cwd=folder, input=text.encode(), capture_output=True, check=False, env=environment
        )
    except FileNotFoundError as error:
        raise IamglueError("the program `git` is not installed, or not on the PATH") from error
    except (OSError, ValueError) as error:  # a NUL in a revision, or a directory that was removed
        raise IamglueError(f"cannot run git: {error}") from error
