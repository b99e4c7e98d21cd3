"""Finds the files to lint: the named files, and the files in named directories that can contain policies."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from iamglue.errors import IamglueError, Location
from iamglue.files.configured_paths import ConfigFolder, is_excluded, without_dot
from iamglue.files.text_files import special_file_kind

_DOCUMENT_SUFFIXES = (".json", ".yaml", ".yml")
_CONFIGURATION_SUFFIXES = (".tf", ".tofu")  # Terraform reads no file with another spelling of them
# Folders of tools, which contain third-party files.
SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "cdk.out"})


@dataclass(frozen=True, slots=True)
class PolicyPaths:
    """Each path once, in order; directories that could not be read; skipped special files and what each of them is."""

    paths: tuple[str, ...]
    unreadable: tuple[IamglueError, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


def has_policy_suffix(path: str) -> bool:
    """Whether files with such a name can contain policies."""
    return path.lower().endswith(_DOCUMENT_SUFFIXES) or path.endswith(_CONFIGURATION_SUFFIXES)


def find_policy_paths(
    paths: Iterable[str], exclude: Iterable[str] = (), base: ConfigFolder | None = None
) -> PolicyPaths:
    """The paths of files that can contain policies; of a directory the sorted files, without hidden folders.

    `exclude` are patterns with `*` and `?`, relative to `base`; they apply to named paths and to paths in directories.
    """
    search = _PathSearch(tuple(exclude), base)
    for path in map(without_dot, paths):
        if os.path.isdir(path):  # noqa: PTH112 - pathlib raises if the parent directory is not readable
            search.add_folder(path)
        else:
            search.add(path)
    return PolicyPaths(tuple(search.paths), tuple(search.unreadable), tuple(search.skipped.items()))


class _PathSearch:
    """The paths, errors and skipped files of one search."""

    def __init__(self, exclude: tuple[str, ...], base: ConfigFolder | None) -> None:
        self._exclude = exclude
        self._base = base
        self.paths: dict[str, None] = {}
        self.unreadable: list[IamglueError] = []
        self.skipped: dict[str, str] = {}

    def add(self, path: str) -> None:
        """Add a path unless it is excluded."""
        if not self._is_excluded(path):
            self.paths[path] = None

    def add_folder(self, folder: str) -> None:
        """Add the files in a folder that can contain policies."""
        for parent, folders, names in os.walk(folder, onerror=self._add_unreadable):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS)
            for name in sorted(names):
                if has_policy_suffix(name):
                    self._add_file(without_dot(os.path.join(parent, name)))  # noqa: PTH118 - faster than pathlib

    def _add_file(self, path: str) -> None:
        """Add a file; a special file, such as a pipe, is skipped, because reading it may block."""
        try:
            kind = special_file_kind(Path(path).stat().st_mode)
        except OSError:  # such as a dangling link: reading the file reports the error
            kind = None
        if kind is None:
            self.add(path)
        elif not self._is_excluded(path):
            self.skipped[path] = kind

    def _add_unreadable(self, error: OSError) -> None:
        """Record a directory that cannot be listed, unless all that is in it is excluded."""
        folder = os.fsdecode(error.filename)
        # A pattern such as `private/*` excludes all that is in the directory.
        if not self._is_excluded(folder) and not self._is_excluded(f"{folder}/*"):
            reason = (error.strerror or str(error)).lower()
            self.unreadable.append(IamglueError(f"cannot read the directory: {reason}", location=Location(folder)))

    def _is_excluded(self, path: str) -> bool:
        return is_excluded(path, self._exclude, self._base)
