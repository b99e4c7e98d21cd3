"""The files of one commit that is compared: in a temporary directory, where readers find a file's neighbours."""

from __future__ import annotations

import contextlib
import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from iamglue.changes.units import may_read_other_files, read_directory_unit, read_file_unit
from iamglue.files.configured_paths import is_excluded
from iamglue.files.git_tree import WrittenTree
from iamglue.model.access_change import EMPTY_UNIT, AccessUnit
from iamglue.readers.policy_paths import has_policy_suffix
from iamglue.readers.terraform.file_names import is_configuration_path

# Folders of tools, which contain third-party files and what they wrote.
_SKIPPED_FOLDERS = frozenset({"node_modules", "venv", "site-packages", "cdk.out", ".terraform", ".git"})


def is_in_skipped_folder(path: str) -> bool:
    """Whether a path is in a folder of third-party files: these are compared only if they changed."""
    return bool(_SKIPPED_FOLDERS & {*path.split("/")})


class ReviewedTree:
    """The files of one commit below a temporary directory."""

    def __init__(self, tree: WrittenTree, exclude: Sequence[str]) -> None:
        self.missing = tree.missing
        self.directory_links = tree.directory_links
        self.links = {path: target for path, target in tree.links.items() if not is_excluded(path, exclude)}
        self._folder = tree.folder
        files = (path.relative_to(tree.folder).as_posix() for path in tree.folder.rglob("*") if path.is_file())
        self.paths = sorted(path for path in files if not is_excluded(path, exclude))
        self._all = frozenset(self.paths)
        self.directories: dict[str, list[str]] = {}
        for path in self.paths:
            if is_configuration_path(path):
                self.directories.setdefault(posixpath.dirname(path), []).append(path)

    def text(self, path: str) -> str | None:
        """The text of a file; None if it is not one of these files. Bytes that are not UTF-8 are replaced."""
        return (self._folder / path).read_bytes().decode("utf-8", "replace") if path in self._all else None

    @cached_property
    def _readers(self) -> tuple[str, ...]:
        """The files that may read others: Terraform and templates."""
        configuration = (path for paths in self.directories.values() for path in paths)
        return (*configuration, *self.linked_files())

    def reads(self, path: str) -> bool:
        """Whether a Terraform file or a template has the name of a file in its text."""
        return self.mentions(self._readers, [posixpath.basename(path)])

    def file_unit(self, path: str | None, *, is_policy: bool = False) -> AccessUnit:
        """The holders of policies in a file; none if there is no such file. `is_policy` is that of `read_file_unit`."""
        if path is None:
            return EMPTY_UNIT
        if path in self.missing:
            return AccessUnit({(): {}}, (self.missing[path],), failed=True)
        with contextlib.chdir(self._folder):  # so that readers find its neighbours, by the names that reports show
            return read_file_unit(path, is_policy=is_policy)

    def directory_unit(self, directory: str | None) -> AccessUnit:
        """The holders of policies in a Terraform configuration; none if there is none."""
        if directory is None:
            return EMPTY_UNIT
        lost = [path for path in self.missing if posixpath.dirname(path) == directory and is_configuration_path(path)]
        with contextlib.chdir(self._folder):
            unit = read_directory_unit(directory, self.directories.get(directory, ()))
        texts = tuple(f"{path}: {self.missing[path]}" for path in lost)
        return replace(unit, unknown=(*texts, *unit.unknown), failed=unit.failed or bool(lost))

    def mentions(self, paths: Iterable[str], names: Iterable[str]) -> bool:
        """Whether one of the files has one of the names in its text."""
        wanted = [os.fsencode(name) for name in names]
        contents = [(self._folder / path).read_bytes() for path in paths if path in self._all]
        return any(name in content for content in contents for name in wanted)

    def linked_files(self) -> Iterator[str]:
        """The JSON and YAML files that may read other files."""
        for path in self.paths:
            if has_policy_suffix(path) and not is_configuration_path(path):
                if is_in_skipped_folder(path):
                    continue
                content = (self._folder / Path(path)).read_bytes()
                if may_read_other_files(content.decode("utf-8", "replace")):
                    yield path
