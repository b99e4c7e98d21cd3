"""Reading files and standard input: what cannot be read is an error that says why."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from iamglue.errors import ExitCode, IamglueError
from iamglue.files.text_files import read_text
from iamglue.readers.spec.reader import read_spec

SPEC = "iamglue: 1\nfunction: f\nreads:\n  - s3: bkt\n"


def standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))


def test_a_spec_is_read_from_a_file(tmp_path: Path):
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC, encoding="utf-8")
    spec = read_spec(str(path))
    assert (spec.path, spec.functions[0].entries[0].location.path) == (str(path), str(path))


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch):
    standard_input(monkeypatch, SPEC.encode())
    assert read_spec("-").path == "<stdin>"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"iamglue: 1\nfunction: caf\xe9\n", "not UTF-8"),
        ("iamglue: 1\n".encode("utf-16"), "not UTF-8"),
        (b"#" * 5_000_000, "longer than the limit"),
        (b"", "empty"),
    ],
)
def test_what_is_no_text_of_ours_is_refused(monkeypatch: pytest.MonkeyPatch, content: bytes, message: str):
    standard_input(monkeypatch, content)
    with pytest.raises(IamglueError, match=message) as caught:
        read_spec("-")
    assert caught.value.exit_code is ExitCode.USAGE


def test_the_line_of_a_byte_that_is_not_utf8_is_told(tmp_path: Path):
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"a: b\nc: \xff\n")
    with pytest.raises(IamglueError) as caught:
        read_text(str(path))
    assert caught.value.location is not None
    assert caught.value.location.line == 2


def test_a_byte_order_mark_is_passed_over(tmp_path: Path):
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SPEC.encode())
    assert read_spec(str(path)).functions[0].name == "f"


def test_a_directory_is_refused(tmp_path: Path):
    with pytest.raises(IamglueError, match="directory"):
        read_text(str(tmp_path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(IamglueError, match="no such file"):
        read_text(str(tmp_path / "nothing.yaml"))


def test_a_path_that_no_file_can_have_is_refused():
    with pytest.raises(IamglueError, match="cannot read"):
        read_text("a\0b")


def test_a_closed_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(IamglueError, match="standard input is closed"):
        read_text("-")
