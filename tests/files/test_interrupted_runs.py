"""A run that is interrupted, or killed, at any step of its writing leaves whole files and nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from files.runs import FAULTY, MENDED, copied, fill, struck, tree

from iamglue.cli.main import main

AUDIT = ("audit", "--input", "details.json", "--functions", "functions.json", "--format", "json", "--spec", "spec.yaml")
# An export holds no policies of functions: what an audit could not read of them exits 3.
DONE = (0, 1, 3)
WRITERS = {
    "lint --fix": ("lint", "--fix", "policies"),
    "lint -o FILE": ("lint", "policies", "--format", "json", "-o", "report.json"),
    "lint --write-baseline": ("lint", "policies", "--write-baseline", "baseline.json"),
    "generate -o FILE": ("generate", "spec.yaml", "--format", "sam", "-o", "template.yaml"),
    "generate -o DIR": ("generate", "spec.yaml", "-o", "made/"),
    "compact -o FILE": ("compact", "policy.json", "-o", "policy.json"),
    "init": ("init", "new.yaml", "--function", "images"),
    "audit -o FILE": (*AUDIT, "-o", "report.json"),
    "audit --save": (*AUDIT, "--save", "account.json"),
    "audit --suggest": (*AUDIT, "--suggest", "deep/out"),
    "audit --write-baseline": (*AUDIT, "--write-baseline", "baseline.json"),
}


def is_shown(step: int) -> bool:
    """Whether it is one of the first steps, or each tenth: a command that writes many files does the same with all."""
    return step < 8 or step % 10 == 8


@pytest.fixture
def iamglue_in(monkeypatch):
    """Run `iamglue ARGUMENTS` in this process in a directory, and give back the exit code."""

    def run(folder: Path, arguments: Sequence[str]) -> int:
        monkeypatch.chdir(folder)
        return CliRunner().invoke(main, arguments).exit_code

    return run


# All signals come to the same place: one command shows it.
_AS_IN_A_SHELL = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
}


@pytest.fixture(autouse=True)
def _signals_as_in_a_shell():
    """Whoever runs the tests may ignore signals, as `nohup` does."""
    before = {number: signal.signal(number, handler) for number, handler in _AS_IN_A_SHELL.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("writer", WRITERS)
def test_an_interrupted_run_leaves_all_or_nothing_and_exits_130(tmp_path, writer):
    before = tree(fill(tmp_path / "before"))
    whole = fill(tmp_path / "whole")
    assert struck(WRITERS[writer], whole, signal.SIGTERM, 0)[0] in DONE
    after = tree(whole)
    for step in filter(is_shown, count(1)):
        place = fill(tmp_path / f"struck-{step}")
        code, told = struck(WRITERS[writer], place, signal.SIGTERM, step)
        assert tree(place) in (before, after), step
        if code != 130:
            break
        assert told.endswith("error: interrupted\n")
    assert (code in DONE, tree(place)) == (True, after)
    assert step > 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_other_signals_interrupt_a_run_too(tmp_path, number):
    place = fill(tmp_path / "place")
    before = tree(place)
    code, told = struck(WRITERS["lint --fix"], place, number, 8)
    assert (code, tree(place)) == (130, before)
    assert told.endswith("error: interrupted\n")


@pytest.mark.parametrize("writer", WRITERS)
def test_what_a_killed_run_left_goes_with_the_next_run(tmp_path, writer, iamglue_in):
    """Each of its steps leaves a copy of the directory, which is what SIGKILL leaves there."""
    whole = fill(tmp_path / "whole")
    before = tree(whole)
    assert copied(WRITERS[writer], whole, tmp_path / "copies", is_shown) in DONE
    after = tree(whole)
    left = 0
    for place in sorted((tmp_path / "copies").iterdir()):
        for name, content in tree(place).items():
            left += name not in {**before, **after}
            assert name not in {**before, **after} or content in (before.get(name), after.get(name)), place
        if not (writer == "init" and (place / "new.yaml").exists()):
            assert iamglue_in(place, WRITERS[writer]) in DONE
        assert tree(place) == after, place
    assert left, "no step left anything: this shows nothing"


def test_what_a_run_left_that_sigkill_ended_goes_with_the_next_run(tmp_path):
    whole, place = fill(tmp_path / "whole"), fill(tmp_path / "killed")
    struck(WRITERS["lint --fix"], whole, 0, 0)
    assert struck(WRITERS["lint --fix"], place, signal.SIGKILL, 8)[0] == -signal.SIGKILL
    assert tree(place).keys() > tree(whole).keys(), "nothing was left: this shows nothing"
    assert struck(WRITERS["lint --fix"], place, 0, 0)[0] in DONE
    assert tree(place) == tree(whole)


def test_a_run_over_hundreds_of_files_leaves_none_of_its_own_when_it_is_terminated_while_it_writes(tmp_path):
    names = [f"p{number:03}.json" for number in range(400)]
    for name in names:
        (tmp_path / name).write_text(FAULTY)
    command = [sys.executable, "-m", "iamglue", "lint", "--fix", "."]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and len(list(tmp_path.iterdir())) == len(names):
        time.sleep(0.001)  # until it writes
    process.terminate()
    process.communicate(timeout=60)
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert {path.read_text() for path in tmp_path.iterdir()} in ({FAULTY}, {MENDED})


def test_workers_end_with_a_run_that_is_killed(tmp_path):
    for number in range(400):
        (tmp_path / f"p{number:03}.json").write_text(FAULTY)
    command = [sys.executable, "-m", "iamglue", "lint", "--jobs", "2", "."]
    # The workers hold the pipe as well: it ends when the last of them does.
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    children = f"/proc/{process.pid}/task/{process.pid}/children"
    while process.poll() is None and len(_words(children)) < 2:
        time.sleep(0.001)
    process.kill()
    process.communicate(timeout=60)


def _words(path: str) -> list[str]:
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123 - of the system's own files
            return file.read().split()
    except OSError:
        return []


def test_a_signal_that_is_ignored_stays_ignored(tmp_path):
    place = fill(tmp_path / "place")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does
    try:
        code, _ = struck(WRITERS["lint --fix"], place, signal.SIGHUP, 2)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (code, (place / "policies" / "a.json").read_text()) == (0, MENDED)
