"""Bad input: a clear error, exit 2, no traceback, no partial file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from architecture.source_tree import ROOT
from support.forked import become_nobody, run_forked

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
EXIF = ROOT / "examples" / "exif-pipeline" / "spec.yaml"
HEAD = "iamglue: 1\nfunction: f\nregion: eu-west-1\n"
HOSTILE = {
    "empty": b"",
    "only a comment": b"# nothing\n",
    "null": b"~\n",
    "a list": b"- s3: images\n",
    "a word": b"images\n",
    "a number": b"12\n",
    "tabs": b"iamglue: 1\n\tfunction: f\n",
    "10 MB": b"# " + b"x" * 10_000_000 + b"\n",
    "10 MB of entries": HEAD.encode() + b"reads:\n" + b"  - s3: images-bucket\n" * 450_000,
    "deep": b"a: " + b"[" * 20_000 + b"]" * 20_000,
    "a bomb": BOMB.encode(),
    "a tag that runs code": b"!!python/object/apply:os.system ['touch owned']\n",
    "a tag in a spec": HEAD.encode() + b"reads:\n  - s3: !Ref Bucket\n",
    "an unquoted star": HEAD.encode() + b"reads:\n  - s3: *\n",
    "an unquoted star and name": HEAD.encode() + b"reads:\n  - s3: *-images\n",
    "an unquoted brace": HEAD.encode() + b"reads:\n  - s3: {Bucket}-images\n",
    "not UTF-8": b"iamglue: 1\nfunction: caf\xe9\n",
    "UTF-16": "iamglue: 1\nfunction: f\n".encode("utf-16"),
    "control characters": b"iamglue: 1\nfunction: \x1b[2J\n",
    "NUL": b"iamglue: 1\x00\n",
    "two documents": b"iamglue: 1\nfunction: f\n---\niamglue: 1\n",
    "a duplicate key": b"iamglue: 1\nfunction: f\nfunction: g\n",
    "an unknown key": HEAD.encode() + b"raeds: []\n",
    "another format": b"iamglue: 99\nfunction: f\n",
    "JSON cut short": b'{"iamglue": 1, "function"',
    "itself": b"iamglue: 1\nfunction: &f\n  a: *f\n",
}


def unprivileged(*arguments: object) -> tuple[int, str, str]:
    """Exit code and output of the program, run by a user who may not read and write everything, as root may."""
    ended = run_forked([str(argument) for argument in arguments], Path.cwd(), before=become_nobody)
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that everybody can reach."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder).resolve()
        path.chmod(0o755)
        yield path


@pytest.fixture
def spec_for_all(public) -> Path:
    """A spec that everybody can read."""
    path = public / "spec.yaml"
    path.write_bytes(EXIF.read_bytes())
    return path


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_bad_input_is_an_error_that_names_the_file_and_writes_nothing(iamglue, tmp_path, content):
    path, target = tmp_path / "spec.yaml", tmp_path / "policy.json"
    path.write_bytes(content)
    result = iamglue("generate", path, "-o", target)
    assert (result.exit_code, result.stdout) == (2, ""), result.stderr
    assert result.stderr.startswith(f"error: {path}:"), result.stderr
    assert "Traceback" not in result.stderr
    assert {each.name for each in tmp_path.iterdir()} == {"spec.yaml"}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_bad_input_on_stdin_is_the_same_error(iamglue, content):
    result = iamglue("generate", "-", stdin=content)
    assert (result.exit_code, result.stdout) == (2, ""), result.stderr
    assert result.stderr.startswith("error: ")


@pytest.mark.parametrize("name", ["an unquoted star", "an unquoted star and name", "an unquoted brace"])
def test_what_trips_yaml_is_told_to_be_quoted(iamglue, tmp_path, name):
    path = tmp_path / "spec.yaml"
    path.write_bytes(HOSTILE[name])
    assert "quote" in iamglue("generate", path).stderr


def test_an_account_id_keeps_its_leading_zeros_without_quotes(iamglue, spec):
    text = HEAD + "account: 012345678901\nwrites:\n  - dynamodb: tbl\n"
    assert ":012345678901:table/tbl" in iamglue("generate", spec(text)).stdout


def test_an_account_id_of_eleven_digits_is_an_error(iamglue, spec):
    result = iamglue("generate", spec(HEAD + "account: 12345678901\n"))
    assert result.exit_code == 2
    assert "12 digits" in result.stderr


def test_a_file_that_is_not_there_is_an_error(iamglue, tmp_path):
    result = iamglue("generate", tmp_path / "missing.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert "missing.yaml" in result.stderr


def test_a_directory_is_an_error(iamglue, tmp_path):
    result = iamglue("generate", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "directory" in result.stderr


def test_a_file_that_may_not_be_read_is_an_error(spec_for_all):
    spec_for_all.chmod(0)
    code, stdout, stderr = unprivileged("generate", spec_for_all)
    assert (code, stdout) == (2, "")
    assert stderr.startswith("error: ")
    assert "ermission" in stderr


def test_a_directory_that_may_not_be_written_is_an_error(public, spec_for_all):
    public.chmod(0o555)
    code, stdout, stderr = unprivileged("generate", spec_for_all, "-o", public / "policy.json")
    assert (code, stdout) == (2, "")
    assert stderr.startswith(f"error: cannot write {public}/")
    assert list(public.iterdir()) == [spec_for_all]
    public.chmod(0o755)


def test_a_file_that_may_not_be_written_is_left_as_it_was(public, spec_for_all):
    target = public / "policy.json"
    target.write_text("old")
    target.chmod(0o444)
    public.chmod(0o777)
    code, _, stderr = unprivileged("generate", spec_for_all, "-o", target)
    assert code == 2
    assert stderr.startswith(f"error: cannot write {target}: ")
    assert target.read_text() == "old"


def test_a_file_that_may_not_be_read_cannot_be_checked(public, spec_for_all):
    target = public / "policy.json"
    target.write_text("old")
    target.chmod(0)
    code, _, stderr = unprivileged("generate", spec_for_all, "-o", target, "--check")
    assert code == 2
    assert stderr.startswith(f"error: cannot read {target}: ")


def test_a_directory_of_code_that_may_not_be_entered_is_reported_and_the_rest_is_read(public):
    (public / "app.py").write_text('import boto3\nboto3.client("s3").list_buckets()\n')
    (public / "closed").mkdir(mode=0)
    (public / "listed").mkdir()
    (public / "listed" / "data.json").write_text("{}")
    (public / "listed").chmod(0o744)
    code, stdout, _ = unprivileged("infer", "code", public)
    assert code == 0
    assert "do: ListAllMyBuckets" in stdout
    assert f"not read: {public}/closed: cannot list the directory" in stdout


def test_a_path_that_is_not_text_is_no_bug(exif):
    run = subprocess.run(
        [sys.executable, "-m", "iamglue", "generate", b"caf\xe9.yaml"], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("error: ")
