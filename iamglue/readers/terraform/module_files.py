"""The files of a Terraform module: the configuration files of a directory, and the files with values of variables.

https://developer.hashicorp.com/terraform/language/files
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock

from iamglue.errors import IamglueError
from iamglue.files.text_files import may_read_files, read_text
from iamglue.policy.source.json_reader import JsonReader
from iamglue.policy.source.nodes import Node
from iamglue.policy.source.source_text import SourceText, Syntax
from iamglue.readers.terraform.file_names import CONFIGURATION_SUFFIXES, is_automatic_values_path, is_configuration_path
from iamglue.readers.terraform.hcl_parser import parse_hcl
from iamglue.readers.terraform.hcl_syntax import HclBody

_MAX_FILES = 2_000
_MAX_FILE_SIZE = 4 * 1024 * 1024
# A parsed file takes about twelve times as many bytes as it has characters.
_CACHED_CHARACTERS = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class TextFile:
    """The path of a file as messages name it, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class DirectoryFiles:
    """The texts of a module's directory, and errors of files that cannot be read."""

    configuration: tuple[TextFile, ...] = ()
    values: tuple[TextFile, ...] = ()
    errors: tuple[IamglueError, ...] = ()

    @property
    def length(self) -> int:
        """The number of characters of all files."""
        return sum(len(file.text) for file in (*self.configuration, *self.values))


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A parsed file: the body of HCL, or the root of JSON."""

    path: str
    source: SourceText
    body: HclBody | None = None
    root: Node | None = None

    @property
    def is_override(self) -> bool:
        """Whether its blocks change those of other files: `override.tf` or `*_override.tf`.

        https://developer.hashicorp.com/terraform/language/files/override
        """
        name = Path(self.path).name
        stem = next((name.removesuffix(suffix) for suffix in CONFIGURATION_SUFFIXES if name.endswith(suffix)), name)
        return stem == "override" or stem.endswith("_override")


def directory_prefix(path: str) -> str:
    """The directory of a path with its slash; empty for the current directory."""
    return path.removesuffix(Path(path).name)


def read_directory(directory: str) -> DirectoryFiles:
    """The files of a directory, in the order of their names; `directory` ends with a slash, or is empty.

    No files if there is no such directory.
    """
    return _read_directory(directory, _listing(directory))


def configuration_files(file: TextFile) -> DirectoryFiles:
    """A file of a configuration, with the other files of its directory."""
    siblings = read_directory(directory_prefix(file.path))
    others = (sibling for sibling in siblings.configuration if sibling.path != file.path)
    return replace(siblings, configuration=(file, *others))


def without_siblings(paths: Sequence[str]) -> tuple[str, ...]:
    """The paths without configuration files of a directory that an earlier path is in: they are one deployment."""
    directories: set[str] = set()
    result = []
    for path in dict.fromkeys(paths):
        directory = posixpath.normpath(directory_prefix(path) or "." if is_configuration_path(path) else path)
        if directory not in directories:
            result.append(path)
            directories.add(directory)
    return tuple(result)


def has_configuration(directory: str) -> bool:
    """Whether a directory has files of a Terraform configuration."""
    prefix = posixpath.normpath(directory) + "/"
    return any(is_configuration_path(name) for name, _, _ in _listing(prefix))


def _listing(directory: str) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of each file of a module; a change of them is a change of the module."""
    if not may_read_files():
        return ()
    try:
        with os.scandir(directory or ".") as entries:
            files = [entry for entry in entries if _is_module_file(entry.name)]
            return tuple(sorted((entry.name, entry.stat().st_mtime_ns, entry.stat().st_size) for entry in files))
    except (OSError, ValueError):
        return ()


def _is_module_file(name: str) -> bool:
    return name.endswith((*CONFIGURATION_SUFFIXES, ".tfvars", ".tfvars.json")) and not name.startswith((".", "#"))


@lru_cache(maxsize=4)
def _read_directory(directory: str, listing: tuple[tuple[str, int, int], ...]) -> DirectoryFiles:
    """The files with a configuration, and those whose values Terraform loads without an option."""
    configuration: list[TextFile] = []
    values: list[TextFile] = []
    errors: list[IamglueError] = []
    for name, _, _ in listing[:_MAX_FILES]:
        path = f"{directory}{name}"
        is_values = name.endswith((".tfvars", ".tfvars.json"))
        if is_values and not is_automatic_values_path(name):
            continue
        try:
            (values if is_values else configuration).append(TextFile(path, read_text(path, _MAX_FILE_SIZE)))
        except IamglueError as error:
            errors.append(error)
    if len(listing) > _MAX_FILES:
        errors.append(IamglueError(f"the directory has more than {_MAX_FILES:,} files", hint=directory))
    return DirectoryFiles(tuple(_without_tofu_doubles(configuration)), tuple(sorted(values, key=_rank)), tuple(errors))


def _without_tofu_doubles(files: Sequence[TextFile]) -> Sequence[TextFile]:
    """The files without a .tf file that a .tofu file of the same name replaces.

    https://opentofu.org/docs/language/files/
    """
    names = [Path(file.path).name for file in files]
    replaced = {name.replace(".tofu", ".tf") for name in names if ".tofu" in name}
    return [file for file, name in zip(files, names, strict=True) if name not in replaced]


def _rank(file: TextFile) -> tuple[int, str]:
    """The order of precedence: later files override earlier ones.

    https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
    """
    name = Path(file.path).name
    return (("terraform.tfvars", "terraform.tfvars.json").index(name) if ".auto." not in name else 2), name


_parsed: dict[TextFile, ModuleFile] = {}
_parsed_lock = Lock()


def parse_module_file(file: TextFile) -> ModuleFile:
    """The parsed file; recent ones are kept. Raises IamglueError for a malformed file."""
    parsed_file = _parsed.get(file)
    if parsed_file is not None:
        return parsed_file
    parsed_file = _parse(file)
    with _parsed_lock:
        while _parsed and sum(len(other.text) for other in _parsed) + len(file.text) > _CACHED_CHARACTERS:
            del _parsed[next(iter(_parsed))]
        if len(file.text) <= _CACHED_CHARACTERS:
            _parsed[file] = parsed_file
    return parsed_file


def _parse(file: TextFile) -> ModuleFile:
    """Parse a file without the cache. Raises IamglueError for a malformed file."""
    text = file.text.removeprefix("\ufeff")
    if file.path.endswith(".json"):
        source = SourceText(file.path, text)
        source.is_template = True
        root = JsonReader(source).read().documents[0]
        return ModuleFile(file.path, source, root=root)
    source = SourceText(file.path, text, Syntax.HCL)
    return ModuleFile(file.path, source, body=parse_hcl(source))
