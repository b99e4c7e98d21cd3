"""The files that are to be linted: those that are named, and under directories those that policies may be in."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from iamglue.errors import IamglueError, Location
from iamglue.files.text_files import special_file_kind

POLICY_SUFFIXES = (".json", ".yaml", ".yml", ".tf")
# Folders of tools, full of other people's files.
_FOREIGN = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "cdk.out"})


@dataclass(frozen=True, slots=True)
class PolicyPaths:
    """Every path once, in order; directories that could not be read; and what in them is no file, with what it is."""

    paths: tuple[str, ...]
    unreadable: tuple[IamglueError, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


def find_policy_paths(paths: Iterable[str], exclude: Iterable[str] = ()) -> PolicyPaths:
    """The paths of policies; a directory stands for its files, sorted, without hidden folders.

    `exclude` are patterns with `*` and `?` for paths that are found in directories or named.
    """
    search = _Search(tuple(exclude))
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - that of pathlib raises where the directory above may not be read
            search.below(path)
        else:
            search.add(path)
    return PolicyPaths(tuple(search.found), tuple(search.unread), tuple(search.left_out.items()))


class _Search:
    """What was found so far."""

    def __init__(self, exclude: tuple[str, ...]) -> None:
        self._exclude = exclude
        self.found: dict[str, None] = {}
        self.unread: list[IamglueError] = []
        self.left_out: dict[str, str] = {}

    def add(self, path: str) -> None:
        if not self._is_excluded(path):
            self.found[path] = None

    def below(self, folder: str) -> None:
        for place, folders, names in os.walk(folder, onerror=self._missed):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _FOREIGN)
            for name in sorted(names):
                if name.endswith(POLICY_SUFFIXES):
                    self._add_found(os.path.join(place, name))  # noqa: PTH118 - as fast as can be

    def _add_found(self, path: str) -> None:
        try:
            kind = special_file_kind(Path(path).stat().st_mode)
        except OSError:  # a link to nothing, say: whoever reads it tells
            kind = None
        if kind is None:
            self.add(path)
        elif not self._is_excluded(path):
            self.left_out[path] = kind

    def _missed(self, error: OSError) -> None:
        folder = os.fsdecode(error.filename)
        if not self._is_excluded(folder) and not self._is_excluded(os.path.join(folder, "")):  # noqa: PTH118
            reason = (error.strerror or str(error)).lower()
            self.unread.append(IamglueError(f"cannot read the directory: {reason}", location=Location(folder)))

    def _is_excluded(self, path: str) -> bool:
        return any(fnmatchcase(path, pattern) for pattern in self._exclude)
