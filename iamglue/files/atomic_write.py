"""Files written whole or not at all: beside their targets first, then put in place under a lock.

A run that is interrupted removes what it wrote beside its targets; what a killed run left there goes when a later run
writes in the same directory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.lock import lock_folder
from iamglue.files.output_file import OutputFile, content_digest, copy_attributes, is_temporary_name
from iamglue.files.signals import defer_signals

# For files that were read, by their real paths, the digest of what was read; None where there was no file.
InputDigests = Mapping[Path, str | None]
_Group = Sequence[tuple[Path, bytes]]


@dataclass(slots=True)
class WriteResult:
    """How a writing went, by the paths as they were given."""

    replaced: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)  # left alone: they no longer hold what was read
    hard_linked: list[Path] = field(default_factory=list)  # had other names (hard links), which keep the text of before


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How files are to be written.

    A file that no longer holds what `as_read` says is left alone, and with it all files of its directory unless `each`
    is judged by itself. With `private` new files are for their owner alone, and those that end in .sh may be run.
    """

    input_digests: InputDigests = field(default_factory=dict)
    per_file: bool = False
    private: bool = False

    def new_file_mode(self, path: Path) -> int:
        """The mode of a new file, of which the umask takes away."""
        if not self.private:
            return 0o666
        return 0o700 if path.suffix == ".sh" else 0o600


def write_files(contents: Mapping[Path, bytes], rules: WriteOptions, root: Path | None = None) -> WriteResult:
    """Replace all files of a directory, or none; `root` is a directory that counts as one with all below it.

    What is there keeps its owner and mode, and a link goes on leading where it leads. Raises IamglueError when a place
    cannot be written: nothing is changed in its directory then.
    """
    written = WriteResult()
    for folder, group in _by_folder(contents, written, root).items():
        with lock_folder(folder) as is_locked, defer_signals() as is_interrupted:
            _write_group(group, rules, written, is_locked, is_interrupted)
    for path, content in contents.items():
        if not _is_replaceable(path):
            _write_through(path, content, written)
    return written


def _by_folder(contents: Mapping[Path, bytes], written: WriteResult, root: Path | None) -> dict[Path, _Group]:
    groups: dict[Path, list[tuple[Path, bytes]]] = {}
    seen: dict[Path, bytes] = {}
    for path, content in contents.items():
        if not _is_replaceable(path):
            continue
        real = Path(os.path.realpath(path))
        if real not in seen:
            groups.setdefault(root or real.parent, []).append((path, content))
        elif seen[real] != content:  # two names of one file, and two texts for it: the first was written
            written.skipped.append(path)
        seen.setdefault(real, content)
    return dict(groups)


def _is_replaceable(path: Path) -> bool:
    try:
        return OutputFile.from_path(path).is_replaceable
    except OSError as error:
        raise _unwritable(error, path, WriteResult()) from error


def _write_group(
    group: _Group, rules: WriteOptions, written: WriteResult, is_locked: bool, is_interrupted: Callable[[], bool]
) -> None:
    staged: list[tuple[OutputFile, bytes]] = []
    path = group[0][0]
    try:
        targets = [(OutputFile.from_path(path), content) for path, content in group]
        if is_locked:
            _sweep({target.real_path.parent for target, _ in targets})
        for target, content in targets:
            if is_interrupted():
                return
            path = target.path
            _stage(target, content, rules.new_file_mode(path))
            staged.append((target, content))
        if rules.per_file or not (changed := [one.path for one, content in staged if _changed(one, content, rules)]):
            for target, content in staged:
                path = target.path
                _put_in_place(target, content, rules, written)
        else:
            written.skipped += changed
    except OSError as error:
        raise _unwritable(error, path, written) from error
    finally:
        for target, _ in staged:
            with suppress(OSError):
                target.temporary_path.unlink()


def _sweep(folders: Iterable[Path]) -> None:
    """Remove what killed runs left: who has the lock of the directory knows that no other run is writing there."""
    for folder in folders:
        with suppress(OSError):  # it may be written, and not listed
            for path in [each for each in folder.iterdir() if is_temporary_name(each.name)]:
                with suppress(OSError):
                    path.unlink()


def _stage(target: OutputFile, content: bytes, mode: int) -> None:
    if target.status is not None:
        os.close(os.open(target.real_path, os.O_WRONLY | os.O_APPEND))  # what may not be written is refused as such
        mode = 0o600
    try:
        file = os.fdopen(os.open(target.temporary_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
    except FileExistsError as error:
        words = f"another run is writing it, or was killed: remove {target.temporary_path} then"
        raise FileExistsError(error.errno, words) from error
    try:
        with file:
            file.write(content)
            copy_attributes(file.fileno(), target)
    except BaseException:
        target.temporary_path.unlink()
        raise


def _changed(target: OutputFile, content: bytes, rules: WriteOptions) -> bool:
    """Whether a target holds neither what was read nor, as another run has written it, what is to be written."""
    if target.real_path not in rules.input_digests:
        return False
    return target.digest() not in (rules.input_digests[target.real_path], content_digest(content))


def _put_in_place(target: OutputFile, content: bytes, rules: WriteOptions, written: WriteResult) -> None:
    if _changed(target, content, rules):
        written.skipped.append(target.path)
        return
    target.temporary_path.replace(target.real_path)
    written.replaced.append(target.path)
    if target.has_hard_links:
        written.hard_linked.append(target.path)


def _write_through(path: Path, content: bytes, written: WriteResult) -> None:
    """Write to a device or a pipe, such as /dev/stdout."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise _unwritable(error, path, written) from error
    written.replaced.append(path)


def _unwritable(error: OSError, path: Path, written: WriteResult) -> IamglueError:
    count = len(written.replaced)
    so_far = f"{count} files were written before" if count else "nothing was changed; name another place"
    return IamglueError(f"cannot write {path}: {error.strerror or error}", hint=so_far)
