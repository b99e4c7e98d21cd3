"""Reads policies from JSON or YAML files; several paths can be joined with `+`."""

from __future__ import annotations

from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.text_files import display_path, read_text
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.document import read_located_policy

PATH_SEPARATOR = "+"


def read_policy_file(path: str) -> PolicyFile:
    """The policy at `path`, or on standard input for "-".

    Raises IamglueError if it cannot be read, and MultipleErrors, with locations, if the policy has problems.
    """
    name = display_path(path)
    located = read_located_policy(read_text(path), name)
    return PolicyFile(name, located.policy, located.statement_locations)


def read_policy_files(paths: str) -> tuple[PolicyFile, ...]:
    """The policies of the files joined with `+`; they are evaluated together.

    A `+` in the name of an existing file is part of the name. Raises the errors of `read_policy_file`.
    """
    names = split_paths(paths)
    if not all(names):
        raise IamglueError(f"`{paths}`: expected a file on each side of every `+`")
    return tuple(map(read_policy_file, names))


def split_paths(paths: str) -> tuple[str, ...]:
    """The paths joined with `+`."""
    return (paths,) if PATH_SEPARATOR not in paths or _exists(paths) else tuple(paths.split(PATH_SEPARATOR))


def _exists(path: str) -> bool:
    """Whether there is a file with this name; False for a text that cannot be the name of one."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # the path contains NUL, or is too long
        return False
