"""`iamglue check`: whether a spec grants what the code calls."""

from __future__ import annotations

import json

import pytest

CODE = """\
import os
import boto3

s3 = boto3.client("s3")
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    for record in event["Records"]:
        s3.get_object(Bucket=record["s3"]["bucket"]["name"], Key=record["s3"]["object"]["key"])
    s3.list_objects_v2(Bucket="archive-bucket")
    table.put_item(Item={"id": "1"})
"""
SPEC = """\
iamglue: 1
function: exif
region: eu-west-1
account: "123456789012"
triggers:
  - s3: images-bucket
reads:
  - s3: images-bucket   # the photographs
  - s3: archive-bucket
    do: list
writes:
  - dynamodb: exifs
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text(CODE)
    return tmp_path


def check(iamglue, folder, text, *arguments):
    path = folder / "spec.yaml"
    path.write_text(text)
    return iamglue("check", path, "--code", folder / "src", *arguments)


def test_a_spec_that_grants_what_the_code_calls_passes(iamglue, project):
    ran = check(iamglue, project, SPEC)
    assert (ran.exit_code, ran.stdout) == (0, "no entry is missing\n")


def test_what_the_spec_lacks_is_an_error_at_the_line_of_the_call_with_the_entry_to_add(iamglue, project):
    ran = check(iamglue, project, SPEC.replace("  - s3: archive-bucket\n    do: list\n", ""))
    assert ran.exit_code == 1
    assert "src/app.py:11:5: error: the code calls `s3.ListObjectsV2`" in ran.stdout
    assert "    - s3: archive-bucket\n      do: list\n" in ran.stdout


def test_a_literal_name_is_not_covered_by_another(iamglue, project):
    assert check(iamglue, project, SPEC.replace("archive-bucket", "archives-bucket")).exit_code == 1


def test_fix_adds_the_entries_and_keeps_comments(iamglue, project):
    check(iamglue, project, SPEC.replace("  - s3: archive-bucket\n    do: list\n", ""), "--fix")
    text = (project / "spec.yaml").read_text()
    assert "  - s3: images-bucket   # the photographs\n  - s3: archive-bucket\n    do: list\n" in text
    assert check(iamglue, project, text).exit_code == 0


@pytest.mark.parametrize(
    "reads",
    ["", "reads: []\n", "reads: [{s3: images-bucket}]\n", "reads:\n- s3: images-bucket\n"],
    ids=["no list", "empty", "flow", "not indented"],
)
def test_fix_adds_to_lists_however_they_are_written(iamglue, project, reads):
    text = SPEC[: SPEC.index("reads:")] + reads + SPEC[SPEC.index("writes:") :]
    assert check(iamglue, project, text, "--fix").exit_code == 0
    assert check(iamglue, project, (project / "spec.yaml").read_text()).exit_code == 0


def test_what_is_declared_and_never_called_is_a_note(iamglue, project):
    ran = check(iamglue, project, SPEC + "  - sqs: jobs\n")
    assert ran.exit_code == 0
    assert "spec.yaml:13:5: note: no call of the code needs `sqs:SendMessage`" in ran.stdout


def test_unused_makes_it_count(iamglue, project):
    assert check(iamglue, project, SPEC + "  - sqs: jobs\n", "--unused").exit_code == 1


def test_a_file_that_does_not_parse_is_never_clean(iamglue, project):
    (project / "src/broken.py").write_text("def (:\n")
    ran = check(iamglue, project, SPEC)
    assert (ran.exit_code, "1 file was not read" in ran.stdout) == (3, True)


def test_json_says_the_same(iamglue, project):
    ran = check(iamglue, project, SPEC.replace("  - s3: archive-bucket\n    do: list\n", ""), "--format", "json")
    (missing,) = json.loads(ran.stdout)["missing"]
    assert (missing["list"], missing["actions"], missing["resource"]) == ("reads", ["s3:ListBucket"], "archive-bucket")


def test_one_of_several_functions_must_be_named(iamglue, project):
    text = "iamglue: 1\nfunctions:\n  a: {reads: [{s3: images-bucket}]}\n  b: {reads: [{s3: images-bucket}]}\n"
    ran = check(iamglue, project, text)
    assert (ran.exit_code, "choose one by its name: `a`, `b`" in ran.stderr) == (2, True)


BARE = "iamglue: 1\nfunction: exif\nregion: eu-west-1\naccount: '123456789012'\ntriggers:\n  - s3: images-bucket\n"
LAYOUTS = {
    "one line": '{"iamglue": 1, "function": "exif", "reads": [{"s3": "images-bucket"}]}',
    "empty body": "iamglue: 1\nfunctions:\n  exif: {}\n",
    "no line end": BARE.rstrip(),
    "comment at the end": BARE + "reads:\n  - s3: images-bucket\n\n# the end\n",
    "block text": BARE
    + "writes:\n  - dynamodb: other\n    why: |\n      long\n\n      text\n\n\n# next\nsettings:\n  logs: false\n",
    "folded text at the end": BARE + "writes:\n  - dynamodb: other\n    why: >-\n      long\n      text\n# the end",
    "last list grows and a list is new": BARE + "writes:\n  - sqs: jobs\n",
    "document end": "---\n" + BARE + "...\n",
    "anchor": "iamglue: 1\nfunctions:\n  exif:\n    reads: &list\n      - s3: images-bucket\n",
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_fix_leaves_every_line_of_every_layout(iamglue, project, text):
    assert check(iamglue, project, text, "--fix").exit_code == 0
    fixed = (project / "spec.yaml").read_text()
    assert check(iamglue, project, fixed).exit_code == 0
    if "{" not in text:
        assert [line for line in fixed.splitlines() if line in text.splitlines()] == text.splitlines()


def test_fix_puts_new_entries_above_the_comment_at_the_end(iamglue, project):
    check(iamglue, project, LAYOUTS["comment at the end"], "--fix")
    assert (project / "spec.yaml").read_text().endswith("\n\n# the end\n")


def test_fix_keeps_windows_line_ends(iamglue, project):
    (project / "spec.yaml").write_bytes(LAYOUTS["comment at the end"].replace("\n", "\r\n").encode())
    iamglue("check", project / "spec.yaml", "--code", project / "src", "--fix")
    content = (project / "spec.yaml").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")


def test_fix_does_not_add_to_a_list_that_another_function_has(iamglue, project):
    text = "iamglue: 1\nfunctions:\n  exif:\n    reads: &list\n      - s3: images-bucket\n  b: {reads: *list}\n"
    ran = check(iamglue, project, text, "--fix", "--name", "exif")
    assert (ran.exit_code, (project / "spec.yaml").read_text()) == (2, text)


def test_fix_of_standard_input_is_an_error(iamglue, project):
    ran = iamglue("check", "-", "--code", project / "src", "--fix")
    assert (ran.exit_code, "--fix needs a file" in ran.stderr) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--code", "src/app.py", "other.py", "spec.yaml"),
        ("spec.yaml", "--code", "src/app.py", "other.py"),
        ("--code", "src", "other.py", "spec.yaml"),
        ("--code", "other.py", "src", "spec.yaml"),
        ("--code", "src/app.py", "--code", "other.py", "spec.yaml"),
    ],
)
@pytest.mark.parametrize("command", ["check", "reconcile"])
def test_several_paths_of_code_may_follow_the_option(iamglue, project, monkeypatch, command, arguments):
    monkeypatch.chdir(project)
    (project / "spec.yaml").write_text(SPEC)
    call = 'import boto3\nboto3.client("sqs").{}(QueueUrl="q")\n'
    (project / "src/app.py").write_text(call.format("send_message"))
    (project / "other.py").write_text(call.format("purge_queue"))
    report = iamglue(command, *arguments, "--format", "json").stdout
    assert [action for action in ("sqs:SendMessage", "sqs:PurgeQueue") if action not in report] == []


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--code", "src", "other.py"), "found `other.py`"),
        (("--code", "src", "spec.yaml", "template.yaml"), "found `spec.yaml`, `template.yaml`"),
    ],
)
@pytest.mark.parametrize("command", ["check", "reconcile"])
def test_without_one_spec_the_error_says_so(iamglue, project, monkeypatch, command, arguments, found):
    monkeypatch.chdir(project)
    ran = iamglue(command, *arguments)
    assert (ran.exit_code, f"expected one SPEC, the file of the spec; {found}" in ran.stderr) == (2, True)


def test_what_follows_the_spec_is_no_code_without_the_option(iamglue, project, monkeypatch):
    monkeypatch.chdir(project)
    assert "expected one SPEC" in iamglue("reconcile", "spec.yaml", "src").stderr
