"""Files that are templates of Terraform: a configuration near them renders them with values."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from iamglue.readers.policy_paths import SKIPPED_FOLDERS
from iamglue.readers.terraform.file_names import is_configuration_path

# https://developer.hashicorp.com/terraform/language/functions/templatefile
_CALL = re.compile(r'\btemplatefile\(\s*"([^"\n]*)"')
_INSERTIONS = ("${", "%{")
# How many directories above a template its configuration may be, as in `templatefile("policies/reader.json", {...})`.
_MAX_LEVELS = 3
_MAX_BYTES = 4 * 1024 * 1024
_MAX_FOLDERS = 5_000


def find_rendering_file(path: str, text: str, terraform_files: tuple[str, ...] = ()) -> str | None:
    """The Terraform file that renders a file as a template; None if it is not known to be a template.

    It is in a directory above the template, one of `terraform_files`, or in the repository of the template (without a
    repository, below the current directory).
    """
    if not any(insertion in text for insertion in _INSERTIONS):
        return None
    directory, file = Path(path).parent, Path(path).absolute()
    for level, folder in enumerate(file.parents[: _MAX_LEVELS + 1]):
        tail = file.relative_to(folder).as_posix()
        for name, rendered in _calls(folder):
            if rendered == tail:
                return os.path.normpath(directory.joinpath(*[".."] * level, name))
    here = Path.cwd()
    renderer = _rendering_files(terraform_files, here).get(os.path.normpath(file))
    root = _root(file, here)
    if renderer is not None or root is None:
        return renderer
    return _rendering_files(_configuration_files(root, here), here).get(os.path.normpath(file))


def _root(file: Path, here: Path) -> Path | None:
    """The repository of a file, or the current directory if the file is below it and in no repository."""
    repository = next((folder for folder in file.parents if (folder / ".git").exists()), None)
    return repository or (here if here in file.parents else None)


@lru_cache(maxsize=4)
def _configuration_files(root: Path, here: Path) -> tuple[str, ...]:
    """The Terraform files below a directory, as they are named from `here`; of a large tree the first ones."""
    paths: list[str] = []
    for number, (parent, folders, names) in enumerate(os.walk(root)):
        if number > _MAX_FOLDERS:
            break
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS)
        paths += (os.path.relpath(Path(parent, name), here) for name in sorted(names) if is_configuration_path(name))
    return tuple(paths)


@lru_cache(maxsize=4)
def _rendering_files(terraform_files: tuple[str, ...], here: Path) -> dict[str, str]:
    """The templates that files of Terraform render, as absolute paths, each with the first of these files."""
    renderers: dict[str, str] = {}
    for path in terraform_files:
        folder = here / Path(path).parent
        for rendered in _rendered_paths(Path(path)):
            renderers.setdefault(os.path.normpath(folder / rendered), path)
    return renderers


def _calls(folder: Path) -> Iterator[tuple[str, str]]:
    """The files that the configuration in a directory renders, each after the name of the file that says so."""
    try:
        files = sorted(file for file in folder.iterdir() if is_configuration_path(file.name) and file.is_file())
    except OSError:
        return
    for file in files:
        for rendered in _rendered_paths(file):
            yield file.name, rendered


def _rendered_paths(file: Path) -> Iterator[str]:
    """The templates that one file of Terraform renders, relative to its directory."""
    try:
        content = file.read_bytes() if file.is_file() and file.stat().st_size <= _MAX_BYTES else b""
    except OSError:
        return
    for rendered in _CALL.findall(content.decode("utf-8", "replace")):
        yield rendered.removeprefix("${path.module}/").removeprefix("./")
