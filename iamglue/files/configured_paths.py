"""Paths as the patterns of a configuration name them: relative to the directory of its file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from iamglue.files.text_files import STDIN_PATH


@dataclass(frozen=True, slots=True)
class ConfigFolder:
    """The directory of a configuration file, and the working directory from which paths are named."""

    folder: Path
    working_directory: Path

    def relative(self, path: str) -> str:
        """The path from the directory of the configuration file, with forward slashes."""
        return path if path == STDIN_PATH else _relative(path, str(self.folder), str(self.working_directory))


@lru_cache(maxsize=4096)
def _relative(path: str, folder: str, working_directory: str) -> str:
    """The path from a directory, with forward slashes; links are resolved only if it would start with `..`."""
    whole = os.path.join(working_directory, path)  # noqa: PTH118 - thousands of times faster than pathlib in a large run
    relative = os.path.relpath(whole, folder)
    if relative.startswith(".."):  # an absolute path may lead there by symbolic links
        parent, name = os.path.split(whole)
        relative = os.path.relpath(f"{os.path.realpath(parent)}/{name}", os.path.realpath(folder))
    return relative.replace(os.sep, "/")


def matches_path(path: str, pattern: str, base: ConfigFolder | None) -> bool:
    """Whether a pattern with `*` and `?` matches a path; a pattern that is not absolute is relative to `base`."""
    pattern = without_dot(pattern)
    return fnmatchcase(_name_for(pattern, path, base), pattern)


def is_excluded(path: str, patterns: Iterable[str], base: ConfigFolder | None = None) -> bool:
    """Whether a pattern matches a path, or a directory that it is in, with or without a slash at its end."""
    for pattern in map(without_dot, patterns):
        name, wanted = _name_for(pattern, path, base), pattern.rstrip("/") or pattern
        if any(fnmatchcase(part, wanted) for part in _with_parents(name)):
            return True
    return False


def _name_for(pattern: str, path: str, base: ConfigFolder | None) -> str:
    """The path as a pattern names it: from the directory of the configuration, or absolute."""
    if base is None:
        return path
    return str(base.working_directory / path) if pattern.startswith("/") else base.relative(path)


def _with_parents(path: str) -> Iterator[str]:
    """The path, then each directory that it is in, from the innermost one."""
    yield path
    position = path.rfind("/", 1)
    while position > 0:
        yield path[:position]
        position = path.rfind("/", 1, position)


def without_dot(path: str) -> str:
    """The path without a leading `./`, so that each file has one name, in baselines and settings too."""
    while path.startswith("./") and path.strip("./"):
        path = path[2:].lstrip("/")
    return path
