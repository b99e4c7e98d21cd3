"""What is replaced stays whose it was, as it was; what may hold an account's details is for its owner alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from files.runs import FAULTY, MENDED, fill, run

AUDIT = ("audit", "--input", "details.json", "--functions", "functions.json", "--spec", "spec.yaml")
OTHER = 12_345  # a user and a group that own nothing else

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("wanted", [0o600, 0o640, 0o644, 0o755])
def test_a_mended_file_keeps_its_mode(tmp_path, wanted):
    path = tmp_path / "p.json"
    path.write_text(FAULTY)
    path.chmod(wanted)
    assert run(("lint", "--fix", "p.json"), tmp_path).returncode == 0
    assert (path.read_text(), mode(path)) == (MENDED, wanted)


@as_root
@pytest.mark.parametrize(
    "arguments", [("lint", "--fix", "policy.json"), ("compact", "policy.json", "-o", "policy.json")], ids=str
)
def test_a_file_stays_its_owners_when_another_user_writes_it(tmp_path, arguments):
    path = fill(tmp_path / "place") / "policy.json"
    os.chown(path, OTHER, OTHER)
    path.chmod(0o640)
    assert run(arguments, path.parent).returncode == 0
    status = path.stat()
    assert (status.st_uid, status.st_gid, mode(path)) == (OTHER, OTHER, 0o640)
    assert path.read_text() != FAULTY


@as_root
def test_a_file_whose_owner_could_not_be_kept_is_left_alone(tmp_path):
    """Somebody who may write the file and its directory, but may not give files away."""
    tmp_path.chmod(0o777)
    path = tmp_path / "p.json"
    path.write_text(FAULTY)
    path.chmod(0o666)
    child = os.fork()
    if not child:
        code = 1
        try:
            os.setuid(OTHER)
            from iamglue.errors import IamglueError
            from iamglue.files.atomic_write import WriteOptions, write_files

            try:
                write_files({path: MENDED.encode()}, WriteOptions())
            except IamglueError as error:
                code = 0 if "owner" in error.message else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (path.read_text(), [each.name for each in tmp_path.iterdir()]) == (FAULTY, ["p.json"])


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux only")
def test_extended_attributes_are_kept(tmp_path):
    path = tmp_path / "p.json"
    path.write_text(FAULTY)
    try:
        os.setxattr(path, "user.comment", b"ours")
    except OSError:
        pytest.skip("this file system keeps none")
    assert run(("lint", "--fix", "p.json"), tmp_path).returncode == 0
    assert os.getxattr(path, "user.comment") == b"ours"


@pytest.mark.parametrize("far", [False, True], ids=["beside it", "in another directory"])
def test_a_link_is_written_through(tmp_path, far):
    target = tmp_path / ("far/p.json" if far else "target.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(FAULTY)
    link = tmp_path / "p.json"
    link.symlink_to(target)
    assert run(("lint", "--fix", "p.json"), tmp_path).returncode == 0
    assert (link.is_symlink(), target.read_text()) == (True, MENDED)
    assert [each.name for each in target.parent.iterdir() if each.name.startswith(".")] == []


def test_the_other_names_of_a_file_keep_the_text_of_before_and_that_is_said(tmp_path):
    (tmp_path / "p.json").write_text(FAULTY)
    (tmp_path / "other").hardlink_to(tmp_path / "p.json")
    ended = run(("lint", "--fix", "p.json"), tmp_path)
    assert ((tmp_path / "p.json").read_text(), (tmp_path / "other").read_text()) == (MENDED, FAULTY)
    assert "note: p.json had other names (hard links), which keep the old text" in ended.stderr


def test_what_is_suggested_is_for_its_owner_alone(tmp_path):
    place = fill(tmp_path / "place")
    before = os.umask(0o022)
    try:
        run((*AUDIT, "--suggest", "deep/out"), place)
    finally:
        os.umask(before)
    found = {place / "deep", *(place / "deep").rglob("*")}
    assert {mode(path) for path in found if path.is_dir()} == {0o700}
    scripts = {path for path in found if path.suffix == ".sh"}
    assert {mode(path) for path in scripts} == {0o700}
    assert {mode(path) for path in found - scripts if path.is_file()} == {0o600}


def test_a_saved_account_is_for_its_owner_alone_and_one_that_is_there_keeps_its_mode(tmp_path):
    place = fill(tmp_path / "place")
    run((*AUDIT, "--save", "account.json"), place)
    assert mode(place / "account.json") == 0o600
    (place / "account.json").chmod(0o640)
    run((*AUDIT, "--save", "account.json"), place)
    assert mode(place / "account.json") == 0o640


def test_a_directory_that_was_made_for_files_goes_when_they_cannot_be_written(tmp_path):
    place = fill(tmp_path / "place")
    (place / "out" / "images").mkdir(parents=True)
    (place / "out" / "images" / "change.md").mkdir()
    ended = run((*AUDIT, "--suggest", "out"), place)
    assert ended.returncode == 2
    assert [path.name for path in (place / "out" / "images").iterdir()] == ["change.md"]
