"""An output file: its path, its current content and its owner."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Name of the temporary files; one that exists while its directory is locked was left by a killed run.
_TEMPORARY_NAME = ".iamglue-{}.part"
_DIGEST_LENGTH = 16


@dataclass(frozen=True, slots=True)
class OutputFile:
    """`path` is as the user wrote it, `real_path` has links resolved; `status` is None for a new file."""

    path: Path
    real_path: Path
    status: os.stat_result | None

    @classmethod
    def from_path(cls, path: Path) -> OutputFile:
        """The current state of a path. Raises OSError for circular links, or directories that may not be searched."""
        try:
            status = path.stat()
        except FileNotFoundError:
            status = None
        return cls(path, Path(os.path.realpath(path)), status)

    @property
    def is_replaceable(self) -> bool:
        """Whether it is new or a regular file: devices and pipes are written to instead."""
        return self.status is None or stat.S_ISREG(self.status.st_mode) or stat.S_ISDIR(self.status.st_mode)

    @property
    def has_hard_links(self) -> bool:
        """Whether the file has other hard links, which will keep the previous text."""
        return self.status is not None and stat.S_ISREG(self.status.st_mode) and self.status.st_nlink > 1

    @property
    def temporary_path(self) -> Path:
        """The path to which the new text is written first: the same for the same target in every run."""
        digest = hashlib.sha256(os.fsencode(self.real_path.name)).hexdigest()[:_DIGEST_LENGTH]
        return self.real_path.with_name(_TEMPORARY_NAME.format(digest))

    def digest(self) -> str | None:
        """The digest of the current content; None if there is no file. Raises OSError if it cannot be read."""
        try:
            return content_digest(self.real_path.read_bytes())
        except FileNotFoundError:
            return None


def content_digest(content: bytes) -> str:
    """A digest that identifies the content."""
    return hashlib.sha256(content).hexdigest()


def is_temporary_name(name: str) -> bool:
    """Whether a file name is that of an `OutputFile.temporary_path`."""
    start, end = _TEMPORARY_NAME.split("{}")
    middle = name[len(start) : -len(end)]
    return (
        name == f"{start}{middle}{end}" and len(middle) == _DIGEST_LENGTH and not set(middle) - set("0123456789abcdef")
    )


def copy_attributes(handle: int, target: OutputFile) -> None:
    """Copy owner, mode and, if possible, other attributes of the target to an open file.

    Raises PermissionError if the owner or the group cannot be copied.
    """
    target_status = target.status
    if target_status is None:
        return
    status = os.fstat(handle)
    if (status.st_uid, status.st_gid) != (target_status.st_uid, target_status.st_gid):
        try:
            os.fchown(handle, target_status.st_uid, target_status.st_gid)
        except OSError as error:
            raise PermissionError(error.errno, "its owner or group could not be preserved") from error
    _copy_extended_attributes(handle, target.real_path)
    os.fchmod(handle, stat.S_IMODE(target_status.st_mode))


def _copy_extended_attributes(handle: int, source: Path) -> None:
    """Copy Linux extended attributes, including access control lists; a file system may refuse any of them."""
    if not hasattr(os, "listxattr"):
        return
    with suppress(OSError):
        names = os.listxattr(source)
        for name in set(os.listxattr(handle)) - set(names):  # inherited from the directory
            with suppress(OSError):
                os.removexattr(handle, name)
        for name in names:
            with suppress(OSError):
                os.setxattr(handle, name, os.getxattr(source, name))
