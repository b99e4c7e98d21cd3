"""The hooks for pre-commit, run by pre-commit itself in a repository of its own."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from architecture.source_tree import ROOT
from click.testing import CliRunner
from support.pip import pip_with_uv

from iamglue.cli.main import main

GOOD = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",'
    ' "Resource": "arn:aws:s3:::b/*"}]}\n'
)
REDUNDANT = GOOD.replace('"s3:GetObject"', '["s3:GetObject", "s3:Get*"]')
TERRAFORM = """\
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObjekt"]
    resources = ["*"]
  }
}
"""
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


def run(*command: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    environment |= {"PRE_COMMIT_HOME": str(home), "PYTHONPATH": str(home.parent / "tools")}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory):
    """A repository that holds this project as it stands, which pre-commit installs once for all workers of a run."""
    folder = tmp_path_factory.getbasetemp().parent / f"hooks-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "project" / ".git").exists():
            make_repository(folder)
    return folder / "project", folder / "cache"


def make_repository(folder: Path) -> None:
    listed = run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT, home=folder).stdout.splitlines()
    for name in listed:
        source, target = ROOT / name, folder / "project" / name
        if source.is_file() and not name.startswith("tests/"):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    pip_with_uv(folder / "tools")
    project = folder / "project"
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        done = run(*GIT, *command, cwd=project, home=folder)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def repository(tmp_path, hooks):
    """A user's repository with the three hooks."""
    project, cache = hooks
    revision = run("git", "rev-parse", "HEAD", cwd=project, home=cache).stdout.strip()
    spec = (ROOT / "examples" / "exif-pipeline" / "spec.yaml").read_text(encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
    (tmp_path / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {project}\n  rev: {revision}\n  hooks:\n  - id: iamglue-lint\n  - id: iamglue-lint-fix\n"
        "  - id: iamglue-generate-check\n    args: [spec.yaml, -o, policy.json]\n",
        encoding="utf-8",
    )
    run(*GIT, "init", "-q", cwd=tmp_path, home=cache)

    def hook(name: str, **files: str) -> subprocess.CompletedProcess[str]:
        for path, text in files.items():
            (tmp_path / path.replace("__", ".")).write_text(text, encoding="utf-8")
        run(*GIT, "add", "-A", cwd=tmp_path, home=cache)
        return run(sys.executable, "-m", "pre_commit", "run", name, "--all-files", cwd=tmp_path, home=cache)

    return hook


def test_the_lint_hook_passes_sound_files_and_stops_faults(repository):
    done = repository("iamglue-lint", policy__json=GOOD, other__yaml="a: 1\n")
    assert done.returncode == 0, done.stdout + done.stderr
    done = repository("iamglue-lint", policy__json=GOOD.replace("GetObject", "GetObjekt"), main__tf=TERRAFORM)
    assert done.returncode == 1
    assert "policy.json:1:71: error" in done.stdout
    assert "main.tf:3:18: error" in done.stdout


def test_the_fix_hook_mends_and_so_stops_the_commit(repository, tmp_path):
    done = repository("iamglue-lint-fix", policy__json=REDUNDANT)
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert json.loads((tmp_path / "policy.json").read_text())["Statement"][0]["Action"] == ["s3:Get*"]
    assert repository("iamglue-lint-fix").returncode == 0


def test_the_generate_hook_stops_what_is_out_of_date(repository):
    expected = (ROOT / "examples" / "exif-pipeline" / "expected" / "policy.json").read_text(encoding="utf-8")
    assert repository("iamglue-generate-check", policy__json=expected).returncode == 0
    done = repository("iamglue-generate-check", policy__json=GOOD)
    assert done.returncode == 1
    assert "out of date: policy.json" in done.stdout


def test_many_files_are_one_run_with_one_summary(repository, monkeypatch):
    monkeypatch.setenv("PRE_COMMIT_COLOR", "never")
    files = {f"policy{number}__json": GOOD.replace("GetObject", "GetObjekt") for number in range(8)}
    done = repository("iamglue-lint", **files)
    assert done.stdout.count(": 8 errors") == 1


def test_the_hook_skips_what_a_baseline_of_the_whole_project_has(repository, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bad = GOOD.replace("GetObject", "GetObjekt")
    (tmp_path / ".iamglue.toml").write_text('[lint]\nbaseline = "known.json"\n', encoding="utf-8")
    (tmp_path / "policy.json").write_text(bad, encoding="utf-8")
    done = CliRunner().invoke(main, ["lint", "--write-baseline", "known.json", "."])
    assert done.exit_code == 0, done.output
    assert repository("iamglue-lint").returncode == 0
    assert repository("iamglue-lint", other__json=bad).returncode == 1
