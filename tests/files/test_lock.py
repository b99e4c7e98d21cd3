"""The lock between runs: held by one at a time, gone with its process, and no file."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from files.runs import FAULTY, MENDED, struck

from iamglue.errors import IamglueError
from iamglue.files import atomic_write as writing
from iamglue.files import lock
from iamglue.files.atomic_write import WriteOptions, write_files
from iamglue.files.lock import lock_folder
from iamglue.files.output_file import OutputFile, is_temporary_name


def test_one_at_a_time_holds_the_lock_of_a_directory(tmp_path):
    with lock_folder(tmp_path) as one:
        assert one
        with pytest.raises(IamglueError, match="has locked it"), lock_folder(tmp_path, wait=0):
            pass
    with lock_folder(tmp_path, wait=0) as other:
        assert other
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_waits_for_the_lock_can_be_interrupted(tmp_path):
    (tmp_path / "p.json").write_text(FAULTY)
    with lock_folder(tmp_path):
        code, _ = struck(("lint", "--fix", "p.json"), tmp_path, signal.SIGTERM, 1)
    assert (code, (tmp_path / "p.json").read_text()) == (130, FAULTY)


def test_the_lock_goes_with_a_process_that_is_killed(tmp_path):
    child = os.fork()
    if not child:
        with lock_folder(tmp_path):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    with lock_folder(tmp_path, wait=0) as held:
        assert held


@pytest.fixture
def no_locks(monkeypatch):
    """A file system that has none, as some of a network."""

    def refused(_handle):
        raise OSError("No locks available")

    monkeypatch.setattr(lock, "_lock", refused)


def test_where_there_are_no_locks_files_are_written_all_the_same(tmp_path, no_locks):
    path = tmp_path / "p.json"
    path.write_text(FAULTY)
    write_files({path: MENDED.encode()}, WriteOptions())
    assert (path.read_text(), list(tmp_path.iterdir())) == (MENDED, [path])


def test_where_there_are_no_locks_nothing_of_another_run_is_taken_away(tmp_path, no_locks):
    path = tmp_path / "p.json"
    path.write_text(FAULTY)
    part = OutputFile.from_path(path).temporary_path
    part.write_text("of another run")
    with pytest.raises(IamglueError, match=f"remove {part}"):
        write_files({path: MENDED.encode()}, WriteOptions())
    assert (path.read_text(), part.read_text()) == (FAULTY, "of another run")


def test_what_is_left_of_a_killed_run_does_not_rest_on_its_process_id(tmp_path, monkeypatch):
    path = tmp_path / "p.json"
    names = set()
    for number in (1, 2):
        monkeypatch.setattr(os, "getpid", lambda number=number: number)
        names.add(OutputFile.from_path(path).temporary_path)
    assert len(names) == 1


@pytest.mark.parametrize("name", [".iamglue-0.part", ".iamglue-0123456789abcdeF.part", "p.json", ".p.json.part"])
def test_other_files_are_not_taken_for_what_a_killed_run_left(tmp_path, name):
    (tmp_path / name).write_text("mine")
    write_files({tmp_path / "q.json": b"{}"}, WriteOptions())
    assert not is_temporary_name(name)
    assert (tmp_path / name).read_text() == "mine"


def test_a_link_in_the_place_of_a_part_is_not_written_through(tmp_path):
    path, victim = tmp_path / "p.json", tmp_path / "victim"
    victim.write_text("mine")
    OutputFile.from_path(path).temporary_path.symlink_to(victim)
    write_files({path: b"{}"}, WriteOptions())
    assert (path.read_bytes(), victim.read_text(), path.is_symlink()) == (b"{}", "mine", False)


def test_a_full_disk_names_the_file_and_leaves_nothing(tmp_path, monkeypatch):
    def full(_handle, _target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "copy_attributes", full)
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    with pytest.raises(IamglueError, match=f"cannot write {paths[0]}: No space left on device"):
        write_files(dict.fromkeys(paths, b"{}"), WriteOptions())
    assert list(tmp_path.iterdir()) == []


def test_files_of_many_directories_need_no_more_open_files_than_one(tmp_path):
    import resource

    paths = [tmp_path / str(number) / "p.json" for number in range(300)]
    for path in paths:
        path.parent.mkdir()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(before[0], 128), before[1]))
    try:
        assert len(write_files(dict.fromkeys(paths, b"{}"), WriteOptions()).replaced) == 300
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_one_target_by_two_names_and_two_texts_is_written_once_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = write_files({Path("p.json"): b"one", tmp_path / "p.json": b"two"}, WriteOptions(per_file=True))
    assert (written.skipped, (tmp_path / "p.json").read_bytes()) == ([tmp_path / "p.json"], b"one")
