"""A store: a second run reads new files only, and nothing is counted twice, whatever happens to a run."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import subprocess
import sys

import pytest
from infer.trail.trail_records import create_table, get_object, log_file

from iamglue.infer.trail.store import TrailStore

COMMAND = [sys.executable, "-m", "iamglue", "infer", "trail", "--jobs", "1"]


@pytest.fixture
def logs(tmp_path):
    folder = tmp_path / "logs"
    for number in range(3):
        log_file(folder, create_table(f"t{number}"), get_object(), number=number)
    return folder


def counts(ran):
    return {row["resource"].rpartition(":")[2]: row["count"] for row in ran.usage["access"]}


def test_a_second_run_reads_new_files_only(trail, logs, tmp_path):
    first = trail(logs, "--store", tmp_path / "store")
    again = trail(logs, "--store", tmp_path / "store")
    assert again.output == first.output
    assert "read 0 records of 0 files" in again.notes
    assert "3 files were in the store" in again.notes
    log_file(logs, get_object(), day="2026/01/06")
    third = trail(logs, "--store", tmp_path / "store")
    assert "read 1 record of 1 file" in third.notes
    assert third.usage["records"] == 7
    assert counts(third)["images/in/*"] == 4


def test_the_store_gives_what_the_files_give(trail, logs, tmp_path):
    assert trail(logs, "--store", tmp_path / "store").output == trail(logs).output


def test_a_query_answers_from_the_store_alone(trail, logs, tmp_path):
    first = trail(logs, "--store", tmp_path / "store")
    for path in logs.rglob("*.gz"):
        path.unlink()
    ran = trail("--query", "--store", tmp_path / "store")
    assert (ran.code, ran.output) == (0, first.output)
    assert len(trail("--query", "--store", tmp_path / "store", "--since", "2026-01-06").usage["access"]) == 0


def test_a_query_of_a_folder_without_a_store_is_an_error(trail, tmp_path):
    ran = trail("--query", "--store", tmp_path)
    assert ran.code == 2
    assert "has no store" in ran.notes


def test_unreadable_records_are_reported_by_every_run(trail, tmp_path):
    log_file(tmp_path / "logs", create_table(), create_table() | {"eventName": 1})
    for arguments in (
        (tmp_path / "logs", "--store", tmp_path / "store"),
        (tmp_path / "logs", "--store", tmp_path / "store"),
        ("--query", "--store", tmp_path / "store"),
    ):
        ran = trail(*arguments)
        assert (ran.code, ran.usage["records"], ran.usage["unreadable"]) == (3, 2, 1)


def test_what_could_not_be_read_is_in_the_usage_until_it_is_read(trail, logs, tmp_path):
    path = logs / "new.json"
    path.write_text("[")
    first = trail(logs, "--store", tmp_path / "store")
    query = trail("--query", "--store", tmp_path / "store")
    for ran in (first, query):
        assert (ran.code, [item["name"] for item in ran.usage["failed"]]) == (3, [str(path)])
    other = log_file(tmp_path / "other", get_object(), day="2026/01/07")
    assert trail(other, "--store", tmp_path / "store").code == 3
    path.write_text(json.dumps([create_table("x")]))
    last = trail(logs, "--store", tmp_path / "store")
    assert (last.code, "failed" in last.usage) == (0, False)


def test_a_damaged_file_is_read_again_when_it_is_complete(trail, logs, tmp_path):
    whole = json.dumps([create_table("x"), create_table("y")])
    path = logs / "new.json"
    path.write_text(whole[:-100])
    first = trail(logs, "--store", tmp_path / "store")
    assert (first.code, first.usage["records"]) == (3, 8)
    path.write_text(whole)
    second = trail(logs, "--store", tmp_path / "store")
    assert (second.code, second.usage["records"], counts(second)["table/x"]) == (0, 8, 1)


def test_a_file_that_changed_is_reported_and_not_counted_twice(trail, logs, tmp_path):
    path = logs / "events.json"
    path.write_text(json.dumps([create_table("x")]))
    trail(logs, "--store", tmp_path / "store")
    path.write_text(json.dumps([create_table("x"), create_table("y")]))
    ran = trail(logs, "--store", tmp_path / "store")
    assert (ran.code, counts(ran)["table/x"]) == (3, 1)
    assert "it has changed since it was stored" in ran.notes


def test_many_small_runs_are_merged(trail, tmp_path):
    for number in range(12):
        log_file(tmp_path / "logs", get_object(), number=number)
        ran = trail(tmp_path / "logs", "--store", tmp_path / "store")
    assert counts(ran) == {"images/in/*": 12}
    assert ran.usage["files"] == 12
    assert len(list((tmp_path / "store").glob("*.rows.parquet"))) < 10


def test_two_runs_at_once_count_nothing_twice(trail, logs, tmp_path):
    for number in range(3, 60):
        log_file(logs, create_table(f"t{number}"), get_object(), number=number)
    command = [*COMMAND, str(logs), "--store", str(tmp_path / "store")]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(2)]
    outputs = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0])["records"] == 120


# The moments at which a run is killed: at each of the calls that put data on the disk, and after each.
KILLED = """
import os, signal, sys
from iamglue.infer.trail import run, store
from iamglue.cli.main import main
run._COMMIT_SECONDS, run._TASK_FILES = -1.0, 1
calls, real, at = [0], getattr(store, sys.argv[1]), int(sys.argv[2])
def killing(*arguments):
    calls[0] += 1
    if calls[0] == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)
setattr(store, sys.argv[1], killing)
main(sys.argv[3:])
"""


@pytest.mark.parametrize(
    ("function", "at"),
    [("_sync", 1), ("_sync", 2), ("_sync", 3), ("_sync", 6), ("_sync", 29), ("_sync", 30), ("_file_line", 2)],
)
def test_a_killed_run_leaves_a_store_that_the_next_run_completes(function, at, trail, tmp_path):
    for number in range(12):
        log_file(tmp_path / "logs", create_table(f"t{number}"), get_object(), number=number)
    arguments = ["infer", "trail", str(tmp_path / "logs"), "--store", str(tmp_path / "store"), "--jobs", "1"]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, function, str(at), *arguments], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    ran = trail(tmp_path / "logs", "--store", tmp_path / "store")
    assert (ran.code, ran.usage["records"], counts(ran)["images/in/*"]) == (0, 24, 12)
    assert {row["count"] for row in ran.usage["access"]} == {1, 12}
    files = {path.name.partition(".")[0] for path in (tmp_path / "store").glob("*.parquet")}
    assert files <= {batch["id"] for batch in json.loads((tmp_path / "store" / "store.json").read_text())["batches"]}


def test_a_commit_that_fails_leaves_the_store_as_it_was(trail, logs, tmp_path):
    """A limit of the size of files stands for a full disk: both fail while a file is written."""
    first = trail(logs, "--store", tmp_path / "store")
    log_file(logs, *(create_table(os.urandom(24).hex()) for _ in range(3000)), day="2026/01/07")
    command = [*COMMAND, str(logs), "--store", str(tmp_path / "store")]

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    failed = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, check=False)
    assert failed.returncode in (2, 3)
    assert "Traceback" not in failed.stderr
    assert failed.stdout == ""
    assert trail("--query", "--store", tmp_path / "store").output == first.output


def test_a_store_of_another_format_is_an_error(trail, logs, tmp_path):
    store = tmp_path / "store"
    store.mkdir()
    for text, problem in (('{"format": 99, "batches": []}', "another version"), ("{", "not the list of a store")):
        (store / "store.json").write_text(text)
        ran = trail(logs, "--store", store)
        assert ran.code == 2
        assert problem in ran.notes


def test_a_damaged_store_is_an_error_and_no_usage(trail, logs, tmp_path):
    trail(logs, "--store", tmp_path / "store")
    for path in (tmp_path / "store").glob("*.rows.parquet"):
        path.write_bytes(b"PAR1")
    ran = trail("--query", "--store", tmp_path / "store", "--since", "2020-01-01")
    assert (ran.code, ran.output) == (2, "")
    assert "the store is damaged" in ran.notes
    assert "remove the store" in ran.notes


def test_names_of_folders_are_no_patterns(trail, tmp_path):
    store = tmp_path / "st[o]re *?'\"" / "a"
    log_file(tmp_path / "lo[g]s*", get_object())
    trail(tmp_path / "lo[g]s*", "--store", store)
    assert trail("--query", "--store", store).usage["records"] == 1


def test_what_is_stored_grows_with_what_is_distinct(trail, tmp_path):
    for number in range(4):
        log_file(tmp_path / "logs", *(get_object(f"in/{number}-{item}.jpg") for item in range(500)), number=number)
    assert trail(tmp_path / "logs", "--store", tmp_path / "store").usage["records"] == 2000
    (path,) = (tmp_path / "store").glob("*.rows.parquet")
    import duckdb

    assert duckdb.sql(f"select count(*) from '{path}'").fetchall() == [(1,)]


def test_files_with_odd_names_are_known_again(trail, tmp_path):
    for name in ("a\tb.json.gz", "a\nb.json.gz", "é'\"%.json.gz"):
        (tmp_path / "logs").mkdir(exist_ok=True)
        (tmp_path / "logs" / name).write_bytes(gzip.compress(json.dumps([get_object()]).encode()))
    trail(tmp_path / "logs", "--store", tmp_path / "store")
    ran = trail(tmp_path / "logs", "--store", tmp_path / "store")
    assert (ran.usage["records"], ran.usage["files"]) == (3, 3)


def test_the_answer_of_a_store_is_kept_for_the_same_question_alone(trail, logs, tmp_path):
    store = tmp_path / "store"
    first = trail(logs, "--store", store)
    (answer,) = store.glob("answer-*")
    again = trail(logs, "--store", store)
    assert again.output == first.output
    assert [line for line in again.notes.splitlines() if "files" not in line] == [
        line for line in first.notes.splitlines() if "files" not in line
    ]
    assert trail("--query", "--store", store, "--function", "nobody").usage["access"] == []
    (other,) = store.glob("answer-*")
    assert other != answer
    assert trail("--query", "--store", store).output == first.output


def test_a_damaged_answer_is_worked_out_again(trail, logs, tmp_path):
    first = trail(logs, "--store", tmp_path / "store")
    (answer,) = (tmp_path / "store").glob("answer-*")
    answer.write_bytes(answer.read_bytes()[:-6])
    ran = trail("--query", "--store", tmp_path / "store")
    assert (ran.code, ran.output) == (0, first.output)


def test_there_is_room_for_temporary_files_after_batches_were_merged(tmp_path):
    store = TrailStore(tmp_path)
    with store.writing():
        for _ in range(10):
            store.add([], [])
        store.merge_small_batches()
        assert store.work_folder.is_dir()
        numbers = store.database.write_parquet("SELECT * FROM range(3)", store.work_folder / "numbers.parquet")
    assert numbers == 3
