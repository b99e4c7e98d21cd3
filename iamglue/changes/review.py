"""Compares the access in two commits of a Git repository: every changed file, and files that read a changed one."""

from __future__ import annotations

import contextlib
import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from iamglue.changes.comparison import compare_units
from iamglue.changes.units import may_read_other_files, read_directory_unit, read_file_unit
from iamglue.files.git_repository import GitChange, GitRepository
from iamglue.files.git_tree import WrittenTree, written_tree
from iamglue.model.access_change import EMPTY_UNIT, AccessChanges, AccessUnit, ChangeStatus, UnitChange
from iamglue.readers.policy_paths import POLICY_SUFFIXES
from iamglue.readers.terraform.file_names import is_configuration_path

_VALUE_SUFFIXES = (".tfvars", ".tfvars.json")
# No template or Terraform configuration gets a policy from such a file, unless it names the file.
_SOURCE_CODE_SUFFIXES = (
    *(".py", ".pyi", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".go", ".java", ".kt", ".rb", ".rs", ".cs", ".sh"),
    *(".md", ".rst", ".html", ".css", ".lock", ".toml", ".cfg", ".ini", ".png", ".jpg", ".svg"),
)
_SKIPPED_FOLDERS = frozenset({"node_modules", "venv", "site-packages", "cdk.out", ".terraform", ".git"})


@dataclass(frozen=True, slots=True)
class _UnitPaths:
    """Where a unit is in both commits; None if it is in one of them only."""

    old: str | None
    new: str | None
    status: ChangeStatus
    reads_change: bool = True


def review_changes(repository: GitRepository, base: str, head: str, exclude: Sequence[str] = ()) -> AccessChanges:
    """What the commit `head` adds to and removes from the access in the commit `base`.

    Files that match a pattern of `exclude` are not compared. Raises IamglueError if Git cannot read a commit.
    """
    changes = repository.changes(base, head)
    excluded = [path for change in changes if _is_excluded(path := change.new_path or change.old_path or "", exclude)]
    compared_changes = [change for change in changes if (change.new_path or change.old_path) not in excluded]
    result = AccessChanges(base[:12], head[:12], changed_count=len(changes), excluded=tuple(excluded))
    if not compared_changes:
        return result
    with ExitStack() as stack:
        trees = [stack.enter_context(written_tree(repository, repository.tree(commit))) for commit in (base, head)]
        old, new = (_Tree(tree, exclude) for tree in trees)
        units = [*_file_units(compared_changes, old, new), *_directory_units(compared_changes, old, new)]
        compared = [_compare(unit, old, new) for unit in units]
    reported = [unit for unit in compared if unit.status is not ChangeStatus.AFFECTED or not unit.is_unchanged]
    return replace(result, units=tuple(sorted(reported, key=lambda unit: unit.path)))


class _Tree:
    """The files of one commit below a temporary directory."""

    def __init__(self, tree: WrittenTree, exclude: Sequence[str]) -> None:
        self.missing = tree.missing
        self._folder = tree.folder
        files = (path.relative_to(tree.folder).as_posix() for path in tree.folder.rglob("*") if path.is_file())
        self.paths = sorted(path for path in files if not _is_excluded(path, exclude))
        self._all = frozenset(self.paths)
        self.directories: dict[str, list[str]] = {}
        for path in self.paths:
            if is_configuration_path(path) and not _SKIPPED_FOLDERS & {*path.split("/")}:
                self.directories.setdefault(posixpath.dirname(path), []).append(path)

    def file_unit(self, path: str | None) -> AccessUnit:
        """The holders of policies in a file; none if there is no such file."""
        if path is None:
            return EMPTY_UNIT
        if path in self.missing:
            return AccessUnit({(): {}}, (self.missing[path],), failed=True)
        with contextlib.chdir(self._folder):  # so that readers find its neighbours, by the names that reports show
            return read_file_unit(path)

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
            if path.endswith(POLICY_SUFFIXES) and not is_configuration_path(path):
                if _SKIPPED_FOLDERS & {*path.split("/")}:
                    continue
                content = (self._folder / Path(path)).read_bytes()
                if may_read_other_files(content.decode("utf-8", "replace")):
                    yield path


def _compare(unit: _UnitPaths, old: _Tree, new: _Tree) -> UnitChange:
    path = unit.new if unit.new is not None else unit.old or ""
    if path.endswith("/"):
        before, after = old.directory_unit(_directory(unit.old)), new.directory_unit(_directory(unit.new))
    else:
        before, after = old.file_unit(unit.old), new.file_unit(unit.new)
    change = compare_units(path, unit.status, before, after, reads_change=unit.reads_change)
    return replace(change, old_path=unit.old if unit.old not in (None, path) else None)


def _directory(path: str | None) -> str | None:
    return None if path is None else "" if path == "./" else path.removesuffix("/")


def _file_units(changes: Iterable[GitChange], old: _Tree, new: _Tree) -> Iterator[_UnitPaths]:
    """The changed JSON and YAML files, and unchanged ones that may read a changed file."""
    changed: set[str] = set()
    for change in changes:
        before, after = (path if path and _is_document(path) else None for path in (change.old_path, change.new_path))
        changed |= {path for path in (before, after) if path}
        if before or after:
            status = (
                ChangeStatus.ADDED
                if before is None
                else ChangeStatus.REMOVED
                if after is None
                else ChangeStatus.CHANGED
            )
            yield _UnitPaths(before, after, status)
    names, is_affected = _base_names(changes), any(map(_may_be_read, changes))
    both = {*old.linked_files(), *new.linked_files()} - changed
    for path in sorted(both & {*old.paths} & {*new.paths}):
        reads_change = new.mentions([path], names)
        if reads_change or is_affected:
            yield _UnitPaths(path, path, ChangeStatus.AFFECTED, reads_change)


def _directory_units(changes: Sequence[GitChange], old: _Tree, new: _Tree) -> Iterator[_UnitPaths]:
    """The Terraform configurations with a changed file, and others if they may read a changed file."""
    changed = {
        posixpath.dirname(path)
        for change in changes
        for path in (change.old_path, change.new_path)
        if path and (is_configuration_path(path) or path.endswith(_VALUE_SUFFIXES))
    }
    names, is_affected = _base_names(changes), any(map(_may_be_read, changes))
    for directory in sorted({*old.directories, *new.directories}):
        paths = new.directories.get(directory, ())
        reads_change = directory in changed or new.mentions(paths, names)
        if reads_change or is_affected:
            before, after = (f"{directory or '.'}/" if directory in tree.directories else None for tree in (old, new))
            status = ChangeStatus.CHANGED if directory in changed else ChangeStatus.AFFECTED
            status = ChangeStatus.ADDED if before is None else ChangeStatus.REMOVED if after is None else status
            yield _UnitPaths(before, after, status, reads_change or status is not ChangeStatus.AFFECTED)


def _base_names(changes: Iterable[GitChange]) -> frozenset[str]:
    """The names of the changed files, without their directories."""
    return frozenset(
        posixpath.basename(path) for change in changes for path in (change.old_path, change.new_path) if path
    )


def _may_be_read(change: GitChange) -> bool:
    """Whether a template or a Terraform configuration may read the file without writing its name."""
    paths = (change.old_path, change.new_path)
    return any(path is not None and not path.lower().endswith(_SOURCE_CODE_SUFFIXES) for path in paths)


def _is_document(path: str) -> bool:
    return path.endswith(POLICY_SUFFIXES) and not is_configuration_path(path) and not path.endswith(_VALUE_SUFFIXES)


def _is_excluded(path: str, exclude: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in exclude)
