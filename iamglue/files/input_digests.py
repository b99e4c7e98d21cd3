"""Digests of a command's inputs before it reads them, if it may write to them later."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from iamglue.files.atomic_write import InputDigests
from iamglue.files.output_file import content_digest

_STANDARD = "-"


def read_input_digests(inputs: Iterable[str | None], *outputs: str | None) -> InputDigests:
    """The digests of the inputs that are also outputs, or are inside output directories.

    Call it before reading the inputs: then every later change is detected, whether or not it was read.
    """
    output_paths = [path for path in outputs if path is not None and path != _STANDARD]
    if not output_paths:
        return {}
    files = {_identity(target) for path in output_paths if (target := _status(path)) and stat.S_ISREG(target.st_mode)}
    folders = [Path(os.path.realpath(path)) for path in output_paths if Path(path).is_dir()]
    digests: dict[Path, str | None] = {}
    for path in inputs:
        status = None if path is None or path == _STANDARD else _status(path)
        if path is None or status is None or not stat.S_ISREG(status.st_mode):
            continue
        real = Path(os.path.realpath(path))
        if _identity(status) in files or any(real.is_relative_to(folder) for folder in folders):
            digests[real] = _digest(real)
    return digests


def _status(path: str) -> os.stat_result | None:
    """The status of the file that links lead to; None if there is no such file, or it may not be looked at."""
    try:
        return Path(path).stat()
    except (OSError, ValueError):  # the code that reads or writes it reports the error
        return None


def _identity(status: os.stat_result) -> tuple[int, int]:
    """Device and inode: equal for two paths of the same file."""
    return status.st_dev, status.st_ino


def _digest(path: Path) -> str | None:
    """The digest of a file's content; None if it cannot be read, as for a file that is missing."""
    try:
        return content_digest(path.read_bytes())
    except OSError:
        return None
