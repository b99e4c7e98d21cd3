"""The workflows, the locks and the image of a release, as far as they can be checked without their servers."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from architecture.source_tree import ROOT

from iamglue.version import VERSION

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LOCKS = sorted((ROOT / ".github" / "locks").glob("*.lock"))
DOCKERFILE = (ROOT / ".github" / "Dockerfile").read_text(encoding="utf-8")


def read(path: Path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # as texts: `on` is a Boolean else


def steps(path: Path):
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path):
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line and "uses: ./" not in line
    ]
    assert lines != []
    assert [line for line in lines if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_script_of_a_workflow_has_an_expression(path):
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_permission_that_it_does_not_list(path):
    workflow = read(path)
    assert workflow["permissions"] in ({}, {"contents": "read"})
    writing = {name: job for name, job in workflow["jobs"].items() if "write" in job.get("permissions", {}).values()}
    assert set(writing) <= {"publish", "action", "deploy"}


def test_only_the_job_that_publishes_can_sign_and_it_runs_no_code_of_ours():
    jobs = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    assert [name for name, job in jobs.items() if "id-token" in job["permissions"]] == ["publish"]
    assert [step for step in jobs["publish"]["steps"] if "run" in step] == []
    assert jobs["publish"]["needs"] == ["build", "tests"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_programs_of_the_workflows_exist(path):
    named = {
        word for step in steps(path) for word in step.get("run", "").split() if word.startswith((".ci/", ".github/"))
    }
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_tests_run_on_every_python_of_the_classifiers():
    versions = {text.rpartition(" ")[2] for text in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", text)}
    for path in (path for path in WORKFLOWS if path.name != "site.yml"):
        assert versions <= set(read(path)["jobs"]["tests"]["strategy"]["matrix"]["python"])


def test_every_extra_is_installed_alone():
    matrix = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["extras"]["strategy"]["matrix"]["extra"]
    extras = set(PROJECT["optional-dependencies"])
    script = (ROOT / ".ci" / "extra").read_text(encoding="utf-8")
    assert set(matrix) == extras
    assert set(re.findall(r"^  (\w+)\)", script, re.MULTILINE)) == extras


@pytest.mark.parametrize("script", [".ci/extra", ".ci/run"])
def test_shellcheck_finds_nothing_in_our_scripts(script):
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([shellcheck, ROOT / script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_a_version_and_hashes(path):
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert lines != []
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []


def names_of(requirements) -> set[str]:
    return {re.match(r"[\w.-]+", text)[0].lower().replace("_", "-").replace(".", "-") for text in requirements}


def test_the_image_has_all_that_its_extras_need():
    extras = PROJECT["optional-dependencies"]
    needed = names_of([*PROJECT["dependencies"], *extras["javascript"]])
    locked = names_of(
        re.findall(r"^[\w.-]+==", (ROOT / ".github/locks/image.lock").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert needed - {name.removesuffix("==") for name in locked} == set()


def test_the_image_copies_all_that_the_wheel_is_made_of():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    parts = {
        *wheel["wheel"]["packages"],
        *wheel["wheel"]["force-include"],
        PROJECT["readme"],
        *PROJECT["license-files"],
    }
    lines = [line.split() for line in DOCKERFILE.splitlines() if line.startswith("COPY ") and "/source" in line]
    assert parts - {word for line in lines for word in line[1:-1]} == set()


def test_the_job_that_publishes_the_site_runs_no_code_of_ours():
    jobs = read(ROOT / ".github" / "workflows" / "site.yml")["jobs"]
    assert jobs["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert [step for step in jobs["deploy"]["steps"] if "run" in step] == []
    assert jobs["build"]["permissions"] == {"contents": "read"}


def test_the_image_and_the_development_environment_have_the_same_versions():
    def versions(path: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))

    image, development = versions(".github/locks/image.lock"), versions("requirements-dev.lock")
    assert {name: version for name, version in image.items() if development.get(name) != version} == {}


def test_what_the_image_copies_exists_and_is_not_ignored():
    copied = [word for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()]
    ignore = (ROOT / ".github" / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    shown = [line[1:] for line in ignore.splitlines() if line.startswith("!")]
    assert copied != []
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert [name for name in copied if not any(name == top or name.startswith(f"{top}/") for top in shown)] == []


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["65532:65532"]
    assert DOCKERFILE.count("--require-hashes") == 2


def test_a_release_must_be_of_the_version_in_the_package(tmp_path):
    program = ROOT / ".github" / "check_version.py"
    done = subprocess.run([sys.executable, program, "v9.9.9"], capture_output=True, text=True, check=False)
    assert (done.returncode, f"is not v{VERSION}" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")), ids=lambda path: path.name
)
def test_the_issue_forms_have_what_github_requires(path):
    form = read(path)
    if path.name == "config.yml":
        assert form == {"blank_issues_enabled": "true"}
        return
    assert {"name", "description", "body"} <= form.keys()
    ids = [item["id"] for item in form["body"] if item["type"] != "markdown"]
    assert len(ids) == len(set(ids)) > 0
    assert all("label" in item["attributes"] for item in form["body"] if item["type"] != "markdown")


# Ours would be new: every address in our texts is of somebody else, and known.
ADDRESS = re.compile(r"\b(?:pip|pipx|uv|uvx|docker|git)\b[^\n`]*?https?://[^\s`)\"']+")


def test_no_text_asks_to_install_from_an_address():
    texts = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / ".github").glob("*.md"),
    ]
    asked = [match for path in texts for match in ADDRESS.findall(path.read_text(encoding="utf-8"))]
    assert asked == []
    assert [path.name for path in texts if "example.com/iamglue" in path.read_text(encoding="utf-8")] == []
