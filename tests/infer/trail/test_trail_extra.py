"""Without the packages of the extra, and on a terminal."""

from __future__ import annotations

import subprocess
import sys

import pytest

from iamglue.cli.trail_messages import progress_text
from iamglue.infer.trail.run import ReadingProgress


@pytest.mark.parametrize("package", ["duckdb", "isal", "msgspec"])
def test_a_missing_package_is_an_error_that_names_the_extra(package, trail, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    ran = trail(tmp_path)
    assert (ran.code, ran.output) == (2, "")
    assert "pip install 'iamglue[trail]'" in ran.notes


def test_the_packages_of_the_extra_are_loaded_by_this_command_alone():
    program = "import sys; from iamglue.cli.main import main; import iamglue.cli.infer_trail; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"duckdb", "isal", "msgspec", "boto3"} & set(loaded)


def test_progress_says_files_records_a_second_and_the_time_left():
    text = progress_text(ReadingProgress(30, 120, 25_000_000, 100_000_000, 60_000, 20.0))
    assert text == "30 of 120 files, 60,000 records, 3,000 a second, 1:00 left"


def test_progress_of_the_last_file_has_no_time_left():
    assert progress_text(ReadingProgress(2, 2, 10, 10, 5, 0.0)) == "2 of 2 files, 5 records, 0 a second"
