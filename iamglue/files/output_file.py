"""A file that is to be replaced: where it is, what it holds now, and whose it is."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# The part files of all runs; what is locked and holds one was left by a run that was killed.
_PART = ".iamglue-{}.part"
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class OutputFile:
    """`path` is as the user gave it, `real` what it leads to through links; `status` is None for a new file."""

    path: Path
    real_path: Path
    status: os.stat_result | None

    @classmethod
    def from_path(cls, path: Path) -> OutputFile:
        """What is at a path now. Raises OSError for links in a loop, or where directories above may not be searched."""
        try:
            status = path.stat()
        except FileNotFoundError:
            status = None
        return cls(path, Path(os.path.realpath(path)), status)

    @property
    def is_replaceable(self) -> bool:
        """Whether it is new or a file: a device or a pipe is written to instead."""
        return self.status is None or stat.S_ISREG(self.status.st_mode) or stat.S_ISDIR(self.status.st_mode)

    @property
    def has_hard_links(self) -> bool:
        """Whether the file has hard links, which will keep the text of before."""
        return self.status is not None and stat.S_ISREG(self.status.st_mode) and self.status.st_nlink > 1

    @property
    def temporary_path(self) -> Path:
        """Where the new text is written first: the same name for the same target in every run."""
        digest = hashlib.sha256(os.fsencode(self.real_path.name)).hexdigest()[:_DIGITS]
        return self.real_path.with_name(_PART.format(digest))

    def digest(self) -> str | None:
        """The digest of what it holds now; None when it is not there. Raises OSError where it cannot be read."""
        try:
            return content_digest(self.real_path.read_bytes())
        except FileNotFoundError:
            return None


def content_digest(content: bytes) -> str:
    """A digest that tells contents apart."""
    return hashlib.sha256(content).hexdigest()


def is_temporary_name(name: str) -> bool:
    """Whether a file's name is one of `Target.part`."""
    start, end = _PART.split("{}")
    middle = name[len(start) : -len(end)]
    return name == f"{start}{middle}{end}" and len(middle) == _DIGITS and not set(middle) - set("0123456789abcdef")


def copy_attributes(handle: int, target: OutputFile) -> None:
    """Give an open file the owner, the mode and, where that is possible, the other attributes of its target.

    Raises PermissionError when the owner or the group cannot be kept.
    """
    old = target.status
    if old is None:
        return
    new = os.fstat(handle)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        try:
            os.fchown(handle, old.st_uid, old.st_gid)
        except OSError as error:
            raise PermissionError(error.errno, "its owner or its group could not be kept") from error
    _keep_extended(handle, target.real_path)
    os.fchmod(handle, stat.S_IMODE(old.st_mode))


def _keep_extended(handle: int, old: Path) -> None:
    """Copy what Linux keeps beside the mode, access control lists among it; a file system may refuse any of it."""
    if not hasattr(os, "listxattr"):
        return
    with suppress(OSError):
        wanted = os.listxattr(old)
        for name in set(os.listxattr(handle)) - set(wanted):  # what the directory gives to new files
            with suppress(OSError):
                os.removexattr(handle, name)
        for name in wanted:
            with suppress(OSError):
                os.setxattr(handle, name, os.getxattr(old, name))
