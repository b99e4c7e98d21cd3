"""Spark for real: its usage is byte for byte the one of files that are read here."""

from __future__ import annotations

import subprocess
import sys

import pytest
from infer.trail.engines.mixed_logs import write_mixed_logs
from infer.trail.trail_records import create_table, get_object, log_file

pytestmark = pytest.mark.spark
# Of a run of a few seconds most is the compilation of Java code: the first compiler is enough.
_JAVA = "-XX:TieredStopAtLevel=1"


@pytest.fixture(scope="module", autouse=True)
def java():
    pytest.importorskip("pyspark", reason="`make test-spark` has it")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", _JAVA)
        yield


def infer(*arguments):
    command = [sys.executable, "-m", "iamglue", "infer", "trail", "--jobs", "1", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Mixed logs, read here and by Spark into a store of its own."""
    folder = tmp_path_factory.mktemp("mixed")
    write_mixed_logs(folder / "logs")
    here = infer(folder / "logs")
    spark = infer(folder / "logs", "--spark", "local[2]", "--store", folder / "store")
    return folder, here, spark


def test_spark_gives_the_same_bytes_as_files_that_are_read_here(mixed):
    _, here, spark = mixed
    assert here.stdout
    assert (spark.stdout, spark.returncode) == (here.stdout, here.returncode), spark.stderr


def test_files_that_spark_cannot_read_to_the_end_are_reported(mixed):
    _, _, spark = mixed
    assert spark.returncode == 3
    assert "the gzip data ends too early" in spark.stderr
    assert "skipped 1 file: it is a digest file" in spark.stderr


def test_spark_aggregates_the_rows_of_a_store_that_duckdb_wrote(tmp_path):
    log_file(tmp_path / "logs", get_object(), create_table(), get_object("b"), create_table(errorCode="AccessDenied"))
    log_file(tmp_path / "logs", get_object(), day="2026/01/06", number=2)
    first = infer(tmp_path / "logs", "--store", tmp_path / "store")
    for answer in (tmp_path / "store").glob("answer-*"):
        answer.unlink()
    spark = infer("--query", "--store", tmp_path / "store", "--spark", "local[1]")
    assert (spark.stdout, spark.returncode) == (first.stdout, 0), spark.stderr


def test_a_master_that_is_none_is_reported_with_exit_code_3(tmp_path):
    log_file(tmp_path / "logs", get_object())
    spark = infer(tmp_path / "logs", "--spark", "nonsense")
    assert (spark.stdout, spark.returncode) == ("", 3)
    assert "Spark (nonsense)" in spark.stderr
