"""The same input gives the same bytes, whenever and in whatever order a machine does things."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from files.runs import fill, tree

from iamglue.formats.reports.audit import FORMATS as AUDIT_FORMATS
from iamglue.formats.reports.report import FORMATS as LINT_FORMATS

# A clock that stands somewhere else.
_AT = """
import sys, time, datetime
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
sys.argv = ["iamglue", *sys.argv[2:]]
from iamglue.cli.main import main
main()
"""


def written(folder: Path, arguments: tuple[str, ...], moment: str, seed: str) -> dict[str, bytes]:
    """All that a run leaves and prints, at a moment, with a seed for the order of sets."""
    command = [sys.executable, "-c", _AT, moment, *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    ended = subprocess.run(command, cwd=fill(folder), capture_output=True, check=False, env=environment, timeout=120)
    assert ended.returncode in (0, 1, 3), ended.stderr
    return {**tree(folder), "<stdout>": ended.stdout, "<stderr>": ended.stderr}


AUDIT = ("audit", "--input", "details.json", "--functions", "functions.json", "--spec", "spec.yaml")
RUNS = {
    **{f"audit {name}": (*AUDIT, "--format", name, "-o", "r", "--suggest", "out") for name in AUDIT_FORMATS},
    **{f"lint {name}": ("lint", "policies", "spec.yaml", "--format", name, "-o", "r") for name in LINT_FORMATS},
    "baseline": ("lint", "policies", "--write-baseline", "b.json"),
    "save": (*AUDIT, "--save", "account.json"),
}


@pytest.mark.parametrize("name", RUNS)
def test_nothing_that_is_written_holds_when_it_was_written(tmp_path, name):
    one = written(tmp_path / "one", RUNS[name], "2026-11-25T12:00:00+00:00", "1")
    other = written(tmp_path / "other", RUNS[name], "2031-03-04T23:59:59+00:00", "2")
    assert one == other
