"""Writes files atomically: first to temporary files beside the targets, then moved into place under a lock.

An interrupted run removes its temporary files; those of a killed run are removed by a later run that writes in the same
directory.
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

# The digest of each file that was read, by real path; None if there was no file.
InputDigests = Mapping[Path, str | None]
_Group = Sequence[tuple[Path, bytes]]


@dataclass(slots=True)
class WriteResult:
    """The outcome of writing files, with paths as the user named them."""

    replaced: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)  # not written: they changed after they were read
    hard_linked: list[Path] = field(default_factory=list)  # had hard links, which keep the previous text


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write files.

    A file that changed since it was read (per `input_digests`) is not written, and neither are the other files of its
    directory unless `per_file`. With `private`, new files are readable by their owner only, and those that end in .sh
    are executable.
    """

    input_digests: InputDigests = field(default_factory=dict)
    per_file: bool = False
    private: bool = False

    def new_file_mode(self, path: Path) -> int:
        """The mode of a new file, before the umask applies."""
        if not self.private:
            return 0o666
        return 0o700 if path.suffix == ".sh" else 0o600


def write_files(contents: Mapping[Path, bytes], options: WriteOptions, root: Path | None = None) -> WriteResult:
    """Replace all files of a directory, or none; `root` and everything below it counts as one directory.

    Existing files keep their owner and mode, and links are followed. Raises IamglueError if a path cannot be written:
    then nothing is changed in its directory.
    """
    result = WriteResult()
    for folder, group in _by_folder(contents, result, root).items():
        with lock_folder(folder) as is_locked, defer_signals() as is_interrupted:
            _write_group(group, options, result, is_locked, is_interrupted)
    for path, content in contents.items():
        if not _is_replaceable(path):
            _write_through(path, content, result)
    return result


def _by_folder(contents: Mapping[Path, bytes], result: WriteResult, root: Path | None) -> dict[Path, _Group]:
    """The files to write, grouped by directory; devices and pipes are left out."""
    groups: dict[Path, list[tuple[Path, bytes]]] = {}
    seen: dict[Path, bytes] = {}
    for path, content in contents.items():
        if not _is_replaceable(path):
            continue
        real = Path(os.path.realpath(path))
        if real not in seen:
            groups.setdefault(root or real.parent, []).append((path, content))
        elif seen[real] != content:  # two names of one file with different texts: only the first is written
            result.skipped.append(path)
        seen.setdefault(real, content)
    return dict(groups)


def _is_replaceable(path: Path) -> bool:
    """Whether a path can be replaced by a new file; devices and pipes cannot."""
    try:
        return OutputFile.from_path(path).is_replaceable
    except OSError as error:
        raise _unwritable(error, path, WriteResult()) from error


def _write_group(
    group: _Group, options: WriteOptions, result: WriteResult, is_locked: bool, is_interrupted: Callable[[], bool]
) -> None:
    """Write the files of one directory: all temporary files first, then move them into place."""
    staged: list[tuple[OutputFile, bytes]] = []
    path = group[0][0]
    try:
        targets = [(OutputFile.from_path(path), content) for path, content in group]
        if is_locked:
            _remove_leftovers({target.real_path.parent for target, _ in targets})
        for target, content in targets:
            if is_interrupted():
                return
            path = target.path
            _write_temporary(target, content, options.new_file_mode(path))
            staged.append((target, content))
        if options.per_file or not (
            changed := [changed.path for changed, content in staged if _is_changed(changed, content, options)]
        ):
            for target, content in staged:
                path = target.path
                _move_into_place(target, content, options, result)
        else:
            result.skipped += changed
    except OSError as error:
        raise _unwritable(error, path, result) from error
    finally:
        for target, _ in staged:
            with suppress(OSError):
                target.temporary_path.unlink()


def _remove_leftovers(folders: Iterable[Path]) -> None:
    """Remove the temporary files of killed runs. The caller holds the lock, so no other run is writing there."""
    for folder in folders:
        with suppress(OSError):  # the directory may be writable but not listable
            for path in [entry for entry in folder.iterdir() if is_temporary_name(entry.name)]:
                with suppress(OSError):
                    path.unlink()


def _write_temporary(target: OutputFile, content: bytes, mode: int) -> None:
    """Write the content to the temporary file of the target, with the attributes of the target."""
    if target.status is not None:
        os.close(os.open(target.real_path, os.O_WRONLY | os.O_APPEND))  # fails if the target is not writable
        mode = 0o600
    try:
        file = os.fdopen(os.open(target.temporary_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
    except FileExistsError as error:
        reason = f"another run is writing the file, or was killed: in that case, remove {target.temporary_path}"
        raise FileExistsError(error.errno, reason) from error
    try:
        with file:
            file.write(content)
            copy_attributes(file.fileno(), target)
    except BaseException:
        target.temporary_path.unlink()
        raise


def _is_changed(target: OutputFile, content: bytes, options: WriteOptions) -> bool:
    """Whether a target differs both from the text that was read and from the text to write (by another run)."""
    if target.real_path not in options.input_digests:
        return False
    return target.digest() not in (options.input_digests[target.real_path], content_digest(content))


def _move_into_place(target: OutputFile, content: bytes, options: WriteOptions, result: WriteResult) -> None:
    """Replace the target by its temporary file, unless the target was changed."""
    if _is_changed(target, content, options):
        result.skipped.append(target.path)
        return
    target.temporary_path.replace(target.real_path)
    result.replaced.append(target.path)
    if target.has_hard_links:
        result.hard_linked.append(target.path)


def _write_through(path: Path, content: bytes, result: WriteResult) -> None:
    """Write to a device or a pipe, such as /dev/stdout."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise _unwritable(error, path, result) from error
    result.replaced.append(path)


def _unwritable(error: OSError, path: Path, result: WriteResult) -> IamglueError:
    """The error for a path that cannot be written; its hint says how many files were replaced before."""
    count = len(result.replaced)
    files = "1 file was" if count == 1 else f"{count} files were"
    hint = f"{files} already written" if count else "nothing was changed; choose another path"
    return IamglueError(f"cannot write {path}: {error.strerror or error}", hint=hint)
