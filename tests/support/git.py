"""Repositories of Git for tests, independent of the user's configuration."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SETTINGS = (
    *("user.name=a", "user.email=a@example.com", "commit.gpgsign=false", "init.defaultBranch=main"),
    "maintenance.auto=false",  # one process less for each commit
)


def git(folder: Path, *arguments: str, text: str = "") -> str:
    """The output of a `git` command with an input, which must not fail."""
    options = [part for setting in _SETTINGS for part in ("-c", setting)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", *options, *arguments]
    done = subprocess.run(command, cwd=folder, input=text.encode(), capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().strip()


def write(folder: Path, files: Mapping[str, str | None]) -> None:
    """Write files by their paths; None deletes one."""
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def commit(folder: Path, files: Mapping[str, str | None], message: str = "change") -> str:
    """Write files and commit them in a repository, which is made if there is none; the ID of the commit."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q")
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def import_commits(folder: Path, *versions: Mapping[str, str | None]) -> None:
    """Commit versions of files in a new repository, without a work tree; None deletes a file.

    This takes two processes, and `commit` three for each version.
    """
    git(folder, "init", "-q")
    git(folder, "fast-import", "--quiet", text="".join(map(_import_commands, versions)))


def _import_commands(files: Mapping[str, str | None]) -> str:
    """The commands of a commit on the one before: https://git-scm.com/docs/git-fast-import."""
    lines = ["commit refs/heads/main", "committer a <a@example.com> 0 +0000", "data 6", "change"]
    for path, text in files.items():
        name = json.dumps(path, ensure_ascii=False)
        lines += [f"D {name}"] if text is None else [f"M 100644 inline {name}", f"data {len(text.encode())}", text]
    return "\n".join((*lines, "", ""))
