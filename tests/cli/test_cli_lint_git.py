"""`lint` with a baseline, with staged files and with the files of a branch: one name for each file, everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.git import commit, git, write

GOOD = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}],
    }
)
BAD = GOOD.replace("GetObject", "GetObjekt")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A repository with a file with a problem, as the working directory."""
    monkeypatch.chdir(tmp_path)
    commit(tmp_path, {"roles/old.json": BAD})
    return tmp_path


@pytest.fixture
def configured(folder) -> Path:
    """The same with a configuration that names a baseline."""
    write(folder, {".iamglue.toml": '[lint]\nbaseline = "known.json"\n'})
    return folder


@pytest.fixture
def baseline(configured, iamglue) -> Path:
    """The same with the baseline."""
    folder = configured
    assert iamglue("lint", "--write-baseline", "known.json", ".").exit_code == 0
    return folder


@pytest.mark.parametrize(
    ("directory", "path"),
    [
        (".", "."),
        (".", "roles/old.json"),
        (".", "./roles"),
        ("roles", "old.json"),
        ("roles", "."),
        ("roles", "../roles"),
    ],
)
def test_a_baseline_knows_a_file_by_every_name(baseline, iamglue, monkeypatch, directory, path):
    monkeypatch.chdir(baseline / directory)
    done = iamglue("lint", path)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "1 suppressed" in done.stderr


def test_a_baseline_knows_an_absolute_path(baseline, iamglue):
    assert iamglue("lint", baseline / "roles").exit_code == 0


def test_a_baseline_knows_a_path_through_a_link(baseline, iamglue):
    link = baseline.parent / f"{baseline.name}-link"
    link.symlink_to(baseline)
    assert iamglue("lint", link / "roles" / "old.json").exit_code == 0


def test_a_baseline_that_was_written_in_a_subdirectory_holds_for_the_top(configured, iamglue, monkeypatch):
    folder = configured
    monkeypatch.chdir(folder / "roles")
    iamglue("lint", "--write-baseline", "../known.json", ".")
    monkeypatch.chdir(folder)
    assert iamglue("lint", ".").exit_code == 0


def test_a_baseline_does_not_know_the_same_problem_in_another_file(baseline, iamglue):
    write(baseline, {"roles/new.json": BAD})
    done = iamglue("lint", ".")
    assert done.exit_code == 1
    assert "roles/new.json:1" in done.stdout
    assert "roles/old.json" not in done.stdout


def test_staged_checks_the_staged_text_and_not_the_file(folder, iamglue):
    write(folder, {"a.json": BAD})
    git(folder, "add", "a.json")
    write(folder, {"a.json": GOOD})
    done = iamglue("lint", "--staged")
    assert done.exit_code == 1
    assert done.stdout.startswith("a.json:1:")
    git(folder, "add", "a.json")
    write(folder, {"a.json": BAD})
    assert iamglue("lint", "--staged").exit_code == 0


def test_staged_checks_no_file_without_a_staged_change(folder, iamglue):
    done = iamglue("lint", "--staged")
    assert done.exit_code == 0
    assert "no staged file that can contain policies" in done.stderr


def test_staged_names_files_from_the_working_directory(folder, iamglue, monkeypatch):
    write(folder, {"roles/new.json": BAD, "top.json": BAD})
    git(folder, "add", "-A")
    monkeypatch.chdir(folder / "roles")
    done = iamglue("lint", "--staged")
    assert done.stdout.startswith("new.json:1:")
    assert "top.json" not in done.stdout
    assert "../top.json:1:" in iamglue("lint", "--staged", "..").stdout


def test_staged_reads_the_staged_neighbours_of_a_terraform_file(folder, iamglue):
    main = 'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = var.a\n    resources = ["*"]\n  }\n}\n'
    variables = 'variable "a" { default = ["s3:%s"] }\n'
    write(folder, {"main.tf": main, "variables.tf": variables % "GetObjekt"})
    git(folder, "add", "-A")
    write(folder, {"variables.tf": variables % "GetObject"})
    assert "s3:GetObjekt" in iamglue("lint", "--staged").stdout


def test_staged_applies_the_baseline_of_the_configuration(baseline, iamglue):
    write(baseline, {"roles/old.json": BAD + "\n"})
    git(baseline, "add", "-A")
    assert iamglue("lint", "--staged").exit_code == 0


def test_a_file_that_git_only_knows_is_not_staged(folder, iamglue):
    (folder / "new.json").write_text(BAD, encoding="utf-8")
    git(folder, "add", "--intent-to-add", "new.json")
    assert "no staged file" in iamglue("lint", "--staged").stderr


def test_the_case_of_a_suffix_does_not_matter(folder, iamglue):
    (folder / "NEW.JSON").write_text(BAD, encoding="utf-8")
    git(folder, "add", "-A")
    assert "NEW.JSON:1:" in iamglue("lint", "--staged").stdout
    assert "NEW.JSON:1:" in iamglue("lint", ".").stdout


def test_staged_works_before_the_first_commit(tmp_path, iamglue, monkeypatch):
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q")
    write(tmp_path, {"a.json": BAD})
    git(tmp_path, "add", "-A")
    assert iamglue("lint", "--staged").exit_code == 1


def test_a_staged_link_that_leads_out_of_the_repository_is_not_read(folder, iamglue):
    (folder / "link.json").symlink_to(folder.parent / "other.json")
    git(folder, "add", "-A")
    done = iamglue("lint", "--staged")
    assert done.exit_code == 2
    assert "link.json: cannot read the staged file: it is a symbolic link" in done.stderr


@pytest.mark.parametrize(
    "option", ["--fix", "--unsafe-fixes", "--diff", "--write-baseline=b.json", "--changed-since=HEAD", "-"]
)
def test_staged_refuses_what_it_cannot_do(folder, iamglue, option):
    assert iamglue("lint", "--staged", option).exit_code == 2


def test_changed_since_checks_only_the_files_of_the_branch(folder, iamglue):
    git(folder, "checkout", "-q", "-b", "feature")
    commit(folder, {"committed.json": BAD})
    write(folder, {"untracked.json": BAD})
    done = iamglue("lint", "--changed-since", "main")
    paths = [line.partition(":")[0] for line in done.stdout.splitlines() if ": error: " in line]
    assert paths == ["committed.json", "untracked.json"]


def test_changed_since_skips_deleted_files(folder, iamglue):
    git(folder, "checkout", "-q", "-b", "feature")
    commit(folder, {"roles/old.json": None})
    assert iamglue("lint", "--changed-since", "main").exit_code == 0


def test_changed_since_an_unknown_revision_is_an_error(folder, iamglue):
    done = iamglue("lint", "--changed-since", "nothing")
    assert done.exit_code == 2
    assert "there is no commit `nothing`" in done.stderr


def test_without_a_path_the_error_says_what_is_expected(iamglue):
    done = iamglue("lint")
    assert done.exit_code == 2
    assert "expected a PATH" in done.stderr
