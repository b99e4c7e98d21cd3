"""Compares the access in two commits of a Git repository: every changed file, and files that read a changed one."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from iamglue.changes.comparison import compare_units
from iamglue.changes.reviewed_tree import ReviewedTree, is_in_skipped_folder
from iamglue.changes.unread_files import is_program, is_text_for_people, may_be_policy, unread_reason
from iamglue.files.configured_paths import is_excluded
from iamglue.files.git_repository import GitChange, GitRepository
from iamglue.files.git_tree import written_tree
from iamglue.model.access_change import AccessChanges, ChangeStatus, UnitChange
from iamglue.readers.policy_paths import has_policy_suffix
from iamglue.readers.terraform.file_names import is_automatic_values_path, is_configuration_path

_VALUE_SUFFIXES = (".tfvars", ".tfvars.json")
# No template or Terraform configuration gets a policy from such a file, unless it names the file.
_SOURCE_CODE_SUFFIXES = (
    *(".py", ".pyi", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".go", ".java", ".kt", ".rb", ".rs", ".cs", ".sh"),
    *(".md", ".rst", ".html", ".css", ".lock", ".toml", ".cfg", ".ini", ".png", ".jpg", ".svg"),
)


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
    excluded = [path for change in changes if is_excluded(path := change.new_path or change.old_path or "", exclude)]
    changes_to_compare = [change for change in changes if change.new_path not in excluded]
    # A file that is moved to where files are excluded is gone from where they are compared.
    moved = (GitChange(change.old_path, None) for change in changes if change.new_path in excluded and change.old_path)
    changes_to_compare += [change for change in moved if not is_excluded(change.old_path or "", exclude)]
    result = AccessChanges(base[:12], head[:12], changed_count=len(changes), excluded=tuple(excluded))
    if not changes_to_compare:
        return result
    with ExitStack() as stack:
        trees = [stack.enter_context(written_tree(repository, repository.tree(commit))) for commit in (base, head)]
        old, new = (ReviewedTree(tree, exclude) for tree in trees)
        changes_to_compare += _changed_links(changes_to_compare, old, new)
        links = {*old.directory_links, *new.directory_links}
        changes_to_compare = [change for change in changes_to_compare if not _is_link(change, links)]
        units, unread = _file_units(changes_to_compare, old, new)
        units += [*_affected_files(changes_to_compare, units, old, new)]
        units += _directory_units(changes_to_compare, old, new)
        compared = [*(_compare_unit(unit, old, new) for unit in units), *unread.units]
    reported = [unit for unit in compared if unit.status is not ChangeStatus.AFFECTED or not unit.is_unchanged]
    return replace(
        result, units=tuple(sorted(reported, key=lambda unit: unit.path)), not_read=tuple(sorted(unread.other))
    )


def _compare_unit(unit: _UnitPaths, old: ReviewedTree, new: ReviewedTree) -> UnitChange:
    """The change of a unit. A policy file of one version is read as one in the other too, if it is malformed there."""
    path = unit.new if unit.new is not None else unit.old or ""
    if path.endswith("/"):
        before, after = old.directory_unit(_directory(unit.old)), new.directory_unit(_directory(unit.new))
    else:
        before, after = old.file_unit(unit.old), new.file_unit(unit.new)
        if unit.old and unit.new and bool(before.holders) != bool(after.holders):
            before, after = old.file_unit(unit.old, is_policy=True), new.file_unit(unit.new, is_policy=True)
    change = compare_units(path, unit.status, before, after, reads_change=unit.reads_change)
    return replace(change, old_path=unit.old if unit.old not in (None, path) else None)


def _directory(path: str | None) -> str | None:
    return None if path is None else "" if path == "./" else path.removesuffix("/")


@dataclass(slots=True)
class _Unread:
    """Changed files that are not compared: those that may give access, as units, and the paths of the others."""

    units: list[UnitChange] = field(default_factory=list)
    other: list[str] = field(default_factory=list)


def _changed_links(changes: Sequence[GitChange], old: ReviewedTree, new: ReviewedTree) -> Iterator[GitChange]:
    """The symbolic links that did not change, to files that did, and the files of directories to which links lead."""
    changed = {path for change in changes for path in (change.old_path, change.new_path)}
    for path in sorted({*old.links, *new.links} - changed):
        if old.links.get(path) != new.links.get(path):
            was_there, is_there = (path in tree.links or path in tree.missing for tree in (old, new))
            yield GitChange(path if was_there else None, path if is_there else None)


def _is_link(change: GitChange, directory_links: Collection[str]) -> bool:
    """Whether a change is only of links to directories, whose files are compared."""
    paths = [path for path in (change.old_path, change.new_path) if path is not None]
    return all(path in directory_links for path in paths)


def _file_units(changes: Iterable[GitChange], old: ReviewedTree, new: ReviewedTree) -> tuple[list[_UnitPaths], _Unread]:
    """The changed files that are compared, and what is not."""
    units: list[_UnitPaths] = []
    unread = _Unread()
    for change in changes:
        before, after = (path if path and _is_document(path) else None for path in (change.old_path, change.new_path))
        if before is None:
            before = _policy_path(change.old_path, old, new, was_document=after is not None)
        if after is None:
            after = _policy_path(change.new_path, new, old, was_document=before is not None)
        if before or after:
            units.append(_UnitPaths(before, after, _change_status(before, after)))
        elif not any(path and _is_read_by_terraform(path, old, new) for path in (change.old_path, change.new_path)):
            path = change.new_path or change.old_path or ""
            reason = unread_reason(change, old, new)
            if reason is None:
                unread.other.append(path)
            else:
                status = _change_status(change.old_path, change.new_path)
                failed = reason.is_failed
                unread.units.append(UnitChange(path, status, unknown=(reason.text,), failed=failed))
    return units, unread


def _change_status(before: str | None, after: str | None) -> ChangeStatus:
    return ChangeStatus.ADDED if before is None else ChangeStatus.REMOVED if after is None else ChangeStatus.CHANGED


def _policy_path(path: str | None, tree: ReviewedTree, other: ReviewedTree, *, was_document: bool) -> str | None:
    """The path of a file of another kind if it may be a policy that nothing reads; `was_document` by its other name."""
    if path is None or _is_of_terraform(path) or is_program(path) or is_text_for_people(path):
        return None
    text = tree.text(path)
    if text is None:
        return None
    is_wanted = was_document or (may_be_policy(text) and not tree.reads(path) and not other.reads(path))
    return path if is_wanted else None


def _is_of_terraform(path: str) -> bool:
    return is_configuration_path(path) or path.endswith(_VALUE_SUFFIXES)


def _is_read_by_terraform(path: str, old: ReviewedTree, new: ReviewedTree) -> bool:
    """Whether a file is compared with its directory: one of the configuration, or of values that it reads by itself."""
    if is_configuration_path(path):
        return True
    folder = posixpath.dirname(path)
    return is_automatic_values_path(path) and (folder in old.directories or folder in new.directories)


def _affected_files(
    changes: Iterable[GitChange], units: Iterable[_UnitPaths], old: ReviewedTree, new: ReviewedTree
) -> Iterator[_UnitPaths]:
    """The unchanged JSON and YAML files that may read a changed file."""
    changed = {path for unit in units for path in (unit.old, unit.new)}
    names, is_affected = _base_names(changes), any(map(_may_be_read, changes))
    both = {*old.linked_files(), *new.linked_files()} - changed
    for path in sorted(both & {*old.paths} & {*new.paths}):
        reads_change = new.mentions([path], names)
        if reads_change or is_affected:
            yield _UnitPaths(path, path, ChangeStatus.AFFECTED, reads_change)


def _directory_units(changes: Sequence[GitChange], old: ReviewedTree, new: ReviewedTree) -> Iterator[_UnitPaths]:
    """The Terraform configurations with a changed file, and others if they may read a changed file."""
    changed = {
        posixpath.dirname(path)
        for change in changes
        for path in (change.old_path, change.new_path)
        if path and (is_configuration_path(path) or path.endswith(_VALUE_SUFFIXES))
    }
    names, is_affected = _base_names(changes), any(map(_may_be_read, changes))
    for directory in sorted({*old.directories, *new.directories}):
        if directory not in changed and is_in_skipped_folder(directory):
            continue
        paths = new.directories.get(directory, ())
        reads_change = directory in changed or new.mentions(paths, names)
        if reads_change or is_affected:
            before, after = (f"{directory or '.'}/" if directory in tree.directories else None for tree in (old, new))
            status = ChangeStatus.CHANGED if directory in changed else ChangeStatus.AFFECTED
            status = status if before and after else _change_status(before, after)
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
    return has_policy_suffix(path) and not _is_of_terraform(path)
