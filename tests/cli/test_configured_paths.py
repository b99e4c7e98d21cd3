"""Paths in the configuration are relative to its file, wherever the command runs and however files are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.git import commit, git

BAD = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Nope", "Resource": "*"}]})
SCP = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}]}
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a policy, and a way to write its configuration."""
    folder = tmp_path / "project"
    (folder / "roles" / "inner").mkdir(parents=True)
    (folder / "roles" / "p.json").write_text(BAD, encoding="utf-8")
    monkeypatch.chdir(folder)

    def configure(text: str) -> Path:
        (folder / ".iamglue.toml").write_text(text, encoding="utf-8")
        return folder

    return configure


# From the top, from the file's directory, from below it, by an absolute path, through a dot, and by a directory.
WAYS = [(".", "roles/p.json"), (".", "."), (".", "./roles"), ("roles", "p.json"), ("roles", "."), ("roles", "../roles")]
WAYS += [
    ("roles/inner", "../p.json"),
    ("roles", "{absolute}"),
    (".", "{absolute}"),
    ("roles/inner", "../../roles/p.json"),
]


def rules(iamglue, *arguments: str) -> list[str]:
    done = iamglue("lint", *arguments, "--format", "json")
    return [finding["rule"] for finding in json.loads(done.stdout)["findings"]]


def from_(way: tuple[str, str], folder: Path, monkeypatch) -> str:
    """Change to the directory of a way, and name the file as it does."""
    monkeypatch.chdir(folder / way[0])
    return way[1].replace("{absolute}", str(folder / "roles" / "p.json"))


@pytest.mark.parametrize("way", WAYS)
def test_a_suppression_finds_its_file(project, iamglue, monkeypatch, way):
    entry = '[[suppress]]\nrule = "unknown-action"\npath = "roles/*.json"\nreason = "a test"\n'
    name = from_(way, project(entry), monkeypatch)
    assert "unknown-action" not in rules(iamglue, name)


@pytest.mark.parametrize("way", WAYS)
def test_settings_of_a_file_find_it(project, iamglue, monkeypatch, way):
    entry = '[[lint.per-file]]\npath = "roles/p.json"\nignore = ["unknown-action"]\n'
    name = from_(way, project(entry), monkeypatch)
    assert "unknown-action" not in rules(iamglue, name)


@pytest.mark.parametrize("pattern", ["roles/*", "roles", "roles/", "./roles/p.json", "*.json", "ro*"])
@pytest.mark.parametrize("way", WAYS)
def test_an_excluded_file_is_not_read(project, iamglue, monkeypatch, way, pattern):
    name = from_(way, project(f'[lint]\nexclude = ["{pattern}"]\n'), monkeypatch)
    assert rules(iamglue, name) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_pattern_is_not_relative_to_the_working_directory(project, iamglue, monkeypatch, way):
    text = (
        '[lint]\nexclude = ["p.json", "inner"]\n[[suppress]]\nrule = "unknown-action"\npath = "p.json"\nreason = "x"\n'
    )
    name = from_(way, project(text), monkeypatch)
    assert "unknown-action" in rules(iamglue, name)


def test_an_absolute_pattern_is_matched_as_it_is(project, iamglue):
    folder = project("")
    project(f'[lint]\nexclude = ["{folder}/roles/*"]\n')
    assert rules(iamglue, "roles/p.json") == []


def test_a_file_behind_a_link_to_the_project_is_the_same(project, iamglue, tmp_path):
    entry = '[[suppress]]\nrule = "unknown-action"\npath = "roles/p.json"\nreason = "a test"\n'
    folder = project(entry)
    (tmp_path / "link").symlink_to(folder)
    assert "unknown-action" not in rules(iamglue, str(tmp_path / "link" / "roles" / "p.json"))


def test_a_suppression_that_matches_nothing_is_noted_from_below(project, iamglue, monkeypatch):
    folder = project('[[suppress]]\nrule = "empty-sid"\npath = "roles/p.json"\nreason = "a test"\n')
    monkeypatch.chdir(folder / "roles")
    assert "the suppression of empty-sid (a test) has no effect" in iamglue("lint", "p.json").stderr


@pytest.mark.parametrize("directory", [".", "roles"])
def test_staged_files_have_the_settings_of_their_paths(project, iamglue, monkeypatch, directory):
    folder = project(
        '[lint]\nexclude = ["roles/x.json"]\n[[lint.per-file]]\npath = "roles/*"\nignore = ["unknown-action"]\n'
    )
    commit(folder, {})
    (folder / "roles" / "p.json").write_text(BAD.replace("s3:Nope", "s3:Nada"), encoding="utf-8")
    (folder / "roles" / "x.json").write_text(BAD, encoding="utf-8")
    git(folder, "add", "-A")
    monkeypatch.chdir(folder / directory)
    done = iamglue("lint", "--staged", "--format", "json")
    assert (json.loads(done.stdout)["summary"]["policies"], rules(iamglue, "--staged")) == (1, [])


def test_many_files_in_several_processes_have_the_settings_of_their_paths(project, iamglue, monkeypatch):
    folder = project('[[lint.per-file]]\npath = "roles/*"\ntype = "scp"\n')
    for number in range(400):
        (folder / "roles" / f"{number}.json").write_text(SCP, encoding="utf-8")
    monkeypatch.chdir(folder / "roles")
    done = iamglue("lint", ".", "--jobs", "2", "--format", "json")
    assert json.loads(done.stdout)["summary"]["policies"] == 401
