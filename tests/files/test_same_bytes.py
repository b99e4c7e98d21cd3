"""The same input gives the same bytes, whenever and in whatever order a machine does things."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from files.runs import fill, tree

from iamglue.formats.reports.audit import FORMATS as AUDIT_FORMATS
from iamglue.formats.reports.report import FORMATS as LINT_FORMATS

# Runs in a process of their own, with a clock that stands somewhere else.
_AT = """
import sys, time, datetime, json
from pathlib import Path
moment = datetime.datetime.fromisoformat(sys.argv[1])

class Moment(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

class Day(datetime.date):
    @classmethod
    def today(cls):
        return moment.date()

datetime.datetime, datetime.date, time.time = Moment, Day, moment.timestamp
from support.forked import run_forked

for folder, arguments in json.load(sys.stdin):
    ended = run_forked(arguments, Path(folder))
    Path(f"{folder}.stdout").write_bytes(ended.stdout)
    Path(f"{folder}.stderr").write_bytes(ended.stderr)
    print(ended.returncode)
"""
AUDIT = ("audit", "--input", "details.json", "--functions", "functions.json", "--spec", "spec.yaml")
RUNS = {
    **{f"audit {name}": (*AUDIT, "--format", name, "-o", "r", "--suggest", "out") for name in AUDIT_FORMATS},
    **{f"lint {name}": ("lint", "policies", "spec.yaml", "--format", name, "-o", "r") for name in LINT_FORMATS},
    "baseline": ("lint", "policies", "--write-baseline", "b.json"),
    "save": (*AUDIT, "--save", "account.json"),
}


def written(folder: Path, moment: str, seed: str) -> dict[str, dict[str, bytes]]:
    """All that each run leaves and prints, at a moment, with a seed for the order of sets."""
    folders = {name: fill(folder / name) for name in RUNS}
    runs = [(str(folders[name]), arguments) for name, arguments in RUNS.items()]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])}
    ended = subprocess.run(
        [sys.executable, "-c", _AT, moment],
        input=json.dumps(runs).encode(),
        capture_output=True,
        check=False,
        env=environment,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr
    assert {*ended.stdout.split()} <= {b"0", b"1", b"3"}
    return {name: {**tree(place), **_printed(place)} for name, place in folders.items()}


def _printed(folder: Path) -> dict[str, bytes]:
    return {kind: folder.with_name(f"{folder.name}.{kind}").read_bytes() for kind in ("stdout", "stderr")}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What all runs write at two moments, each in a process with its own order of sets."""
    return (
        written(tmp_path_factory.mktemp("one"), "2026-11-25T12:00:00+00:00", "1"),
        written(tmp_path_factory.mktemp("other"), "2031-03-04T23:59:59+00:00", "2"),
    )


@pytest.mark.parametrize("name", RUNS)
def test_nothing_that_is_written_holds_when_it_was_written(both, name):
    one, other = both
    assert one[name] == other[name]
