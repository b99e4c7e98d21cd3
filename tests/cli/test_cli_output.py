"""`-o` and `--check`: files are replaced whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

TWO = """\
iamglue: 1
functions:
  reader:
    reads:
      - s3: pictures
    settings: {logs: false}
  writer:
    writes:
      - s3: pictures
    settings: {logs: false}
"""


@pytest.fixture
def two(spec) -> Path:
    return spec(TWO)


@pytest.fixture
def large(spec) -> Path:
    """A spec whose policy is split into two."""
    reads = "".join(f"  - s3: bucket-{number:03}-{'x' * 50}/in/*\n" for number in range(140))
    return spec(f"iamglue: 1\nfunction: large\nsettings: {{logs: false}}\nreads:\n{reads}")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_gets_what_stdout_would(iamglue, exif, tmp_path):
    target = tmp_path / "policy.json"
    result = iamglue("generate", exif, "-o", target)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert target.read_text() == iamglue("generate", exif).stdout
    assert names(tmp_path) == {"policy.json"}


def test_a_dash_is_stdout(iamglue, exif):
    assert iamglue("generate", exif, "-o", "-").stdout == iamglue("generate", exif).stdout


def test_a_new_file_has_the_mode_that_the_umask_gives(iamglue, exif, tmp_path):
    before = os.umask(0o027)
    try:
        iamglue("generate", exif, "-o", tmp_path / "policy.json")
    finally:
        os.umask(before)
    assert mode(tmp_path / "policy.json") == 0o640


def test_a_replaced_file_keeps_its_mode(iamglue, exif, tmp_path):
    target = tmp_path / "policy.sh"
    target.write_text("old")
    target.chmod(0o755)
    iamglue("generate", exif, "-o", target, "--format", "aws-cli")
    assert mode(target) == 0o755
    assert target.read_text() != "old"


def test_a_link_goes_on_pointing_where_it_points(iamglue, exif, tmp_path):
    target, link = tmp_path / "policy.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    iamglue("generate", exif, "-o", link)
    assert link.is_symlink()
    assert target.read_text() != "old"


def test_a_device_is_written_to_and_not_replaced(iamglue, exif):
    assert iamglue("generate", exif, "-o", "/dev/null").exit_code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_directory_gets_a_file_for_each_function(iamglue, two, tmp_path):
    folder = tmp_path / "policies"
    folder.mkdir()
    assert iamglue("generate", two, "-o", folder).exit_code == 0
    assert names(folder) == {"reader.policy.json", "writer.policy.json"}
    alone = iamglue("generate", two, "--function", "reader").stdout
    assert (folder / "reader.policy.json").read_text() == alone


def test_a_directory_that_is_not_there_yet_is_made_when_it_is_written_as_one(iamglue, two, tmp_path):
    assert iamglue("generate", two, "-o", f"{tmp_path}/policies/").exit_code == 0
    assert names(tmp_path / "policies") == {"reader.policy.json", "writer.policy.json"}


def test_a_new_place_without_an_ending_is_a_directory_for_several_functions(iamglue, two, tmp_path):
    assert iamglue("generate", two, "-o", tmp_path / "policies").exit_code == 0
    assert names(tmp_path / "policies") == {"reader.policy.json", "writer.policy.json"}


def test_a_new_place_without_an_ending_is_a_directory_for_a_policy_in_pieces_only(iamglue, large, tmp_path):
    assert iamglue("generate", large, "-o", tmp_path / "large").exit_code == 0
    assert names(tmp_path / "large") == {"large.policy-1.json", "large.policy-2.json"}
    assert iamglue("generate", large, "-o", tmp_path / "trust", "--only", "trust").exit_code == 0
    assert (tmp_path / "trust").is_file()


def test_a_piece_of_a_policy_that_once_had_more_is_out_of_date(iamglue, large, tmp_path):
    folder = tmp_path / "large"
    iamglue("generate", large, "-o", folder)
    assert iamglue("generate", large, "-o", folder, "--check").exit_code == 0
    for name in ("large.policy-3.json", "large.policy.json"):
        (folder / name).write_text("{}")
        result = iamglue("generate", large, "-o", folder, "--check")
        assert (result.exit_code, result.stderr) == (1, f"out of date: {folder}/{name}\n")
        written = iamglue("generate", large, "-o", folder)
        assert (written.exit_code, written.stderr.startswith(f"note: {folder}/{name} is from an earlier run")) == (
            0,
            True,
        )
        (folder / name).unlink()


@pytest.mark.parametrize(
    "name", ["larger.policy-3.json", "large.trust.json", "large.policy-3.yaml", "large.policy-x.json"]
)
def test_other_files_beside_it_are_nobodys_business(iamglue, large, tmp_path, name):
    folder = tmp_path / "large"
    iamglue("generate", large, "-o", folder)
    (folder / name).write_text("{}")
    assert iamglue("generate", large, "-o", folder, "--check").exit_code == 0


def test_a_file_cannot_hold_several_functions_as_json(iamglue, two, tmp_path):
    result = iamglue("generate", two, "-o", tmp_path / "policy.json")
    assert result.exit_code == 2
    assert "-o DIR" in result.stderr
    assert names(tmp_path) == {"spec.yaml"}


def test_a_directory_is_no_place_for_one_document(iamglue, exif, tmp_path):
    result = iamglue("generate", exif, "-o", tmp_path, "--format", "sam")
    assert result.exit_code == 2
    assert "is a directory" in result.stderr
    assert names(tmp_path) == set()


def test_a_place_that_cannot_be_written_is_an_error(iamglue, exif, tmp_path):
    result = iamglue("generate", exif, "-o", tmp_path / "missing" / "policy.json")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: cannot write {tmp_path}/missing/policy.json: No such file")


def test_a_file_in_place_of_a_directory_is_an_error(iamglue, two, tmp_path):
    result = iamglue("generate", two, "-o", f"{two}/")
    assert result.exit_code == 2
    assert two.read_text() == TWO


def test_when_one_of_several_files_cannot_be_written_none_is(iamglue, two, tmp_path):
    folder = tmp_path / "policies"
    (folder / "writer.policy.json").mkdir(parents=True)
    assert iamglue("generate", two, "-o", folder).exit_code == 2
    assert names(folder) == {"writer.policy.json"}


def test_a_spec_with_an_error_leaves_the_file_as_it_was(iamglue, spec, tmp_path):
    target = tmp_path / "policy.json"
    target.write_text("old")
    assert iamglue("generate", spec("iamglue: 2\n"), "-o", target).exit_code == 2
    assert target.read_text() == "old"
    assert names(tmp_path) == {"policy.json", "spec.yaml"}


def test_check_is_silent_when_all_is_up_to_date(iamglue, exif, tmp_path):
    target = tmp_path / "policy.json"
    iamglue("generate", exif, "-o", target)
    result = iamglue("generate", exif, "-o", target, "--check")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("content", [None, "", "old"])
def test_check_names_a_file_that_is_missing_or_differs_and_writes_nothing(iamglue, exif, tmp_path, content):
    target = tmp_path / "policy.json"
    if content is not None:
        target.write_text(content)
    before = names(tmp_path)
    result = iamglue("generate", exif, "-o", target, "--check")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"out of date: {target}\n")
    assert names(tmp_path) == before
    assert content is None or target.read_text() == content


def test_check_names_the_one_of_several_files_that_differs(iamglue, two, tmp_path):
    folder = tmp_path / "policies"
    iamglue("generate", two, "-o", f"{folder}/")
    (folder / "writer.policy.json").write_text("old")
    result = iamglue("generate", two, "-o", folder, "--check")
    assert (result.exit_code, result.stderr) == (1, f"out of date: {folder}/writer.policy.json\n")


@pytest.mark.parametrize("output", [[], ["-o", "-"]])
def test_check_needs_something_to_compare_with(iamglue, exif, output):
    result = iamglue("generate", exif, "--check", *output)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "-o PATH" in result.stderr


def test_check_of_a_directory_as_a_file_is_an_error_and_not_out_of_date(iamglue, exif, tmp_path):
    result = iamglue("generate", exif, "--format", "sam", "--check", "-o", tmp_path)
    assert result.exit_code == 2
