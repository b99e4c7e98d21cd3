"""A file that is changed while a command works on it is left alone, and that is said: nobody's edit is lost."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from files.runs import FAULTY, MENDED, SPEC, document, edited, fill, run, tree

EDIT = document(["s3:GetBucketTagging"])
MORE = SPEC + "# more\n"
AUDIT = ("audit", "--functions", "functions.json", "--input")


@pytest.mark.parametrize("text", [EDIT, "gone"])
def test_a_file_that_was_changed_while_it_was_mended_is_left_alone_and_the_others_are_mended(tmp_path, text):
    place = fill(tmp_path / "place")
    ended = edited(("lint", "--fix", "policies"), place, "policies/b.json", text)
    left = {**tree(place / "policies")}
    assert left.pop("b.json", b"gone") == text.encode()
    assert left == {"a.json": MENDED.encode(), "c.json": MENDED.encode()}
    assert ended.returncode == 3
    assert "policies/b.json changed while it was being fixed" in ended.stderr
    assert "fixed 2 in 2 files" in ended.stderr


def test_the_report_says_that_a_changed_file_was_not_evaluated(tmp_path):
    place = fill(tmp_path / "place")
    ended = edited(("lint", "--fix", "--format", "json", "policies"), place, "policies/b.json", EDIT)
    (gap,) = json.loads(ended.stdout)["not_evaluated"]
    assert (gap["kind"], gap["subject"]["name"]) == ("failed", "policies/b.json")


def test_a_changed_file_is_left_alone_where_several_processes_read(tmp_path):
    for number in range(400):
        (tmp_path / f"p{number:03}.json").write_text(FAULTY)
    ended = edited(("lint", "--fix", "--jobs", "2", "."), tmp_path, "p007.json", EDIT)
    assert ended.returncode == 3
    texts = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert (texts.pop("p007.json"), set(texts.values()), len(texts)) == (EDIT, {MENDED}, 399)


def test_a_byte_order_mark_is_kept_and_is_no_change(tmp_path):
    (tmp_path / "p.json").write_bytes(b"\xef\xbb\xbf" + FAULTY.encode())
    assert run(("lint", "--fix", "p.json"), tmp_path).returncode == 0
    assert (tmp_path / "p.json").read_bytes() == b"\xef\xbb\xbf" + MENDED.encode()


REWRITERS = {
    "compact": (("compact", "policy.json", "-o", "policy.json"), "policy.json"),
    "compact through a link": (("compact", "link.json", "-o", "policy.json"), "policy.json"),
    "lint -o over its input": (("lint", "policies", "--format", "json", "-o", "policies/a.json"), "policies/a.json"),
    "lint baseline": (("lint", "policies", "--baseline", "b.json", "--write-baseline", "b.json"), "b.json"),
    "audit --save over its input": ((*AUDIT, "details.json", "--save", "details.json"), "details.json"),
    "audit -o over an earlier report": (
        (*AUDIT, "details.json", "--format", "json", "--only-new", "r.json", "-o", "r.json"),
        "r.json",
    ),
    "generate over its spec": (("generate", "spec.yaml", "--format", "sam", "-o", "spec.yaml"), "spec.yaml"),
    "init": (("init", "new.yaml", "--function", "images"), "new.yaml"),
}


@pytest.mark.parametrize("name", REWRITERS)
def test_every_command_leaves_a_file_alone_that_changed_since_it_was_read(tmp_path, name):
    arguments, path = REWRITERS[name]
    place = fill(tmp_path / "place")
    (place / "link.json").symlink_to("policy.json")
    run(("lint", "policies", "--write-baseline", "b.json"), place)
    run((*AUDIT, "details.json", "--format", "json", "-o", "r.json"), place)
    before = tree(place)
    ended = edited(arguments, place, path, MORE)
    assert ended.returncode == 3
    assert f"{path} changed while the command ran" in ended.stderr
    assert tree(place) == {
        **before,
        path: MORE.encode(),
        **({"link.json": MORE.encode()} if path == "policy.json" else {}),
    }


@pytest.mark.parametrize("name", REWRITERS)
def test_every_command_writes_over_a_file_that_it_read_and_nobody_changed(tmp_path, name):
    arguments, path = REWRITERS[name]
    place = fill(tmp_path / "place")
    (place / "link.json").symlink_to("policy.json")
    run(("lint", "policies", "--write-baseline", "b.json"), place)
    run((*AUDIT, "details.json", "--format", "json", "-o", "r.json"), place)
    assert "was changed" not in run(arguments, place).stderr
    assert (place / path).exists()


def test_several_runs_at_once_in_one_directory_mend_every_file_once_and_leave_no_other(tmp_path):
    names = [f"p{number:03}.json" for number in range(120)]
    for name in names:
        (tmp_path / name).write_text(FAULTY)
    command = [sys.executable, "-m", "iamglue", "lint", "--fix", "."]
    runs = [subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    told = [process.communicate(timeout=120)[1] for process in runs]
    assert [process.returncode for process in runs] == [0, 0, 0, 0], told
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(names, MENDED)


def test_two_runs_that_want_different_things_lose_neithers_change_in_silence(tmp_path):
    """One mends the file while another one, which read it before, is about to write it."""
    place = fill(tmp_path / "place")
    other = "policies/a.json"
    ended = edited(("lint", "--fix", "--select", "redundant-action", "policies"), place, other, EDIT)
    assert (ended.returncode, (place / other).read_text()) == (3, EDIT)


def test_one_file_under_two_names_is_mended_once(tmp_path):
    (tmp_path / "p.json").write_text(FAULTY)
    (tmp_path / "q.json").symlink_to("p.json")
    assert run(("lint", "--fix", "p.json", "./p.json", "q.json"), tmp_path).returncode == 0
    assert (tmp_path / "q.json").is_symlink()
    assert (tmp_path / "p.json").read_text() == MENDED
