"""`iamglue fmt`: what it writes, where, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from iamglue.cli.main import main

OLD = "iamglue: 1\nfunction: f\nreads:\n  - AWS::S3::Bucket: bkt   # the bucket\n"
NEW = "iamglue: 1\nfunction: f\nreads:\n  - s3: bkt   # the bucket\n"


def run(*arguments: str, text: str | bytes | None = None):
    return CliRunner().invoke(main, ["fmt", *arguments], input=text)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(OLD, encoding="utf-8")
    return path


def test_a_spec_is_rewritten_in_place(spec: Path):
    result = run(str(spec))
    assert (result.exit_code, result.stdout) == (0, "")
    assert spec.read_text(encoding="utf-8") == NEW
    assert "rewrote 1 spec" in result.stderr


def test_a_second_run_changes_nothing(spec: Path):
    run(str(spec))
    before = spec.stat().st_mtime_ns
    result = run(str(spec))
    assert (result.exit_code, result.stderr, spec.stat().st_mtime_ns) == (0, "", before)


def test_check_exits_1_and_writes_nothing(spec: Path):
    result = run("--check", str(spec))
    assert result.exit_code == 1
    assert spec.read_text(encoding="utf-8") == OLD
    assert f"would change: {spec}" in result.stderr


def test_check_exits_0_for_a_canonical_spec(spec: Path):
    spec.write_text(NEW, encoding="utf-8")
    assert run("--check", str(spec)).exit_code == 0


def test_diff_shows_the_change_and_writes_nothing(spec: Path):
    result = run("--diff", str(spec))
    assert result.exit_code == 1
    assert "-  - AWS::S3::Bucket: bkt   # the bucket\n+  - s3: bkt   # the bucket\n" in result.stdout
    assert spec.read_text(encoding="utf-8") == OLD


def test_stdin_goes_to_stdout():
    result = run("-", text=OLD)
    assert (result.exit_code, result.stdout) == (0, NEW)


def test_stdin_is_printed_even_if_nothing_changes():
    assert run("-", text=NEW).stdout == NEW


def test_stdin_and_a_file_is_bad_usage(spec: Path):
    assert run("-", str(spec)).exit_code == 2


def test_a_spec_with_an_error_is_not_written_but_the_others_are(spec: Path, tmp_path: Path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(OLD + "foo: 1\n", encoding="utf-8")
    result = run(str(wrong), str(spec))
    assert result.exit_code == 2
    assert f"{wrong}:5:1: unknown key `foo`" in result.stderr
    assert spec.read_text(encoding="utf-8") == NEW
    assert wrong.read_text(encoding="utf-8") == OLD + "foo: 1\n"


def test_a_missing_file_is_an_error():
    result = run("nowhere.yaml")
    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


def test_line_ends_and_the_byte_order_mark_are_kept(spec: Path):
    spec.write_bytes(b"\xef\xbb\xbf" + OLD.replace("\n", "\r\n").encode())
    run(str(spec))
    assert spec.read_bytes() == b"\xef\xbb\xbf" + NEW.replace("\n", "\r\n").encode()


def test_an_ambiguous_word_is_reported_with_its_choices_on_lines(spec: Path):
    spec.write_text("iamglue: 1\nfunction: f\ntriggers:\n  - stream: s\n", encoding="utf-8")
    result = run(str(spec))
    assert result.exit_code == 2
    assert "\n    `dynamodb`: The stream of a DynamoDB table\n    `kinesis`: A Kinesis data stream\n" in result.stderr
