"""The files that `lint` checks by what Git says of them: the staged ones, or those that a branch changed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from iamglue.cli.config import Config
from iamglue.cli.stderr import print_note
from iamglue.errors import IamglueError, Location
from iamglue.files.git_repository import GitRepository, find_repository
from iamglue.files.git_tree import written_tree
from iamglue.files.text_files import STDIN
from iamglue.readers.policy_paths import PolicyPaths, find_policy_paths, has_policy_suffix


def check_git_options(
    paths: Sequence[str], name: str, *, has_both: bool, has_fixes: bool, has_new_baseline: bool
) -> None:
    """Raises UsageError for what cannot be used with the option `name`, --staged or --changed-since."""
    if has_both:
        raise click.UsageError("--staged cannot be used with --changed-since")
    if STDIN in paths:
        raise click.UsageError(f"{name} cannot be used with -, which is stdin")
    if has_new_baseline:
        raise click.UsageError(f"--write-baseline cannot be used with {name}: it would not have the other files")
    if has_fixes and name == "--staged":
        raise click.UsageError("--staged cannot be used with fixes: they change files, not what is staged")


@contextlib.contextmanager
def staged_policy_paths(paths: Sequence[str], config: Config) -> Iterator[PolicyPaths]:
    """The staged files at or below the paths, named as they are from the working directory.

    Within the block the working directory is a copy with the staged texts, so that a file's neighbours are staged too.
    Raises IamglueError if Git cannot read the index.
    """
    repository = find_repository()
    below = _relative_folder(repository)
    changed = [change.new_path for change in repository.staged_changes() if change.new_path is not None]
    names = _select_names(changed, paths, repository)
    with written_tree(repository, repository.index() if names else {}) as tree:
        folder = tree.folder / below
        folder.mkdir(parents=True, exist_ok=True)
        lost = {name: tree.missing[name] for name in names if name in tree.missing}
        with contextlib.chdir(folder):
            present = (_path_from(below, name) for name in names if name not in lost)
            selected = find_policy_paths(present, config.exclude, config.base)
            unreadable = [
                IamglueError(f"cannot read the staged file: {reason}", location=Location(_path_from(below, name)))
                for name, reason in lost.items()
            ]
            _note_nothing(selected.paths or unreadable, "staged")
            yield PolicyPaths(selected.paths, (*selected.unreadable, *unreadable), selected.skipped)


def changed_policy_paths(revision: str, paths: Sequence[str], config: Config) -> PolicyPaths:
    """The files at or below the paths that changed since the branch left a revision, committed or not.

    Raises IamglueError if there is no such revision.
    """
    repository = find_repository()
    below = _relative_folder(repository)
    base = repository.merge_base(repository.commit(revision), repository.commit("HEAD"))
    names = [name for name in repository.changed_since(base) if os.path.lexists(repository.root / name)]
    selected_names = (_path_from(below, name) for name in _select_names(names, paths, repository))
    selected = find_policy_paths(selected_names, config.exclude, config.base)
    _note_nothing(selected.paths, "changed")
    return selected


def _note_nothing(selected: Sequence[object], what: str) -> None:
    if not selected:
        print_note(f"no {what} file that can contain policies")


def _relative_folder(repository: GitRepository) -> str:
    """The working directory relative to the top of the repository, "." for the top itself."""
    return os.path.relpath(Path.cwd(), os.path.realpath(repository.root))


def _path_from(below: str, name: str) -> str:
    """A path from the top of the repository as a path from the directory `below`."""
    return os.path.relpath(name, below)


def _select_names(names: Iterable[str], paths: Sequence[str], repository: GitRepository) -> list[str]:
    """The names at or below the paths; of a directory only files that can contain policies."""
    top = os.path.realpath(repository.root)
    wanted = [os.path.relpath(os.path.realpath(path), top) for path in paths]
    return sorted(name for name in names if name in wanted or _is_below(name, wanted))


def _is_below(name: str, folders: Iterable[str]) -> bool:
    """Whether a file is in one of the folders and would be checked there, as are files that are not hidden."""
    is_hidden = any(part.startswith(".") for part in name.split("/")[:-1])
    inside = any(folder == "." or name.startswith(f"{folder}/") for folder in folders)
    return inside and not is_hidden and has_policy_suffix(name)
