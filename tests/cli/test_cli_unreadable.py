"""What cannot be read or written is named, with exit code 2, and whatever else was asked for is still answered."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.forked import become_nobody, run_forked
from support.rows import check_every

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'
FAULTY = POLICY.replace("GetObject", "GetObjekt")
SPEC = "iamglue: 1\nfunction: f\nregion: eu-west-1\naccount: '123456789012'\nreads:\n  - s3: images\n"
DEEP = "[" * 20_000 + "]" * 20_000


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that everybody can reach, with a policy and a spec that everybody can read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder).resolve()
        path.chmod(0o755)
        (path / "ok.json").write_text(POLICY)
        (path / "spec.yaml").write_text(SPEC)
        yield path
        for place in (path, *path.iterdir()):
            if place.is_dir():
                place.chmod(0o755)


def as_nobody(folder: Path, *arguments: object) -> Ended:
    """The program as a user who may not read what others have closed."""
    return run(*arguments, folder=folder, before=become_nobody)


@dataclass(frozen=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object, folder: Path | None = None, **more: Any) -> Ended:
    """The program in a process of its own."""
    ended = run_forked([str(argument) for argument in arguments], folder or Path.cwd(), **more)
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def closed_file(folder: Path) -> Path:
    path = folder / "closed.json"
    path.write_text(POLICY)
    path.chmod(0)
    return path


def closed_folder(folder: Path, mode: int = 0) -> Path:
    path = folder / "closed"
    path.mkdir()
    (path / "p.json").write_text(POLICY)
    path.chmod(mode)
    return path


def test_a_directory_that_may_not_be_read_is_named(public):
    closed = closed_folder(public)
    ended = as_nobody(public, "lint", closed)
    assert ended.returncode == 2, ended.stderr
    assert f"error: {closed}: cannot read the directory: permission denied" in ended.stderr
    assert "1 could not be read" in ended.stderr


def test_a_directory_within_that_may_not_be_read_is_named_and_the_rest_is_linted(public):
    closed_folder(public)
    (public / "ok.json").write_text(FAULTY)
    ended = as_nobody(public, "lint", "--format", "json", public)
    assert ended.returncode == 2, ended.stderr
    assert f"{public}/closed: cannot read the directory" in ended.stderr
    assert {each["location"]["path"] for each in json.loads(ended.stdout)["findings"]} == {f"{public}/ok.json"}


def test_files_in_a_directory_that_may_be_listed_only_are_named(public):
    closed_folder(public, 0o444)
    ended = as_nobody(public, "lint", public)
    assert ended.returncode == 2, ended.stderr
    assert f"{public}/closed/p.json: cannot read the file: permission denied" in ended.stderr


def test_a_file_in_a_directory_that_may_not_be_searched_is_named(public):
    closed = closed_folder(public)
    ended = as_nobody(public, "lint", closed / "p.json")
    assert ended.returncode == 2, ended.stderr
    assert f"{closed}/p.json: cannot read the file: permission denied" in ended.stderr


@pytest.mark.parametrize("pattern", ["closed", "closed/", "closed/*", "c*"])
def test_an_excluded_directory_need_not_be_read(public, pattern):
    closed_folder(public)
    (public / ".iamglue.toml").write_text(f'[lint]\nexclude = ["{pattern}", "spec.yaml"]\nfail-on = "error"\n')
    ended = as_nobody(public, "lint", public)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("name", [".iamglue.toml", "pyproject.toml"])
def test_a_configuration_that_may_not_be_read_is_named(public, name):
    (public / name).write_text("[tool.iamglue.lint]\nselect = []\n")
    (public / name).chmod(0)
    ended = as_nobody(public, "lint", "ok.json")
    assert ended.returncode == 2, ended.stderr
    assert f"{name}: cannot read the file: permission denied" in ended.stderr


# Every place of every command where a path is read; {} is the path.
READING = [
    "lint {}",
    "lint ok.json --baseline {}",
    "diff {} ok.json",
    "diff ok.json {}",
    "diff ok.json ok.json --boundary {}",
    "diff ok.json ok.json --scp {}",
    "diff --against {} ok.json",
    "can {} --action s3:GetObject --resource *",
    "can ok.json --action s3:GetObject --resource * --boundary {}",
    "can ok.json --action s3:GetObject --resource * --session {}",
    "can ok.json --action s3:GetObject --resource * --scp {}",
    "can ok.json --action s3:GetObject --resource * --rcp {}",
    "can ok.json --action s3:GetObject --resource * --resource-policy {}",
    "can ok.json --requests {}",
    "can --error {}",
    "compact {}",
    "generate {}",
    "generate spec.yaml --check -o {}",
    "audit --input {}",
    "audit --input account.json --functions {}",
    "audit --input saved.json --usage {}",
    "audit --input saved.json --spec {}",
    "audit --input saved.json --baseline {}",
    "audit --input saved.json --only-new {}",
    "audit --template {}",
]


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_directory(path: Path) -> None:
    path.mkdir()


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def no_utf8(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


KINDS = {
    "named pipe": a_pipe,
    "socket": a_socket,
    "device": a_device,
    "directory": a_directory,
    "links": a_link_to_itself,
    "UTF-8": no_utf8,
}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("ok.json").write_text(POLICY)
    Path("spec.yaml").write_text(SPEC)
    Path("account.json").write_text(json.dumps({"RoleDetailList": [], "Policies": []}))
    Path("saved.json").write_text(json.dumps(SAVED))
    return tmp_path


SAVED = {
    "version": 1,
    "account": {
        "id": "123456789012",
        "roles": [
            {
                "name": "r",
                "arn": "arn:aws:iam::123456789012:role/r",
                "trust": {"name": "trust policy", "document": 0},
                "policies": [
                    {"name": "p", "document": 0},
                    {"name": "q", "arn": "arn:aws:iam::1:policy/q", "document": 0},
                ],
                "boundary": {"name": "b", "document": 0},
                "tags": [["a", "b"]],
            }
        ],
        "functions": [
            {
                "name": "f",
                "arn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
                "role_arn": "arn:aws:iam::123456789012:role/r",
                "environment": ["A"],
                "event_sources": [{"arn": "arn:aws:sqs:eu-west-1:123456789012:q", "uuid": "u"}],
                "permissions": [{"policy": {"name": "p", "document": 0}}],
                "urls": [{"auth_type": "NONE"}],
            }
        ],
        "scps": [[{"name": "s", "document": 0}]],
        "resource_policies": [["arn:aws:s3:::b", {"name": "p", "document": 0}]],
        "gaps": [{"kind": "failed", "subject": {"kind": "role", "name": "r"}, "what": "w", "reason": "why"}],
    },
    "documents": [POLICY],
}


def is_read(command, kind):
    """Whether it is an error: a directory may stand for the files in it, and what is written over may be anything."""
    return not (command == "lint {}" and kind == "directory") and not (
        "--check" in command and kind in ("directory", "UTF-8")
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_named_by_every_command(kind, iamglue, folder):
    def check(command):
        result = iamglue(*(part.replace("{}", "odd") for part in command.split()))
        assert result.exit_code == 2, (result.stdout, result.stderr, result.exception)
        assert "error: " in result.stderr
        assert "odd" in result.stderr
        assert "a bug" not in result.stderr
        if kind not in ("links", "UTF-8"):
            assert kind in result.stderr

    KINDS[kind](Path("odd"))
    check_every((command for command in READING if is_read(command, kind)), check)


@pytest.mark.parametrize("kind", ["named pipe", "socket", "device"])
def test_what_is_no_file_in_a_tree_is_noted_and_the_rest_is_linted(kind, iamglue, folder):
    Path("tree").mkdir()
    Path("tree/ok.json").write_text(POLICY)
    os.chdir("tree")
    KINDS[kind](Path("odd.json"))
    os.chdir("..")
    result = iamglue("lint", "tree", "--fail-on", "error")
    assert result.exit_code == 0, result.stderr
    assert f"note: tree/odd.json: it is a {kind}, not a file, and was not read" in result.stderr
    assert "1 policy in 1 file" in result.stderr


@pytest.mark.parametrize("kind", ["named pipe", "socket", "device", "directory", "links", "UTF-8"])
@pytest.mark.parametrize("name", [".iamglue.toml", "pyproject.toml"])
def test_a_configuration_that_is_no_file_is_named(kind, name, iamglue, folder):
    KINDS[kind](folder / name)
    for command in (("lint", "ok.json"), ("audit", "--input", "saved.json")):
        result = iamglue(*command)
        assert result.exit_code == 2, result.stderr
        assert f"{name}:" in result.stderr


def test_a_pipe_that_a_shell_hands_over_is_read(folder):
    command = f"{sys.executable} -m iamglue diff <(cat ok.json) <(cat ok.json)"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


# Texts that are meant as what an earlier run wrote, or as a configuration.
KEPT = {
    "deep": DEEP,
    "deep in a map": '{"version": 2, "findings": ' + DEEP + "}",
    "deep in a map of accounts": '{"version": 1, "account": ' + DEEP + ', "documents": []}',
    "a list": "[]",
    "a text": '"x"',
    "null": "null",
    "cut": '{"version": 2, "findings": [',
    "empty": "",
    "no findings": '{"version": 1}',
    "findings are a map": '{"version": 2, "findings": {"a": 1}}',
    "findings are texts": '{"version": 2, "findings": ["x"]}',
    "findings are null": '{"version": 2, "findings": [null]}',
    "a finding of numbers": '{"version": 2, "findings": [{"rule": 1, "location": {"path": 2}, "subject": {"name": 3}, '
    '"message": 4, "identity": 5}]}',
    "a finding of lists": '{"version": 2, "findings": [{"rule": [], "location": {"path": []}, "subject": {"name": []}, '
    '"message": {}, "identity": []}]}',
    "an odd count": '{"version": 2, "findings": [{"identity": "a", "count": "many"}]}',
    "a count of none": '{"version": 2, "findings": [{"identity": "a", "count": -1}]}',
    "a true version": '{"version": true, "findings": [{}]}',
    "a long number": '{"version": 2, "findings": [' + "9" * 5000 + "]}",
}


@pytest.mark.parametrize("option", ["--baseline", "--only-new", "--input", "--usage"])
def test_what_an_earlier_run_never_wrote_is_named(option, iamglue, folder):
    others = () if option == "--input" else ("--input", "saved.json")

    def check(name):
        Path("kept").write_text(KEPT[name])
        result = iamglue("audit", *others, option, "kept")
        assert result.exit_code == 2, (result.stderr, result.exception)
        assert "error: kept" in result.stderr

    # A usage file may tell of no use.
    check_every((name for name in KEPT if (option, name) != ("--usage", "no findings")), check)


@pytest.mark.parametrize(
    "text",
    [
        f"a = {DEEP}",
        "[lint]\nselect = 1",
        "lint = 1",
        "[lint]\nbaseline = []",
        "[lint.set]\na = 1",
        "suppress = {}",
        "suppress = [1]",
        "[[suppress]]\nrule = []",
        "[lint]\nper-file = [1]",
        "[lint]\nfail-on = []",
        "a = " + "9" * 5000,
    ],
)
def test_a_configuration_of_wrong_types_is_named(text, iamglue, folder):
    Path(".iamglue.toml").write_text(text)
    result = iamglue("lint", "ok.json")
    assert result.exit_code == 2, (result.stderr, result.exception)
    assert ".iamglue.toml" in result.stderr


def places(value, path=()):
    """The path of every value within a value."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def with_value(value, path, new):
    """The value with another one at a path."""
    if not path:
        return new
    found = dict(value) if isinstance(value, dict) else list(value)
    found[path[0]] = with_value(found[path[0]], path[1:], new)
    return found


def test_a_saved_account_with_another_value_anywhere_is_no_bug(iamglue, folder):
    values = [None, 1, True, "", "x", "arn:aws:iam::x", [], {}, [[]], {"a": 1}]

    def check(path):
        for value in random.Random(str(path)).sample(values, 4):
            Path("changed.json").write_text(json.dumps(with_value(SAVED, path, value)))
            result = iamglue("audit", "--input", "changed.json", "--format", "json")
            assert result.exit_code in (1, 2, 3), (value, result.stderr, result.exception)

    check_every([*places(SAVED)][1:], check)


@pytest.fixture
def full() -> Iterator[int]:
    """A file on a disk without room."""
    with open("/dev/full", "wb") as file:  # noqa: PTH123
        yield file.fileno()


STDOUT = [
    "lint ok.json --format json",
    "lint .",
    "diff ok.json ok.json",
    "can ok.json --action s3:GetObject --resource arn:aws:s3:::a/b",
    "can ok.json --requests requests",
    "compact ok.json",
    "generate spec.yaml",
    "audit --input saved.json",
    "audit --print-policy",
    "rules",
    "services",
    "schema",
    "--help",
    "--version",
    "lint --help",
]


@pytest.mark.parametrize("command", STDOUT)
def test_a_full_disk_behind_stdout_is_told(command, folder, full):
    Path("requests").write_text('{"action": "s3:GetObject", "resource": "arn:aws:s3:::a/b"}\n')
    ended = run(*command.split(), stdout=full)
    assert ended.returncode == 2, ended.stderr
    assert "no space left on device" in ended.stderr
    assert "a bug" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


@pytest.mark.parametrize("command", STDOUT)
def test_a_reader_that_has_enough_is_no_error(command, folder):
    Path("requests").write_text('{"action": "s3:GetObject", "resource": "arn:aws:s3:::a/b"}\n' * 5000)
    reading, writing = os.pipe()
    os.close(reading)
    ended = run(*command.split(), stdout=writing)
    os.close(writing)
    assert ended.returncode in (
        0,
        1 if command.startswith(("lint .", "lint ok")) else 0,
        3 if "saved" in command else 0,
    )
    assert "error" not in ended.stderr.replace("errors", "")
    assert "Exception ignored" not in ended.stderr


@pytest.mark.parametrize(("command", "target", "code"), [("lint .", "> /dev/full", 2), ("services", "| true", 0)])
def test_a_shell_sees_the_same_exit_codes(command, target, code, folder):
    whole = f"{sys.executable} -m iamglue {command} {target}; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", whole], capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
    assert "Exception ignored" not in ended.stderr


def test_a_full_disk_behind_stderr_changes_no_exit_code(folder, full):
    assert run("lint", "missing.json", stderr=full).returncode == 2
    assert run("lint", "ok.json", "--fail-on", "error", stderr=full).returncode == 0


WRITING = [
    "lint ok.json -o {}",
    "lint ok.json --write-baseline {}",
    "compact ok.json -o {}",
    "generate spec.yaml -o {}",
    "audit --input saved.json -o {}",
    "audit --input saved.json --save {}",
    "audit --input saved.json --write-baseline {}",
    "init --function f --region eu-west-1 --account 123456789012 --reads s3=bkt {}",
]


@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk_behind_a_file_is_told_by_its_name(command, iamglue, folder):
    if command.startswith("init"):
        pytest.skip("init writes over nothing that is there")
    result = iamglue(*command.replace("{}", "/dev/full").split())
    assert result.exit_code == 2, (result.stderr, result.exception)
    assert "cannot write /dev/full: no space left" in result.stderr.lower()


@pytest.mark.parametrize("path", ["loop", "loop/below"])
@pytest.mark.parametrize("command", WRITING)
def test_links_in_a_circle_are_told(command, path, iamglue, folder):
    Path("loop").symlink_to("loop")
    result = iamglue(*command.replace("{}", path).split())
    assert result.exit_code == 2, (result.stderr, result.exception)
    assert f"error: cannot write {path}: " in result.stderr


@pytest.mark.parametrize("path", ["loop", "loop/below", "ok.json/below", "/dev/full/below", "missing/below"])
def test_a_directory_for_suggestions_that_cannot_be_made_is_told(path, iamglue, folder):
    Path("loop").symlink_to("loop")
    result = iamglue("audit", "--input", "saved.json", "--suggest", path)
    assert result.exit_code == (2 if path != "missing/below" else 3), (result.stderr, result.exception)


@pytest.mark.parametrize(
    "command",
    [
        "lint {}/ok.json",
        "lint .",
        "audit --input {}/saved.json",
        "generate {}/spec.yaml -o new.json",
        "generate spec.yaml",
        "compact {}/ok.json -o new.json",
        "diff ok.json ok.json",
        "init --function f --region eu-west-1 --account 123456789012 --reads s3=bkt new.yaml",
    ],
)
def test_a_working_directory_that_is_gone_is_told(command, folder):
    ended = run(*command.replace("{}", str(folder)).split(), before=enter_a_directory_that_is_gone)
    assert ended.returncode == 2, ended.stderr
    assert "error: " in ended.stderr
    assert "a bug" not in ended.stderr
    assert "None" not in ended.stderr


def enter_a_directory_that_is_gone() -> None:
    Path("gone").mkdir()
    os.chdir("gone")
    Path("../gone").rmdir()


def test_what_needs_no_working_directory_goes_on_without(folder):
    ended = run("diff", folder / "ok.json", folder / "ok.json", before=enter_a_directory_that_is_gone)
    assert ended.returncode == 0, ended.stderr


def test_the_working_directory_of_a_shell_may_be_gone(folder):
    whole = f"mkdir gone; cd gone; rmdir ../gone; {sys.executable} -m iamglue diff {folder}/ok.json {folder}/ok.json"
    ended = subprocess.run(["bash", "-c", whole], cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
