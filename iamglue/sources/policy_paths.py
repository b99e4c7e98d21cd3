"""The files that are to be linted: those that are named, and under directories those that policies may be in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

SUFFIXES = (".json", ".yaml", ".yml", ".tf")
# Folders of tools, full of other people's files.
_FOREIGN = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "cdk.out"})


def policy_paths(paths: Iterable[str], exclude: Iterable[str] = ()) -> tuple[str, ...]:
    """Every path once, in order; a directory stands for its files, sorted, without hidden folders.

    `exclude` are patterns with `*` and `?` for paths that are found in directories or named.
    """
    patterns = tuple(exclude)
    found = (each for path in paths for each in (_below(path) if Path(path).is_dir() else (path,)))
    return tuple(dict.fromkeys(each for each in found if not any(fnmatchcase(each, pattern) for pattern in patterns)))


def _below(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _FOREIGN)
        yield from (os.path.join(place, name) for name in sorted(names) if name.endswith(SUFFIXES))  # noqa: PTH118
