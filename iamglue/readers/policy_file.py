"""Policies from files: JSON or YAML, one or several joined with `+`."""

from __future__ import annotations

from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.text_files import display_path, read_text
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.document import read_located_policy

PATH_SEPARATOR = "+"


def read_policy_file(path: str) -> PolicyFile:
    """The policy at `path`, or on standard input for "-".

    Raises IamglueError when it cannot be read, and Problems with the place of everything that is wrong in it.
    """
    shown = display_path(path)
    placed = read_located_policy(read_text(path), shown)
    return PolicyFile(shown, placed.policy, placed.statement_locations)


def read_policy_files(paths: str) -> tuple[PolicyFile, ...]:
    """The policies of several files joined with `+`, which are evaluated together.

    A `+` in the name of a file that is there belongs to the name. Raises as `read_policy_file` does.
    """
    names = split_paths(paths)
    if not all(names):
        raise IamglueError(f"`{paths}`: expected a file on each side of every `+`")
    return tuple(map(read_policy_file, names))


def split_paths(paths: str) -> tuple[str, ...]:
    """The names of files joined with `+`."""
    return (paths,) if PATH_SEPARATOR not in paths or _is_there(paths) else tuple(paths.split(PATH_SEPARATOR))


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # a NUL in it, or a name too long
        return False
