"""Whether a file is a part of a Serverless Framework service: `${file(statements.yml)}` in its serverless.yml.

https://www.serverless.com/framework/docs/guides/variables#reference-properties-in-other-files
"""

from __future__ import annotations

import re
from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.text_files import read_text

# The names that the framework's command line looks for.
_NAMES = tuple(f"serverless.{suffix}" for suffix in ("yml", "yaml", "json", "js", "ts", "cjs", "mjs"))
_MAX_PARENTS = 4
_FILE = re.compile(r"file\(\s*([^()]+?)\s*\)")


def is_included(path: str) -> bool:
    """Whether the configuration of a service in the file's directory, or in one above it, includes the file."""
    file = Path(path)
    for directory in list(file.parents)[:_MAX_PARENTS]:
        for name in _NAMES:
            configuration = directory / name
            if configuration.is_file() and configuration != file:
                return any(_is_same(directory / location, file) for location in _included_paths(str(configuration)))
    return False


def _included_paths(configuration: str) -> list[str]:
    """The paths of the files that a configuration includes; none if it cannot be read."""
    try:
        return _FILE.findall(read_text(configuration))
    except IamglueError:
        return []


def _is_same(path: Path, file: Path) -> bool:
    """Whether a path that a configuration names is the file."""
    try:
        return path.samefile(file)
    except (OSError, ValueError):  # there is no such file, or the path has a variable in it
        return False
