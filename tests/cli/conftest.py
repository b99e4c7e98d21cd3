"""The command line in this process, and specs to give it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from architecture.source_tree import ROOT
from click.testing import CliRunner, Result
from support.git import commit, import_commits

from iamglue.cli.main import main

EXIF = ROOT / "examples" / "exif-pipeline" / "spec.yaml"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in os.environ:
        if name.startswith(("AWS_", "IAMGLUE_")):
            monkeypatch.delenv(name)


@pytest.fixture
def iamglue() -> Callable[..., Result]:
    """Run `iamglue ARGUMENTS` and give back its exit code, stdout and stderr."""

    def run(*arguments: str | Path, stdin: str | bytes | None = None, env: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, env=env)

    return run


@pytest.fixture
def exif() -> Path:
    """The spec of the reference example."""
    return EXIF


@pytest.fixture
def spec(tmp_path) -> Callable[[str], Path]:
    """Write a spec and give back its path."""

    def write(text: str) -> Path:
        path = tmp_path / "spec.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def compare(tmp_path, monkeypatch, iamglue):
    """Run `iamglue changes` in a repository with two commits; give back the exit code and the JSON report.

    What a test has in the directory before, such as symbolic links, is in both commits.
    """
    monkeypatch.chdir(tmp_path)

    def run(before: dict[str, str | None], after: dict[str, str | None], *options: str):
        if any(tmp_path.iterdir()):
            commit(tmp_path, before)
            commit(tmp_path, after)
        else:
            import_commits(tmp_path, before, after)
        done = iamglue("changes", "--base", "HEAD~", "--format", "json", *options)
        assert done.exit_code in (0, 1, 3), done.output
        return done.exit_code, json.loads(done.stdout)

    return run
